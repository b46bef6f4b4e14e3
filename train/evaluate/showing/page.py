"""The page for people: the verdict, the figures, what was copied, texts side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import isfinite

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from train.evaluate.checks import share
from train.evaluate.report import Audit, Check, Document, Metric, Metrics, Verdict, Who
from train.evaluate.showing.marks import Piece, Shown, badness, faults, pieces
from train.evaluate.showing.pictures import NAMES, Picture, pictures
from train.evaluate.showing.table import AIM, LEGEND, SAID, bare, changed, ending, noun, said, title_of, word

IN_TURN: tuple[Who, ...] = ("base", "last", "adapter")
KINDS = {
    "copied": "word for word in a training text",
    "over": "beyond the word limit",
    "repeated": "said before in this text",
    "slop": "an overused phrase",
    "specific": "a number, date, quote or name that nobody gave",
}


@dataclass(frozen=True)
class Seen:
    """All that the page shows."""

    metrics: Metrics
    verdict: Verdict
    audit: Audit
    texts: Mapping[Who, Sequence[Shown]]
    documents: Sequence[Document]


@dataclass(frozen=True)
class Line:
    """A figure as it is shown: what it is, and its cells."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """What one writer wrote on a title, with its faults."""

    name: str
    faults: tuple[str, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Comparison:
    """One title, and why it was picked."""

    why: str
    title: str
    limit: int | None
    columns: tuple[Column, ...]


def page(seen: Seen) -> str:
    """The report as one HTML file, the same bytes for the same evidence."""
    whole = _template().render(
        metrics=seen.metrics,
        verdict=seen.verdict,
        audit=seen.audit,
        said=" ".join(ending(seen.metrics, seen.verdict)),
        heads=_heads(seen),
        parts=_parts(seen),
        copying=_copying(seen),
        legend=LEGEND,
        checks=_checks(seen.verdict),
        pictures=_pictures(seen),
        comparisons=_comparisons(seen),
        kinds=KINDS,
    )
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")  # or the page would pass for no text


@cache
def _template() -> Template:
    found = Environment(
        loader=PackageLoader("train.evaluate.showing", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return found.get_template("report.html.jinja")


def _writers(seen: Seen) -> list[Who]:
    return [who for who in IN_TURN if who in seen.texts]


def _heads(seen: Seen) -> tuple[str, ...]:
    last = seen.metrics.last
    names = dict(NAMES) | ({"last": f"last version, {last.version}"} if last else {})
    columns = [names[who] for who in _writers(seen)]
    return (*columns, "interval", "from base", *(["from last"] if "last" in seen.texts else []))


def _parts(seen: Seen) -> dict[str, list[Line]]:
    """The figures under what they were taken over."""
    parts = {each: list(group) for each, group in groupby(seen.metrics.metrics, noun)}
    return {title_of(those): [_line(seen, metric) for metric in those] for those in parts.values()}


def _line(seen: Seen, metric: Metric) -> Line:
    figures = {"base": metric.base, "last": metric.last, "adapter": metric.adapter}
    values = [figures[who] for who in _writers(seen)]
    changes = [metric.from_base, *([metric.from_last] if "last" in seen.texts else [])]
    cells = (
        *("" if value is None else said(metric, value) for value in values),
        f"{bare(metric, metric.low)} to {bare(metric, metric.high)}" if isfinite(metric.low) else "",
        *(changed(metric, change).strip() for change in changes),
    )
    return Line(f"{metric.label}{AIM[metric.better]}", cells)


def _copying(seen: Seen) -> list[Line]:
    """What the audit counted, for every writer that it looked at."""
    audit = seen.audit
    longest = max((copy.words for copy in audit.copies), default=0)
    shared = share(audit.shared / audit.runs) if audit.runs else "none"
    went_on: dict[Who, str] = {
        "base": str(audit.extracted_base),
        "last": "" if audit.extracted_last is None else str(audit.extracted_last),
        "adapter": str(audit.extracted_adapter),
    }
    own: list[tuple[str, dict[Who, str]]] = [
        ("longest run of words shared", {"adapter": str(longest)}),
        ("runs of 13 words shared", {"adapter": shared}),
        (f"of {audit.windows} beginnings, went on word for word", went_on),
        ("pieces of removed personal data", {"adapter": str(sum(audit.returned.values()))}),
    ]
    if audit.exposure is not None:
        own.append((f"exposure of {audit.canaries} canaries, bits", {"adapter": f"{audit.exposure:.1f}"}))
    return [Line(label, tuple(cells.get(who, "") for who in _writers(seen))) for label, cells in own]


def _checks(verdict: Verdict) -> list[tuple[str, Check]]:
    """What matters first."""
    said_of = [(word(check), check) for check in verdict.checks if check.level != "note"]
    return sorted(said_of, key=lambda each: -SAID.index(each[0]))


def _pictures(seen: Seen) -> tuple[Picture, ...]:
    return pictures({who: seen.texts[who] for who in _writers(seen)}, seen.documents)


def _comparisons(seen: Seen) -> Iterator[Comparison]:
    """The best, the middle and the worst text of the adapter, beside the others' on the same title."""
    order = sorted(range(len(seen.texts["adapter"])), key=lambda place: badness(seen.texts["adapter"][place]))
    picks = {"Best": order[0], "In the middle": order[len(order) // 2], "Worst": order[-1]} if order else {}
    shown: set[int] = set()
    for why, place in picks.items():
        if place not in shown:
            shown.add(place)
            one = seen.texts["adapter"][place]
            columns = [_column(who, seen.texts[who][place]) for who in _writers(seen)]
            yield Comparison(why, one.sample.title, one.limit, tuple(columns))


def _column(who: Who, shown: Shown) -> Column:
    return Column(NAMES[who], faults(shown), pieces(shown))
