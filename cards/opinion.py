"""Everything wrong with a card, whoever wrote it, in one list."""

from collections.abc import Iterator
from dataclasses import dataclass

from cards import top
from cards.check import Kind, complaints
from cards.claims import contradictions
from cards.hub import KEYS
from cards.prose import remarks


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong: where, what, and what to do about it."""

    line: int
    what: str
    fix: str


def findings(text: str, kind: Kind | None = None) -> tuple[Finding, ...]:
    """What is wrong with a card, by line; without a kind, it is told from the card's keys."""
    found = top.read(text)
    return tuple(sorted(set(_findings(found, kind or kind_of(found)))))


def kind_of(card: top.Top) -> Kind:
    """What a card is of: its keys tell; a model if they do not."""
    for kind in ("space", "dataset"):
        if card.values.keys() & _TELLING[kind]:
            return kind
    return "model"


def _findings(card: top.Top, kind: Kind) -> Iterator[Finding]:
    for mistake in card.mistakes:
        yield Finding(mistake.line, mistake.what, mistake.fix)
    if card.values:
        for each in complaints(card.values, kind):
            yield Finding(card.line_of(each.path), each.what, each.fix)
    for remark in (*remarks(card.body), *contradictions(card.values, kind, card.body)):
        yield Finding(card.begins - 1 + remark.line, remark.what, remark.fix)


_TELLING: dict[Kind, frozenset[str]] = {
    "space": frozenset({"sdk", "app_file", "colorFrom", "colorTo", "sdk_version"}),
    "dataset": KEYS["dataset"] - {"viewer"},
}
