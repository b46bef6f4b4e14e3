"""The pictures of a card: SVG text out of numbers, the same bytes each time."""

import io
from collections.abc import Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Literal

from cards.facts import Loss

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (6.2, 2.8)  # inches: as wide as a card's column, so that a telephone can still read it
INK, TRAINING, VALIDATION = "#7d8590", "#3b82c4", "#d08a3c"  # readable on white and on black
STYLE = {
    "svg.hashsalt": "imprint",  # or every drawing would have other ids
    "svg.fonttype": "path",
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def loss_curve(training: Sequence[Loss], validation: Sequence[Loss], best_step: int | None) -> str:
    """An SVG of the loss at each step, with a ring where the weights come from that were kept."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.subplots()
        is_above = bool(training and validation) and training[-1].value > validation[-1].value
        sides = ("bottom", "top") if is_above else ("top", "bottom")  # or the two names could meet
        _line(axes, training, TRAINING, "training", sides[0])
        _line(axes, validation, VALIDATION, "validation", sides[1])
        best = [each for each in validation if each.step == best_step]
        axes.plot(
            [each.step for each in best],
            [each.value for each in best],
            "o",
            ms=12,
            mfc="none",
            mec=VALIDATION,
        )
        _label(axes, best_step if best else None)
        return svg(figure)


def lengths(texts: Mapping[str, Sequence[float]], unit: str, mark: float | None) -> str:
    """An SVG of how long each writer's texts are, a dot for each, with a line where they should end."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(STYLE):
        figure = Figure(figsize=(SIZE[0], 0.9 + 0.6 * len(texts)), layout="constrained")
        axes = figure.subplots()
        if mark is not None:
            axes.axvline(mark, color=INK, lw=1.2, ls=(0, (4, 3)))
        for row, values in enumerate(texts.values()):
            _dots(axes, row, values, TRAINING if row == len(texts) - 1 else VALIDATION)
        axes.set_yticks(range(len(texts)), list(texts))
        axes.set_ylim(len(texts) - 0.4, -0.6)
        axes.set_xlim(left=0)
        axes.set_title(unit, loc="left", color=INK)
        _bare(axes, "x")
        return svg(figure)


def _dots(axes: "Axes", row: int, values: Sequence[float], color: str) -> None:
    """Dots on three lines in turn, so that texts of one length do not hide each other."""
    heights = [row + (place % 3 - 1) * 0.16 for place in range(len(values))]
    axes.plot(values, heights, "o", ms=4.5, color=color, alpha=0.55, mew=0)
    if values:
        axes.plot([median(values)] * 2, [row - 0.32, row + 0.32], color=color, lw=2.2)


def _line(axes: "Axes", losses: Sequence[Loss], color: str, name: str, side: str) -> None:
    if losses:
        marker = "o" if len(losses) < 20 else ""
        steps, values = [each.step for each in losses], [each.value for each in losses]
        axes.plot(steps, values, color=color, lw=1.8, marker=marker, ms=4)
        axes.annotate(name, (steps[-1], values[-1]), (8, 0), textcoords="offset points", color=color, va=side)


def _label(axes: "Axes", best_step: int | None) -> None:
    kept = f"; the weights of step {best_step} were kept" if best_step is not None else ""
    axes.set_title(f"loss{kept}", loc="left", color=INK)
    axes.set_xlabel("step")
    axes.locator_params("x", integer=True)
    axes.margins(x=0.02, y=0.1)
    _bare(axes, "y")


def _bare(axes: "Axes", grid: Literal["x", "y"]) -> None:
    axes.grid(axis=grid, color=INK, alpha=0.25, lw=0.6)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)


def svg(figure: "Figure") -> str:
    """A drawing as text: the same bytes each time."""
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in drawn.getvalue().splitlines()) + "\n"
