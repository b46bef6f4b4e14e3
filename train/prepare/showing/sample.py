"""What a cleaning rule did to one text: the place of its first change, before and after."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from train.prepare.clean import steps
from train.prepare.document import Document
from train.sections import Clean

AROUND, SHOWN = 60, 280  # characters before the change, and in all


@dataclass(frozen=True)
class Sample:
    """A rule, the document in which it was seen at work, and the text around its first change."""

    rule: str
    id: str
    before: str
    after: str


def samples(document: Document, wishes: Clean, known: Collection[str]) -> Iterator[Sample]:
    """What every rule did here that is not `known` yet; a private text is not quoted."""
    if document.private:
        return
    for rule, before, after in steps(document, wishes):
        if rule not in known:
            yield Sample(rule, document.id, *_around(before, after))


def _around(before: str, after: str) -> tuple[str, str]:
    unlike = (at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other)
    same = next(unlike, min(len(before), len(after)))  # or one goes on where the other ends
    start = max(0, same - AROUND)
    ellipsis = "…" if start else ""
    return f"{ellipsis}{_short(before[start:])}", f"{ellipsis}{_short(after[start:])}"


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
