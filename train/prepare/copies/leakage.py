"""How much of the held-out texts stands in training too: runs of thirteen words, kept below a limit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from train.errors import StageError
from train.prepare.copies.sketch import Hashes, Places, Words, runs
from train.prepare.report import Leakage
from train.prepare.split import TRAIN

RUN = 13  # words
EXACT = 20_000_000  # words of a corpus of which every run is looked at; of a larger one, so many
Texts = Callable[[], Iterable[tuple[int, Words]]]  # each text's number and words, as often as asked


@dataclass(frozen=True)
class _HeldOut:
    """The runs of the held-out texts, whose they are, and which of them training has."""

    known: Hashes  # each once, sorted
    places: Places  # of every run in `known`
    owners: Places  # the cluster of every run
    seen: NDArray[numpy.bool_]  # for each in `known`


def without_leaks(
    homes: Mapping[int, str], clusters: Mapping[int, int], texts: Texts, words: int, limit: float
) -> tuple[dict[int, str], Leakage]:
    """Each text's split, once clusters that share too much with training went there; what is left."""
    every = -(-max(words, 1) // EXACT)
    held = _held_out(homes, clusters, texts, every)
    seen = _seen_in(TRAIN, held.known, homes, texts, every)
    moved: set[int] = set()
    while leaving := _leaving(_HeldOut(held.known, held.places, held.owners, seen), moved, limit):
        moved |= leaving
        stay = ~numpy.isin(held.owners, list(moved))
        seen[numpy.unique(held.places[~stay])] = True
    final = {text: TRAIN if clusters[text] in moved else home for text, home in homes.items()}
    _refuse_empty(homes, final, limit)
    stay = ~numpy.isin(held.owners, list(moved))
    found = int(seen[held.places[stay]].sum())
    number = sum(final[text] != home for text, home in homes.items())
    return final, Leakage(runs=int(stay.sum()), found=found, moved=number)


def sampled(numbers: Words, every: int) -> Hashes:
    """The runs of a text; of a large corpus those whose hash one in `every` has, the same ones everywhere."""
    found = runs(numbers, RUN)
    return found if every == 1 else found[found % numpy.uint64(every) == 0]


def _held_out(homes: Mapping[int, str], clusters: Mapping[int, int], texts: Texts, every: int) -> _HeldOut:
    found: list[Hashes] = [numpy.empty(0, numpy.uint64)]
    owners: list[Places] = [numpy.empty(0, numpy.int64)]
    for text, numbers in texts():
        if homes.get(text, TRAIN) != TRAIN:
            found.append(sampled(numbers, every))
            owners.append(numpy.full(len(found[-1]), clusters[text]))
    known, places = numpy.unique(numpy.concatenate(found), return_inverse=True)
    return _HeldOut(known, places, numpy.concatenate(owners), numpy.zeros(len(known), bool))


def _seen_in(
    split: str, known: Hashes, homes: Mapping[int, str], texts: Texts, every: int
) -> NDArray[numpy.bool_]:
    seen = numpy.zeros(len(known), bool)
    for text, numbers in texts():
        if homes.get(text) == split and len(known):
            found = sampled(numbers, every)
            places = numpy.minimum(numpy.searchsorted(known, found), len(known) - 1)
            seen[places[known[places] == found]] = True
    return seen


def _leaving(held: _HeldOut, moved: set[int], limit: float) -> set[int]:
    """The clusters with most that training has seen, so many that the rest keeps to the limit."""
    stay = ~numpy.isin(held.owners, list(moved))
    owners, shared = held.owners[stay], held.seen[held.places[stay]]
    found, total = int(shared.sum()), len(owners)
    names, of = numpy.unique(owners, return_inverse=True)
    all_of, seen_of = numpy.bincount(of), numpy.bincount(of[shared], minlength=len(names))
    leaving: set[int] = set()
    for place in numpy.lexsort((names, -seen_of)).tolist():
        if found <= limit * total:
            break
        leaving.add(int(names[place]))
        found, total = found - int(seen_of[place]), total - int(all_of[place])
    return leaving


def _refuse_empty(before: Mapping[int, str], after: Mapping[int, str], limit: float) -> None:
    for split in sorted(set(before.values()) - set(after.values())):
        what = f"More than {limit:.1%} of the {RUN}-word runs held out for {split} stand in training too."
        raise StageError(what, fix="take repeated passages out of the sources, or add a source to the recipe")
