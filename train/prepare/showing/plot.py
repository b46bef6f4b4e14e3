"""The picture of a corpus: what was kept and dropped, and how long the texts are."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from cards import plots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, KEPT, LOST = plots.INK, plots.TRAINING, plots.VALIDATION
REASONS = 9  # the commonest; the others are one bar
BINS = 24
STYLE = {**plots.STYLE, "font.size": 10}


def picture(kept: int, dropped: Mapping[str, int], lengths: Sequence[int]) -> str:
    """An SVG with a bar for every reason, and the lengths of the rows that were kept."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(STYLE):
        figure = Figure(figsize=(10, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        _draw_reasons(left, kept, dropped)
        _draw_lengths(right, lengths)
        return plots.svg(figure)


def _draw_reasons(axes: "Axes", kept: int, dropped: Mapping[str, int]) -> None:
    most = sorted(dropped.items(), key=lambda item: (-item[1], item[0]))
    others = sum(number for _, number in most[REASONS:])
    bars = [("kept", kept), *most[:REASONS], *([("other reasons", others)] if others else [])]
    names, numbers = [name for name, _ in bars], [number for _, number in bars]
    drawn = axes.barh(names, numbers, color=[KEPT, *(LOST for _ in islice(bars, 1, None))])
    axes.bar_label(drawn, labels=[f"{number:,}" for number in numbers], padding=4, color=INK)
    axes.invert_yaxis()
    axes.set_title("documents", loc="left", color=INK)
    axes.margins(x=0.15)
    _bare(axes)
    axes.set_xticks([])


def _draw_lengths(axes: "Axes", lengths: Sequence[int]) -> None:
    axes.hist(_below(lengths), bins=BINS, color=KEPT, rwidth=0.92)
    axes.set_title("words in a text that was kept", loc="left", color=INK)
    axes.locator_params("y", integer=True)
    _bare(axes)


def _below(lengths: Sequence[int]) -> list[int]:
    """The lengths, the longest hundredth drawn at its border: one book must not flatten all posts."""
    border = sorted(lengths)[int(len(lengths) * 0.99)] if lengths else 0
    return [min(length, border) for length in lengths]


def _bare(axes: "Axes") -> None:
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
