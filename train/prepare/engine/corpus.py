"""All shards as one corpus: what stays of it once nothing is said twice, and why the rest does not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy
from numpy.typing import NDArray

from train.prepare.copies.paragraphs import without
from train.prepare.copies.sketch import Words
from train.prepare.dedupe import Repeated, Texts, compare_paragraphs, compare_texts, words_left
from train.prepare.document import Document, Dropped
from train.prepare.engine.shard import Row, Shard
from train.prepare.split import Member
from train.prepare.words import count

Reason = Callable[[Document], str | None]


@dataclass(frozen=True)
class Corpus:
    """The texts that stay, by their number in the order of reading."""

    shards: tuple[Shard, ...]
    rows: tuple[Row, ...]  # every text's, with the words that it has left
    stay: NDArray[numpy.bool_]
    clusters: dict[int, int]  # each text that stays and the first it is like
    repeated: Repeated
    dropped: tuple[Dropped, ...]

    def documents(self) -> Iterator[tuple[int, Document]]:
        """The texts that stay, one after the other, without the paragraphs that an earlier one has."""
        for first, shard in zip(_firsts(self.shards), self.shards, strict=False):
            for place, document in enumerate(shard.documents(), first):
                if self.stay[place]:
                    yield place, _left(document, place, self.repeated)

    def words(self) -> Iterator[tuple[int, Words]]:
        """The same texts as numbers."""
        for first, shard in zip(_firsts(self.shards), self.shards, strict=False):
            for place, numbers in words_left(shard, first, self.repeated):
                if self.stay[place]:
                    yield place, numbers

    def groups(self) -> list[list[Member]]:
        """The clusters, for the split."""
        found: dict[int, list[Member]] = {}
        for place, cluster in self.clusters.items():
            row = self.rows[place]
            found.setdefault(cluster, []).append(Member(place, row.id, row.date, row.private))
        return list(found.values())

    def kept(self) -> Iterator[Row]:
        """The rows of the texts that stay."""
        return (row for row, stays in zip(self.rows, self.stay.tolist(), strict=True) if stays)


def corpus(shards: Sequence[Shard], reason: Reason) -> Corpus:
    """The corpus without what it says twice; `reason` speaks against what is left of a text."""
    rows = [row for shard in shards for row in shard.rows()]
    texts = compare_texts(shards)
    stay = texts.stay
    repeated = compare_paragraphs(shards, stay)
    if emptied := dict(_emptied(shards, stay, repeated, reason)):
        stay[list(emptied)] = False
        repeated = compare_paragraphs(shards, stay)  # what only an emptied one had before is no copy
    for place, document in _trimmed(shards, stay, repeated):
        rows[place] = replace(rows[place], count=count(document.text))
    lost = [_dropped(rows[place], "mostly repeated", why) for place, why in emptied.items()]
    clusters = {place: int(texts.cluster[place]) for place in numpy.flatnonzero(stay).tolist()}
    return Corpus(tuple(shards), tuple(rows), stay, clusters, repeated, (*_copies(rows, texts), *lost))


def _firsts(shards: Sequence[Shard]) -> list[int]:
    return list(accumulate((len(shard.array("documents", "keys")) for shard in shards), initial=0))


def _left(document: Document, place: int, repeated: Repeated) -> Document:
    gone = repeated.numbers.get(place)
    return replace(document, text=without(document.text, gone)) if gone else document


def _trimmed(
    shards: Sequence[Shard], stay: NDArray[numpy.bool_], repeated: Repeated
) -> Iterator[tuple[int, Document]]:
    for first, shard in zip(_firsts(shards), shards, strict=False):
        end = first + len(shard.array("documents", "keys"))
        if any(place in repeated.numbers for place in range(first, end)):
            for place, document in enumerate(shard.documents(), first):
                if stay[place] and place in repeated.numbers:
                    yield place, _left(document, place, repeated)


def _emptied(
    shards: Sequence[Shard], stay: NDArray[numpy.bool_], repeated: Repeated, reason: Reason
) -> Iterator[tuple[int, str]]:
    for place, document in _trimmed(shards, stay, repeated):
        if found := reason(document):
            yield place, f"{found} without what others say too"


def _copies(rows: Sequence[Row], texts: Texts) -> Iterator[Dropped]:
    for place in numpy.flatnonzero(~texts.stay).tolist():
        share, first = float(texts.share[place]), rows[int(texts.first[place])]
        of = "a private text" if first.private else first.id
        reason = "duplicate" if share == 1 else "near duplicate"
        yield _dropped(rows[place], reason, f"{share:.0%} of {of}")


def _dropped(row: Row, reason: str, detail: str) -> Dropped:
    return Dropped(row.id, "" if row.private else row.title, row.source, reason, detail)
