"""Which of many pieces are alike: bands name the candidates, the words themselves decide."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from train.prepare.copies.sketch import Hashes, Places, likeness

CANDIDATES = 8  # looked at for one piece: the cost stays linear, however large a family of like texts is
AT_ONCE = 8  # bands counted together, for memory
SHIFT, LOW = numpy.uint64(32), numpy.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Pieces:
    """What is compared: exact keys, bands one at a time, and shingles on demand."""

    keys: Hashes
    bands: Iterable[Hashes]
    shingles: Callable[[int], Hashes]


@dataclass(frozen=True)
class Likeness:
    """For each piece the one it repeats (or itself), how far, and the pairs that are alike and both stay."""

    first: Places
    share: NDArray[numpy.float64]
    alike: tuple[tuple[int, int], ...]


def compare(pieces: Pieces, same: float, alike: float) -> Likeness:
    """The first of like pieces stays; a later one repeats it, or is merely alike."""
    first = firsts(pieces.keys)
    share = numpy.ones(len(first))
    pairs: list[tuple[int, int]] = []
    for place, others in _candidates(pieces.bands, first):
        mine = pieces.shingles(place)
        for other in sorted({int(first[each]) for each in others}):
            found = likeness(mine, pieces.shingles(other))
            if found >= same:
                first[place], share[place] = other, found
                break
            pairs.extend([(other, place)] if found >= alike else [])
    whole = numpy.flatnonzero(first[first] != first)  # equal to one that turned out to be a near copy
    share[whole] = share[first[whole]]
    first[whole] = first[first[whole]]
    return Likeness(first, share, tuple(pair for pair in pairs if first[pair[1]] == pair[1]))


def firsts(keys: Hashes) -> Places:
    """For each key the first place where it stands."""
    _, places, inverse = numpy.unique(keys, return_index=True, return_inverse=True)
    return places[inverse].astype(numpy.int64)


def _candidates(bands: Iterable[Hashes], first: Places) -> Iterator[tuple[int, list[int]]]:
    """Each piece that shares a band with an earlier one, and the few that share most with it."""
    single = numpy.flatnonzero(first == numpy.arange(len(first)))
    codes, counts = numpy.empty(0, numpy.uint64), numpy.empty(0, numpy.int64)
    waiting: list[Hashes] = []
    for band in bands:
        waiting.append(_pairs(band[single], single))
        if len(waiting) == AT_ONCE:
            codes, counts = _counted(codes, counts, waiting)
            waiting.clear()
    codes, counts = _counted(codes, counts, waiting)
    yield from _by_piece(codes[_best(codes, counts)])


def _pairs(band: Hashes, places: Places) -> Hashes:
    """Of those that share a band, each with the first and with the one before it, as one number."""
    order = numpy.argsort(band, kind="stable")
    ordered, at = band[order], numpy.arange(len(order))
    begins = numpy.ones(len(order), bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    heads = numpy.maximum.accumulate(numpy.where(begins, at, 0))
    later = at[~begins]
    own, owners = places[order[later]], (heads[later], later - 1)
    pairs = [own.astype(numpy.uint64) << SHIFT | places[order[each]].astype(numpy.uint64) for each in owners]
    return numpy.unique(numpy.concatenate(pairs))


def _counted(codes: Hashes, counts: Places, more: list[Hashes]) -> tuple[Hashes, Places]:
    every = numpy.concatenate([codes, *more])
    weights = numpy.concatenate([counts, *(numpy.ones(len(each), numpy.int64) for each in more)])
    found, inverse = numpy.unique(every, return_inverse=True)
    return found, numpy.bincount(inverse, weights, len(found)).astype(numpy.int64)


def _best(codes: Hashes, counts: Places) -> Places:
    order = numpy.lexsort((codes, -counts, codes >> SHIFT))
    owner = codes[order] >> SHIFT
    begins = numpy.ones(len(order), bool)
    begins[1:] = owner[1:] != owner[:-1]
    at = numpy.arange(len(order))
    rank = at - numpy.maximum.accumulate(numpy.where(begins, at, 0))
    return order[rank < CANDIDATES]


def _by_piece(codes: Hashes) -> Iterator[tuple[int, list[int]]]:
    owners, starts = numpy.unique(codes >> SHIFT, return_index=True)
    others = (codes & LOW).astype(numpy.int64)
    for owner, group in zip(owners.tolist(), numpy.split(others, starts)[1:], strict=True):
        yield owner, group.tolist()
