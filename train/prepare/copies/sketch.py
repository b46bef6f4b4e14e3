"""Texts as numbers: words, runs of words and MinHash bands, which tell likeness without the text itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray
from rensa import RMinHash
from xxhash import xxh3_64_intdigest, xxh32_intdigest

Words = NDArray[numpy.uint32]
Hashes = NDArray[numpy.uint64]
Places = NDArray[numpy.int64]

SEED = 42
ROWS_AT_ONCE = 10_000  # MinHash hands its figures back as Python numbers: never those of a whole book
FACTOR = numpy.uint64(0x9E3779B97F4A7C15)
IDEOGRAM = r"\u3040-\u30ff\u3400-\u9fff"
_ASCII, _PLAIN = re.compile(rb"\w+"), re.compile(r"\w+")
_IDEOGRAMS = re.compile(f"[{IDEOGRAM}]")
_MIXED = re.compile(rf"[{IDEOGRAM}]|[^\W{IDEOGRAM}]+")


@dataclass(frozen=True)
class Measure:
    """How likeness is found: runs of so many words, so many hashes in so many bands."""

    run: int
    hashes: int
    bands: int


@dataclass(frozen=True)
class Sketch:
    """Pieces of text: where their words stand, a hash of them all, and the bands that like ones share."""

    starts: Places
    lengths: Places
    keys: Hashes
    bands: NDArray[numpy.uint64]  # a row for each band


def words(text: str) -> list[bytes]:
    """The words of a text whatever their case and marks, in UTF-8; an ideogram is a word."""
    if text.isascii():
        return _ASCII.findall(text.lower().encode())
    folded = text.casefold()
    pattern = _MIXED if _IDEOGRAMS.search(folded) else _PLAIN
    return [word.encode() for word in pattern.findall(folded)]


def places(text: str) -> list[tuple[int, int]]:
    """Where each of the text's `words` begins and ends in it."""
    letters = [letter.casefold() for letter in text]  # one letter may become several
    origins = [place for place, folded in enumerate(letters) for _ in folded]
    folded = "".join(letters)
    pattern = _MIXED if _IDEOGRAMS.search(folded) else _PLAIN
    return [(origins[each.start()], origins[each.end() - 1] + 1) for each in pattern.finditer(folded)]


def hashed(found: Sequence[bytes]) -> Words:
    """One number for each word."""
    return numpy.fromiter(map(xxh32_intdigest, found), numpy.uint32, len(found))


def runs(numbers: Words, length: int) -> Hashes:
    """One hash for every run of so many words, in their order; none if there are fewer words."""
    count = max(0, len(numbers) - length + 1)
    total = numpy.zeros(count, numpy.uint64)
    for each in range(length):
        total *= FACTOR
        total += numbers[each : each + count]
    return _mixed(total)


def shingles(numbers: Words, length: int) -> Hashes:
    """The set of runs of a text, sorted; a text that is shorter than one run is a run of its own."""
    return numpy.unique(runs(numbers, max(1, min(length, len(numbers)))))


def likeness(mine: Hashes, theirs: Hashes) -> float:
    """The share of the shingles of two texts that both have."""
    both = numpy.intersect1d(mine, theirs, assume_unique=True).size
    return both / max(1, mine.size + theirs.size - both)


def sketch(numbers: Words, starts: Places, lengths: Places, measure: Measure) -> Sketch:
    """The sketch of those pieces of `numbers` that begin at `starts`."""
    ends = starts + lengths
    keys = numpy.fromiter(
        (
            xxh3_64_intdigest(numbers[first:end].tobytes())
            for first, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ),
        numpy.uint64,
        len(starts),
    )
    bands = numpy.empty((measure.bands, len(starts)), numpy.uint64)
    every = runs(numbers, measure.run)
    for first in range(0, len(starts), ROWS_AT_ONCE):
        part = slice(first, first + ROWS_AT_ONCE)
        bands[:, part] = _bands(every, starts[part], lengths[part], measure)
    short = lengths < measure.run
    bands[:, short] = keys[short]
    return Sketch(starts, lengths, keys, bands)


def _bands(every: Hashes, starts: Places, lengths: Places, measure: Measure) -> NDArray[numpy.uint64]:
    counts = numpy.maximum(lengths - measure.run + 1, 0)
    ends = numpy.cumsum(counts)
    offsets = numpy.concatenate(([0], ends)).astype(numpy.uint64)
    tokens = every[numpy.repeat(starts - ends + counts, counts) + numpy.arange(ends[-1])]
    matrix: Any = RMinHash.digest_matrix_from_flat_token_hashes(tokens, offsets, measure.hashes, SEED)
    digests = numpy.array(matrix.to_rows(), numpy.uint64).reshape(len(starts), measure.bands, -1)
    total = numpy.zeros(digests.shape[:2], numpy.uint64)
    for each in range(digests.shape[2]):
        total *= FACTOR
        total += digests[:, :, each]
    return _mixed(total).T


def _mixed(numbers: NDArray[numpy.uint64]) -> NDArray[numpy.uint64]:
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        numbers ^= numbers >> numpy.uint64(shift)
        numbers *= numpy.uint64(factor)
    numbers ^= numbers >> numpy.uint64(31)
    return numbers
