"""Find what is said twice: the later text goes, the later paragraph too, and like texts share a split."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

import numpy
from numpy.typing import NDArray

from train.prepare.copies.likeness import Likeness, Pieces, compare
from train.prepare.copies.sketch import Hashes, Measure, Places, Words, shingles
from train.prepare.engine.shard import Shard

# Of the pairs that are just alike the bands find 98 in 100 texts and 96 in 100 paragraphs, of copies all.
DOCUMENTS, SAME, ALIKE = Measure(run=5, hashes=256, bands=64), 0.8, 0.5
PARAGRAPHS, REPEATED = Measure(run=3, hashes=24, bands=8), 0.7
_Value = TypeVar("_Value")
PARAGRAPH_WORDS = 13  # what is shorter is said again without being copied


@dataclass(frozen=True)
class Texts:
    """Each text's earlier copy (or itself), how far it is one, and the first text of those it is like."""

    first: Places
    share: NDArray[numpy.float64]
    cluster: Places

    @property
    def stay(self) -> NDArray[numpy.bool_]:
        """Which texts are no copies."""
        return numpy.asarray(self.first == numpy.arange(len(self.first)))


@dataclass(frozen=True)
class Repeated:
    """The paragraphs that an earlier text has, by text; how many are equal to it, how many near."""

    numbers: dict[int, tuple[int, ...]]  # in the text
    spans: dict[int, tuple[tuple[int, int], ...]]  # of words: where in the shard they start, how many
    exact: int
    near: int


@dataclass(frozen=True)
class _Sketched:
    """The sketches of one kind, of all shards in a row."""

    shards: Sequence[Shard]
    kind: str
    measure: Measure

    def all(self, name: str) -> NDArray[numpy.int64]:
        """One figure of all pieces."""
        empty = numpy.empty(0, numpy.uint64 if name == "keys" else numpy.int64)
        return numpy.concatenate([empty, *(shard.array(self.kind, name) for shard in self.shards)])

    def bands(self, chosen: Places) -> Iterator[Hashes]:
        """The bands of the chosen pieces, one at a time."""
        for number in range(self.measure.bands):
            bands = [shard.band(self.kind, number) for shard in self.shards]
            yield numpy.concatenate([numpy.empty(0, numpy.uint64), *bands])[chosen]

    def owners(self) -> Places:
        """The text of each piece, counted over all shards."""
        pairs = zip(self.shards, _firsts(self.shards, "documents"), strict=False)
        owners = [shard.array(self.kind, "owners") + first for shard, first in pairs]
        return numpy.concatenate([numpy.empty(0, numpy.int64), *owners])

    def shingles(self, chosen: Places) -> Callable[[int], Hashes]:
        """What gives the shingles of a chosen piece, from the words on disk."""
        starts, lengths = self.all("starts"), self.all("lengths")
        firsts = numpy.array(_firsts(self.shards, self.kind))

        def of(place: int) -> Hashes:
            piece = chosen[place]
            shard = self.shards[int(numpy.searchsorted(firsts, piece, side="right")) - 1]
            return shingles(shard.words(int(starts[piece]), int(lengths[piece])), self.measure.run)

        return of

    def compare(self, chosen: Places, same: float, alike: float) -> Likeness:
        """Which of the chosen pieces repeat an earlier one."""
        keys = self.all("keys").astype(numpy.uint64)[chosen]
        return compare(Pieces(keys, self.bands(chosen), self.shingles(chosen)), same, alike)


def compare_texts(shards: Sequence[Shard]) -> Texts:
    """Which texts repeat an earlier one, and which are alike."""
    texts = _Sketched(shards, "documents", DOCUMENTS)
    number = len(texts.all("keys"))
    found = texts.compare(numpy.arange(number), SAME, ALIKE)
    return Texts(found.first, found.share, clusters(number, found.alike))


def compare_paragraphs(shards: Sequence[Shard], stay: NDArray[numpy.bool_]) -> Repeated:
    """Which paragraphs an earlier text has too, of texts that stay; what a text repeats of itself stays."""
    paragraphs = _Sketched(shards, "paragraphs", PARAGRAPHS)
    owners = paragraphs.owners()
    chosen = numpy.flatnonzero(stay[owners])
    found = paragraphs.compare(chosen, REPEATED, REPEATED)
    own = owners[chosen]
    gone = own[found.first] != own
    exact = int((gone & (found.share == 1)).sum())
    places = chosen[gone]
    numbers, starts, lengths = (paragraphs.all(name)[places] for name in ("numbers", "starts", "lengths"))
    return Repeated(
        numbers=_grouped(own[gone], numbers.tolist()),
        spans=_grouped(own[gone], list(zip(starts.tolist(), lengths.tolist(), strict=True))),
        exact=exact,
        near=int(gone.sum()) - exact,
    )


def clusters(number: int, alike: Iterable[tuple[int, int]]) -> Places:
    """For each text the first of all those it is linked to."""
    linked = list(range(number))

    def first(place: int) -> int:
        while linked[place] != place:
            linked[place] = linked[linked[place]]
            place = linked[place]
        return place

    for one, other in alike:
        low, high = sorted((first(one), first(other)))
        linked[high] = low
    return numpy.array([first(place) for place in range(number)], numpy.int64)


def words_left(shard: Shard, first: int, repeated: Repeated) -> Iterator[tuple[int, Words]]:
    """Each text of a shard whose first text has that number, and its words without what it repeats."""
    every = shard.words(0, -1)
    starts, lengths = shard.array("documents", "starts"), shard.array("documents", "lengths")
    for owner, (start, length) in enumerate(zip(starts.tolist(), lengths.tolist(), strict=True)):
        gone = numpy.zeros(length, bool)
        for place, many in repeated.spans.get(first + owner, ()):
            gone[place - start : place - start + many] = True
        yield first + owner, every[start : start + length][~gone]


def _firsts(shards: Sequence[Shard], kind: str) -> list[int]:
    return list(accumulate((len(shard.array(kind, "keys")) for shard in shards), initial=0))


def _grouped(owners: Places, values: Sequence[_Value]) -> dict[int, tuple[_Value, ...]]:
    found: dict[int, list[_Value]] = {}
    for owner, value in zip(owners.tolist(), values, strict=True):
        found.setdefault(owner, []).append(value)
    return {owner: tuple(each) for owner, each in found.items()}
