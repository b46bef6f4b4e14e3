"""What is wrong with one text: in words, and marked where it stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from train.evaluate.checks import share
from train.evaluate.copying import SHORTEST, Spans
from train.evaluate.measures import LIMIT
from train.evaluate.metrics.invariants import lost
from train.evaluate.metrics.slop import SLOP
from train.evaluate.metrics.specifics import specifics
from train.evaluate.metrics.tokens import STRAIGHT, folded
from train.evaluate.report import Sample
from train.prepare.copies.sketch import places, words
from train.prepare.words import count

MUCH = 0.10  # of the 4-word runs of a text: more than one text of twenty by a person repeats
LACKING = {
    "title": "not one title, or another than was asked for",
    "introduction": "no introduction",
    "sections": "too few sections with text",
    "conclusion": "no conclusion",
    "closed code": "a code block that is not closed",
    "end": "no end",
}
PLAIN = (  # of a metric, the value that is a fault
    ("retrieval", 0, "closer to another title"),
    ("copies", 1, "came out as it went in"),
    ("length_kept", 0, "much shorter or longer than what went in"),
)


@dataclass(frozen=True)
class Shown:
    """A sample as people see it, and where it stands word for word in a training text."""

    sample: Sample
    copied: Spans = ()

    def score(self, name: str) -> float:
        """Its own value of a metric; NaN if it has none."""
        return self.sample.scores.get(name, float("nan"))

    @property
    def limit(self) -> int | None:
        """The word limit it was asked to keep."""
        limit = self.sample.inputs.get(LIMIT)
        return limit if isinstance(limit, int) else None


@dataclass(frozen=True)
class Piece:
    """A part of a text, and what is wrong with it; mostly nothing."""

    text: str
    kinds: tuple[str, ...] = ()


def faults(shown: Shown) -> tuple[str, ...]:
    """Everything that is wrong with the text as a whole."""
    return tuple(_faults(shown))


def badness(shown: Shown) -> tuple[float, float, str]:
    """By what texts are put in order: how many faults, then how much is repeated."""
    repeated = shown.score("repetition")
    return (len(faults(shown)), repeated if isfinite(repeated) else 1.0, shown.sample.title)


def pieces(shown: Shown) -> tuple[Piece, ...]:
    """The text cut where a mark begins or ends."""
    text = shown.sample.text
    marks = [(kind, *span) for kind, spans in _marks(shown).items() for span in spans]
    edges = sorted({0, len(text), *(edge for _, *span in marks for edge in span)})
    return tuple(
        Piece(text[start:end], tuple(dict.fromkeys(kind for kind, a, b in marks if a <= start < b)))
        for start, end in pairwise(edges)
    )


def _faults(shown: Shown) -> Iterator[str]:
    sample, limit = shown.sample, shown.limit
    if not sample.text.strip():
        yield "empty"
    if "structure" in sample.scores:
        yield from (LACKING[part] for part in sample.lacks)
    elif shown.score("unfinished") == 1:
        yield "no end"
    if shown.score("words_over_limit") == 1 or shown.score("words_under_limit") == 1:
        yield f"{count(sample.text):,} words, {limit:,} asked for"
    if shown.score("kept") == 0:
        yield f"not the same: {', '.join(lost(sample.title, sample.text))}"
    yield from (said for metric, value, said in PLAIN if shown.score(metric) == value)
    if shown.score("repetition") > MUCH:
        yield f"{share(shown.score('repetition'))} repeated"
    if shown.copied:
        yield "word for word from a training text"


def _marks(shown: Shown) -> dict[str, Spans]:
    """Where each kind of fault stands, the gravest first."""
    sample, limit = shown.sample, shown.limit
    straight = sample.text.translate(STRAIGHT)
    told = sample.title if limit is None else f"{sample.title} {limit}"
    return {
        "copied": shown.copied,
        "over": _beyond(sample.text, limit) if shown.score("words_over_limit") == 1 and limit else (),
        "repeated": _repeated(sample.text),
        "slop": tuple(_slop(straight, sample.title)) if "slop" in sample.scores else (),
        "specific": tuple(_specific(straight, told)) if "specifics" in sample.scores else (),
    }


def _beyond(text: str, limit: int) -> Spans:
    """All that comes after the last word that was allowed."""
    ends = [piece.end() for piece in re.finditer(r"\S+", text) if count(piece[0])]
    return ((ends[limit - 1], len(text)),) if len(ends) > limit else ()


def _repeated(text: str) -> Spans:
    """The runs of eight words that stood in the text before."""
    found, at = words(text), places(text)
    seen: set[tuple[bytes, ...]] = set()
    again: list[int] = []
    for place in range(len(found) - SHORTEST + 1):
        run = tuple(found[place : place + SHORTEST])
        again += [place] if run in seen else []
        seen.add(run)
    return _joined([(at[place][0], at[place + SHORTEST - 1][1]) for place in again])


def _joined(spans: Sequence[tuple[int, int]]) -> Spans:
    """The same characters in spans that do not overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _slop(straight: str, asked: str) -> Iterator[tuple[int, int]]:
    small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in straight)
    own = frozenset(SLOP.findall(folded(asked)))
    yield from (found.span() for found in SLOP.finditer(small) if found[0] not in own)


def _specific(straight: str, told: str) -> Iterator[tuple[int, int]]:
    for said in sorted(set(specifics(straight, told))):
        yield from (found.span() for found in re.finditer(rf"(?<!\w){re.escape(said)}(?!\w)", straight))
