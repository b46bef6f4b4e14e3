"""The pictures of an evaluation: how the texts of each writer are spread, as SVG for a page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from cards import plots
from train.evaluate.report import Document, Who
from train.evaluate.showing.marks import Shown
from train.prepare.words import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

INK = plots.INK
COLORS = {"base": INK, "last": plots.VALIDATION, "adapter": plots.TRAINING}
NAMES: Mapping[Who, str] = {"base": "base", "last": "last version", "adapter": "this version"}
BINS = 24
MOST = 2.0  # limits long; a longer text is drawn there
ROOM = (0.6, 1.1)  # of the limit: what is neither too short nor too long
STYLE = {**plots.STYLE, "font.size": 10}
Values = Mapping[Who, Sequence[float]]


@dataclass(frozen=True)
class Picture:
    """An SVG to be put into a page, and what it shows for those who do not see it."""

    title: str
    svg: str
    told: str


def pictures(texts: Mapping[Who, Sequence[Shown]], documents: Sequence[Document]) -> tuple[Picture, ...]:
    """How long the texts are, how much they repeat, and what every unseen text costs."""
    limited = all(shown.limit for each in texts.values() for shown in each)
    lengths = {who: [_length(shown, limited) for shown in each] for who, each in texts.items()}
    repeated = {who: _known([shown.score("repetition") for shown in each]) for who, each in texts.items()}
    found = [_lengths(lengths, limited), _repetition(repeated)]
    return (*found, _costs(documents)) if documents else tuple(found)


def _length(shown: Shown, limited: bool) -> float:
    words = float(count(shown.sample.text))
    return words / shown.limit if limited and shown.limit else words


def _known(values: Sequence[float]) -> list[float]:
    return [value for value in values if isfinite(value)]


def _lengths(lengths: Values, limited: bool) -> Picture:
    title = "words written, as a part of the word limit" if limited else "words written"
    drawn = {who: [min(each, MOST) for each in its] if limited else list(its) for who, its in lengths.items()}

    def draw(axes: "Axes") -> None:
        if limited:
            axes.axvspan(*ROOM, color=INK, alpha=0.15, lw=0)
        _spread(axes, drawn, MOST if limited else None)

    unit = "of the limit" if limited else "words"
    told = ", ".join(f"{NAMES[who]} {_figure(its, limited)}" for who, its in lengths.items() if its)
    band = " The grey band is from 60% to a tenth over the limit." if limited else ""
    return Picture(title, _svg("lengths", draw), f"The text in the middle, {unit}: {told}.{band}")


def _repetition(repeated: Values) -> Picture:
    told = ", ".join(f"{NAMES[who]} {_figure(its, True)}" for who, its in repeated.items() if its)

    def draw(axes: "Axes") -> None:
        _spread(axes, repeated, None)
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")

    title = "share of 4-word runs that a text repeats"
    return Picture(title, _svg("repetition", draw), f"The text in the middle: {told}.")


def _costs(documents: Sequence[Document]) -> Picture:
    each = [(one.base / one.bytes, one.adapter / one.bytes) for one in documents if one.bytes]
    base, adapter = ([pair[place] for pair in each] for place in (0, 1))
    less = sum(two < one for one, two in each)

    def draw(axes: "Axes") -> None:
        ends = [min([*base, *adapter], default=0), max([*base, *adapter], default=1)]
        axes.plot(ends, ends, color=INK, lw=1)
        axes.plot(base, adapter, "o", color=COLORS["adapter"], ms=4, alpha=0.7, mew=0)
        axes.set_xlabel("base")
        axes.set_ylabel("this version")

    told = f"{less} of {len(each)} texts cost this version less than the base: they lie below the line."
    return Picture("bits per byte of every unseen text", _svg("costs", draw), told)


def _figure(values: Sequence[float], is_share: bool) -> str:
    middle = median(values)
    return f"{100 * middle:.0f}%" if is_share else f"{middle:,.0f}"


def _spread(axes: "Axes", values: Values, end: float | None) -> None:
    """One outline a writer, over the same bins."""
    whole = [each for its in values.values() for each in its]
    bins = np.linspace(0, end or max([*whole, 0.01]), BINS + 1)
    for who, its in values.items():
        heights, _ = np.histogram(its, bins)
        axes.stairs(heights, bins, color=COLORS[who], lw=1.8, fill=False, label=NAMES[who])
    axes.locator_params("y", integer=True)
    axes.set_ylabel("texts")
    axes.legend(frameon=False, labelcolor="linecolor")


def _svg(name: str, draw: "Callable[[Axes], None]") -> str:
    """The drawing as an element of a page; its ids are no other drawing's."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(STYLE):
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        draw(axes)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.grid(axis="y", color=INK, alpha=0.25, lw=0.6)
        axes.tick_params(length=0)
        return _inline(name, plots.svg(figure))


def _inline(name: str, svg: str) -> str:
    bare = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    bare = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", bare)
    bare = re.sub(
        r'<svg [^>]*viewBox="([^"]*)"[^>]*>', r'<svg viewBox="\1" aria-hidden="true">', bare, count=1
    )
    lines = (line.rstrip() for line in bare.replace("xlink:href", "href").splitlines())
    return "\n".join(line for line in lines if line)
