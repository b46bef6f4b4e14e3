"""For a terminal: the figures of every writer side by side, the gate's sentences, and what may be said."""

from collections.abc import Iterator
from itertools import groupby
from math import isfinite
from textwrap import wrap

from train.evaluate.checks import digits
from train.evaluate.report import Change, Check, Metric, Metrics, Verdict

WIDTH = 100  # columns
LABEL = 34
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
    "↑ more is wanted, ↓ less. The interval is the adapter's, of 95 %. "
    "* the one of the change, over the same texts, excludes zero."
)
SAID = ("passed", "warned", "FAILED")  # in this order, so that what matters stands last
Row = tuple[str, ...]


def table(metrics: Metrics, verdict: Verdict) -> str:
    """What there is to see of an evaluation, in a hundred columns."""
    parts = [
        "\n".join(_lines(metrics, verdict)),
        "\n".join(wrap(LEGEND, WIDTH)),
        "\n".join(_sentences(verdict)),
        "\n".join(ending(metrics, verdict)),
    ]
    return "\n\n".join(parts)


def _lines(metrics: Metrics, verdict: Verdict) -> Iterator[str]:
    figures = {noun: list(group) for noun, group in groupby(metrics.metrics, noun)}
    parts = {title_of(those): [row for each in those for row in _rows(each)] for those in figures.values()}
    parts |= {"copied from the training texts": rows} if (rows := list(_copying(verdict))) else {}
    left = [place for place in range(len(HEAD)) if metrics.last or place not in LAST]
    everything = [HEAD, *(row for rows in parts.values() for row in rows)]
    widths = {place: max(len(row[place]) for row in everything) for place in left}
    yield _line(HEAD, widths)
    for title, rows in parts.items():
        yield title
        yield from (_line(row, widths) for row in rows)


def title_of(metrics: list[Metric]) -> str:
    """What the figures were taken over; some texts have no value for some."""
    over = max(metrics, key=lambda metric: metric.texts).over
    return f"{'read' if over.endswith(('unseen text', 'unseen texts')) else 'written'}, {over}"


def _line(row: Row, widths: dict[int, int]) -> str:
    cells = (f"{row[place]:>{width}}" for place, width in widths.items() if place)
    line = "  ".join([f"{row[0]:{LABEL}}", *cells]).rstrip()
    return line.replace("\N{NO-BREAK SPACE}", " ")


def noun(metric: Metric) -> str:
    """What a figure was taken over, without its number."""
    return metric.over.partition(" ")[2].removesuffix("s")


def _rows(metric: Metric) -> Iterator[Row]:
    """The figure's line; a long label goes on below."""
    label, *more = wrap(metric.label + AIM[metric.better], LABEL - 2)
    yield (
        f"  {label}",
        said(metric, metric.base),
        "" if metric.last is None else said(metric, metric.last),
        said(metric, metric.adapter),
        f"[{bare(metric, metric.low)}, {bare(metric, metric.high)}]",
        changed(metric, metric.from_base),
        changed(metric, metric.from_last),
    )
    yield from ((f"    {each}", *[""] * (len(HEAD) - 1)) for each in more)


def _copying(verdict: Verdict) -> Iterator[Row]:
    for check in verdict.checks:
        if label := COPYING.get(check.metric):
            is_share = check.metric in ("copied_share", "extracted")
            value = f"{100 * check.value:.1f} %" if is_share else f"{check.value:.0f}"
            yield (f"  {label}", "", "", value if isfinite(check.value) else "none", "", "", "")


def said(metric: Metric, value: float) -> str:
    """One of a metric's figures; a share in per cent."""
    return bare(metric, value) + " %" * (metric.unit == "share" and isfinite(value))


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


def _sentences(verdict: Verdict) -> Iterator[str]:
    checks = [check for check in verdict.checks if check.level != "note"]
    for check in sorted(checks, key=lambda check: SAID.index(word(check))):
        yield from wrap(f"{word(check)}  {check.sentence}", WIDTH, subsequent_indent=" " * 8)


def word(check: Check) -> str:
    """What became of a check."""
    return "passed" if check.passed else "FAILED" if check.level == "block" else "warned"


def ending(metrics: Metrics, verdict: Verdict) -> list[str]:
    """The verdict, and the words that may be said of this version."""
    gate = "The gate is open." if verdict.passed else "The gate is shut: this version cannot be published."
    return [gate, *wrap(_claim(metrics, verdict), WIDTH)]


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
