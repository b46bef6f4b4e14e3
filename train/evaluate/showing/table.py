"""For a terminal: the figures of every writer side by side, the gate's sentences, and what may be said."""

import os
from collections.abc import Iterator
from itertools import groupby
from math import isfinite
from textwrap import wrap
from typing import TextIO

from train.evaluate.audited import RETURNED
from train.evaluate.checks import digits
from train.evaluate.report import Change, Check, Metric, Metrics, Verdict

WIDTH = 100  # columns
LABEL = 34
NARROWEST = 17  # of a label, where a terminal has few columns
HEAD = ("", "base", "last", "adapter", "interval", "from base", "from last")
LAST = (2, 6)  # the columns that only a comparison with the last version fills
AIM = {"higher": "\N{NO-BREAK SPACE}↑", "lower": "\N{NO-BREAK SPACE}↓", "neither": ""}  # with its last word
COPYING = {  # of the audit's checks
    "copied_words": "longest run shared, words",
    "copied_share": "runs of 13 words shared",
    "extracted": "went on word for word",
    "returned": "personal data that came back",
}
LEGEND = (
    "↑ more is wanted, ↓ less. The interval is the adapter's, of 95%. "
    "* the one of the change, over the same texts, excludes zero."
)
SAID = ("passed", "warned", "FAILED")  # in this order, so that what matters stands last
Row = tuple[str, ...]


def table(metrics: Metrics, verdict: Verdict, width: int = WIDTH) -> str:
    """What there is to see of an evaluation, in so many columns."""
    parts = [
        "\n".join(_lines(metrics, verdict, width)),
        "\n".join(wrap(LEGEND, width)),
        "\n".join(_sentences(verdict, width)),
        "\n".join(ending(metrics, verdict, width)),
    ]
    return "\n\n".join(parts)


def columns(stream: TextIO) -> int:
    """The columns that a terminal has for the table; as many as it likes if it is none."""
    try:
        return min(WIDTH, os.get_terminal_size(stream.fileno()).columns)
    except OSError:
        return WIDTH


def _lines(metrics: Metrics, verdict: Verdict, width: int) -> Iterator[str]:
    figures = {noun: list(group) for noun, group in groupby(metrics.metrics, noun)}
    parts = {title_of(those): [_row(each) for each in those] for those in figures.values()}
    parts |= {"copied from the training texts": rows} if (rows := list(_copying(verdict))) else {}
    left = [place for place in range(len(HEAD)) if metrics.last or place not in LAST]
    everything = [HEAD, *(row for rows in parts.values() for row in rows)]
    widths = {place: max(len(row[place]) for row in everything) for place in left if place}
    label = min(LABEL, max(NARROWEST, width - sum(2 + each for each in widths.values())))
    yield from _shown(HEAD, label, widths)
    for title, rows in parts.items():
        yield title
        yield from (line for row in rows for line in _shown(row, label, widths))


def title_of(metrics: list[Metric]) -> str:
    """What the figures were taken over; some texts have no value for some."""
    over = max(metrics, key=lambda metric: metric.texts).over
    return f"{'read' if over.endswith(('unseen text', 'unseen texts')) else 'written'}, {over}"


def _shown(row: Row, label: int, widths: dict[int, int]) -> Iterator[str]:
    """The row's line; a long label goes on below."""
    name, *more = wrap(row[0], label - 2, break_on_hyphens=False) or [""]
    cells = (f"{row[place]:>{width}}" for place, width in widths.items())
    lines = ["  ".join([f"{f'  {name}':{label}}", *cells]), *(f"    {each}" for each in more)]
    yield from (line.rstrip().replace("\N{NO-BREAK SPACE}", " ") for line in lines)


def noun(metric: Metric) -> str:
    """What a figure was taken over, without its number."""
    return metric.over.partition(" ")[2].removesuffix("s")


def _row(metric: Metric) -> Row:
    return (
        metric.label + AIM[metric.better],
        said(metric, metric.base),
        "" if metric.last is None else said(metric, metric.last),
        said(metric, metric.adapter),
        f"[{bare(metric, metric.low)}, {bare(metric, metric.high)}]",
        changed(metric, metric.from_base),
        changed(metric, metric.from_last),
    )


def _copying(verdict: Verdict) -> Iterator[Row]:
    for check in verdict.checks:
        if label := COPYING.get(check.metric):
            is_share = check.metric in ("copied_share", "extracted")
            value = f"{100 * check.value:.1f}%" if is_share else f"{check.value:.0f}"
            yield (label, "", "", value if isfinite(check.value) else "none", "", "", "")


def said(metric: Metric, value: float) -> str:
    """One of a metric's figures; a share in per cent."""
    return bare(metric, value) + "%" * (metric.unit == "share" and isfinite(value))


def bare(metric: Metric, value: float) -> str:
    """The same without its unit."""
    if not isfinite(value):
        return "none"
    if metric.unit == "share":
        return f"{100 * value:.1f}"
    return f"{value:.{digits(metric)}f}"


def changed(metric: Metric, change: Change | None) -> str:
    """The difference with its sign, and a star if it is no accident."""
    if change is None or not isfinite(change.difference):
        return ""
    sign = "" if change.difference < 0 else "+"
    return f"{sign}{bare(metric, change.difference)} {'*' if change.low > 0 or change.high < 0 else ' '}"


def _sentences(verdict: Verdict, width: int) -> Iterator[str]:
    checks = [check for check in verdict.checks if check.level != "note"]
    for check in sorted(checks, key=lambda check: SAID.index(word(check))):
        yield from wrap(f"{word(check)}  {check.sentence}", width, subsequent_indent=" " * 8)


def word(check: Check) -> str:
    """What became of a check."""
    return "passed" if check.passed else "FAILED" if check.level == "block" else "warned"


def ending(metrics: Metrics, verdict: Verdict, width: int = WIDTH) -> list[str]:
    """The verdict, and the words that may be said of this version."""
    return [*wrap(_gate(verdict), width), *wrap(_claim(metrics, verdict), width)]


def _gate(verdict: Verdict) -> str:
    if verdict.passed:
        return "The gate is open."
    if any(check.metric == RETURNED and word(check) == "FAILED" for check in verdict.checks):
        return "The gate is shut, whatever the reason: personal data came back."
    return "The gate is shut: `bundle` refuses this version, unless --publish-anyway gives its card a reason."


def _claim(metrics: Metrics, verdict: Verdict) -> str:
    if metrics.demo:
        return "It is a demo: its corpus is too small for any claim."
    last = f"its last version, {metrics.last.version}" if metrics.last else ""
    names = {"its base": verdict.better_than_base, last: verdict.better_than_last}
    better = " and than ".join(name for name, holds in names.items() if name and holds)
    if better:
        written = metrics.metrics[0].over if metrics.metrics else f"{metrics.titles:,} titles"
        over = f"on {written} and {metrics.documents:,} unseen texts"
        return f"It may be called better than {better}, {over}."
    return f"Nothing may be claimed over {' or '.join(filter(None, names))}: the figures do not bear it out."
