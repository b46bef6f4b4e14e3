"""Find texts that say the same: the later one goes, and what is merely alike must share a split."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rensa import RMinHash, RMinHashLSH

from train.prepare.document import Document, Dropped

SHINGLE = 5  # words
SAME = 0.8  # of the shingles that two texts have: a copy with small edits
ALIKE = 0.5  # a long part in common
HASHES, BANDS, SEED = 256, 64, 42  # find 98 of 100 pairs that are just ALIKE, and all that are the SAME


@dataclass(frozen=True)
class Unique:
    """The documents that stay, each beside those it is like, and the copies that do not."""

    clusters: tuple[tuple[Document, ...], ...]
    dropped: tuple[Dropped, ...]


@dataclass
class _Corpus:
    kept: list[Document] = field(default_factory=list)
    linked: list[int] = field(default_factory=list)  # each kept document to an earlier one alike, or itself
    index: RMinHashLSH = field(default_factory=lambda: RMinHashLSH(ALIKE, HASHES, BANDS))


def without_copies(documents: Sequence[Document]) -> Unique:
    """The first of every set of copies, in clusters of texts that are alike."""
    corpus, dropped = _Corpus(), []
    for document in documents:
        twin = _add(corpus, document)
        dropped.extend([twin] if twin else [])
    return Unique(tuple(_clusters(corpus)), tuple(dropped))


def shingles(text: str) -> frozenset[str]:
    """Every run of five words in a text, whatever their case and marks."""
    words = re.findall(r"\w+", text.casefold())
    return frozenset(" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)))


def _add(corpus: _Corpus, document: Document) -> Dropped | None:
    mine = shingles(document.text)
    sketch = RMinHash.from_token_sets([sorted(mine)], HASHES, SEED)[0]
    near = [(place, _likeness(mine, corpus.kept[place])) for place in sorted(corpus.index.query(sketch))]
    for place, likeness in near:
        if likeness >= SAME:
            return _copy(document, corpus.kept[place], likeness)
    place = len(corpus.kept)
    corpus.kept.append(document)
    corpus.linked.append(place)
    corpus.index.insert(place, sketch)
    _join(corpus, [place, *(other for other, likeness in near if likeness >= ALIKE)])
    return None


def _likeness(mine: frozenset[str], other: Document) -> float:
    theirs = shingles(other.text)
    return len(mine & theirs) / len(mine | theirs)


def _copy(document: Document, first: Document, likeness: float) -> Dropped:
    reason = "duplicate" if likeness == 1 else "near duplicate"
    return Dropped(document.id, document.title, document.source, reason, f"{likeness:.0%} of {first.id}")


def _join(corpus: _Corpus, alike: Sequence[int]) -> None:
    firsts = {_first(corpus, place) for place in alike}
    for first in firsts:
        corpus.linked[first] = min(firsts)


def _first(corpus: _Corpus, place: int) -> int:
    while corpus.linked[place] != place:
        place = corpus.linked[place]
    return place


def _clusters(corpus: _Corpus) -> Iterator[tuple[Document, ...]]:
    members: dict[int, list[Document]] = {}
    for place, document in enumerate(corpus.kept):
        members.setdefault(_first(corpus, place), []).append(document)
    yield from map(tuple, members.values())
