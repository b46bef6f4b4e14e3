"""How much of what a writer wrote stands word for word in the texts it learned from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from train.prepare.copies.sketch import Hashes, Places, hashed, places, runs, words

SHORTEST = 8  # words: shorter runs are anybody's; people who never met share five to eight
RUN = 13  # words: the run by which leakage and copying are counted
AT_ONCE = 200_000  # words of the training texts: what is compared in one go fits into memory
PAIRS = 2**22  # of places with the same run, likewise: a word said without end meets itself a billion times
GAP, END = -1, -2  # between texts that were read, and between texts that were written: equal to nothing
Numbers = NDArray[np.int64]
Spans = tuple[tuple[int, int], ...]  # characters [start, end) of a text


@dataclass(frozen=True)
class Post:
    """A training text, by the name under which a copy of it is reported."""

    id: str
    text: str
    private: bool = False


@dataclass(frozen=True)
class Copied:
    """What one text has from the training texts: its longest shared run, and how many runs of thirteen."""

    words: int = 0  # of the longest run; 0 below eight
    run: str = ""
    post: Post | None = None  # the first that has it
    shared: int = 0  # runs of thirteen words that stand in the training texts
    runs: int = 0
    spans: Spans = ()  # where runs of thirteen words and more stand
    private: Spans = ()  # where runs of a private post stand, from eight words on


@dataclass(frozen=True)
class _Texts:
    """Texts as one line of word numbers, a gap after each, and whose every place is."""

    numbers: Numbers
    owners: Places
    starts: Places


def copied(texts: Sequence[str], posts: Iterable[Post]) -> tuple[Copied, ...]:
    """For each text what it shares with any of the posts, which are read once and may be many.

    A word is what `prepare` compares copies by, whatever its case and marks; an ideogram is a word.
    """
    mine = _line(texts, END)
    seen = np.zeros(len(mine.numbers), bool)
    shown, hidden = (np.zeros(len(mine.numbers) + 1, np.int64) for _ in range(2))
    best = [Copied() for _ in texts]
    for block in _blocks(posts):
        theirs = _line([post.text for post in block], GAP)
        hides = np.array([post.private for post in block] + [False])
        for begins, meets, lengths in _shared(theirs, mine):
            _mark(seen, meets, lengths)
            _cover(shown, meets, lengths, RUN)
            private = hides[theirs.owners[begins]]
            _cover(hidden, meets[private], lengths[private], SHORTEST)
            for text, found, post in _longest(theirs, mine, begins, meets, lengths):
                if found > best[text].words:
                    best[text] = Copied(found, post=block[post])
    marked = zip(_stretches(mine, shown), _stretches(mine, hidden), strict=True)
    rows = zip(texts, best, _counts(mine, seen), marked, strict=True)
    return tuple(_told(text, longest, counts, spans) for text, longest, counts, spans in rows)


def _line(texts: Sequence[str], gap: int) -> _Texts:
    numbers = [np.append(hashed(words(text)).astype(np.int64), gap) for text in texts]
    lengths = [len(each) for each in numbers]
    return _Texts(
        numbers=np.concatenate([*numbers, np.array([gap])]),
        owners=np.repeat(np.arange(len(texts) + 1), [*lengths, 1]),
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
    )


def _blocks(posts: Iterable[Post]) -> Iterator[list[Post]]:
    block, size = [], 0
    for post in posts:
        block.append(post)
        size += len(post.text) // 5
        if size > AT_ONCE:
            yield block
            block, size = [], 0
    if block:
        yield block


def _shared(theirs: _Texts, mine: _Texts) -> Iterator[tuple[Places, Places, Places]]:
    """Where each shared run begins in theirs and in mine, and its length: as long as it goes, none twice.

    In the order of theirs, some at a time.
    """
    known, places = _runs(mine)
    order = np.argsort(known, kind="stable")
    known, places = known[order], places[order]
    found, at = _runs(theirs)
    first, last = np.searchsorted(known, found), np.searchsorted(known, found, side="right")
    counts = last - first
    for part in np.split(np.arange(len(at)), np.flatnonzero(np.diff(np.cumsum(counts) // PAIRS)) + 1):
        begins, ends = np.repeat(at[part], counts[part]), np.cumsum(counts[part])
        meets = places[np.repeat(first[part] + counts[part] - ends, counts[part]) + np.arange(len(begins))]
        fresh = (begins == 0) | (meets == 0) | (theirs.numbers[begins - 1] != mine.numbers[meets - 1])
        begins, meets = begins[fresh], meets[fresh]
        yield begins, meets, _lengths(theirs.numbers, mine.numbers, begins, meets)


def _runs(texts: _Texts) -> tuple[Hashes, Places]:
    """The hashes of all runs of the shortest length, and where each stands."""
    inside = texts.numbers >= 0
    hashes = runs(texts.numbers.astype(np.uint32), SHORTEST)
    whole = np.lib.stride_tricks.sliding_window_view(np.append(inside, [False] * SHORTEST), SHORTEST)
    begins: Places = np.flatnonzero(whole.min(axis=1)[: len(hashes)])
    return hashes[begins], begins


def _lengths(theirs: Numbers, mine: Numbers, begins: Places, meets: Places) -> Places:
    lengths = np.zeros(len(begins), np.int64)
    going = np.arange(len(begins))
    while len(going):
        at, to = begins[going] + lengths[going], meets[going] + lengths[going]
        going = going[theirs[at] == mine[to]]  # a gap is never an end: both lines stop here at the latest
        lengths[going] += 1
    return lengths


def _mark(seen: NDArray[np.bool_], meets: Places, lengths: Places) -> None:
    """Mark the places of mine at which a run of thirteen begins that theirs have too."""
    long = lengths >= RUN
    steps = np.zeros(len(seen) + 1, np.int64)
    np.add.at(steps, meets[long], 1)
    np.add.at(steps, meets[long] + lengths[long] - RUN + 1, -1)
    seen |= np.cumsum(steps)[:-1] > 0


def _cover(steps: Numbers, meets: Places, lengths: Places, least: int) -> None:
    """Note where runs of so many words and more begin and end."""
    long = lengths >= least
    np.add.at(steps, meets[long], 1)
    np.add.at(steps, meets[long] + lengths[long], -1)


def _stretches(mine: _Texts, steps: Numbers) -> Iterator[Spans]:
    """For each text the stretches of words that lie in a run: first word, and the one after the last."""
    covered: NDArray[np.bool_] = np.greater(np.cumsum(steps)[:-1], 0)
    for start, end in pairwise(mine.starts.tolist()):
        edges = np.flatnonzero(np.diff(covered[start:end], prepend=False, append=False)).tolist()
        yield tuple(zip(edges[::2], edges[1::2], strict=True))


def _longest(
    theirs: _Texts, mine: _Texts, begins: Places, meets: Places, lengths: Places
) -> Iterator[tuple[int, int, int]]:
    """For each text of mine that shares a run: the length of its longest, and the first post that has it."""
    texts, posts = mine.owners[meets], theirs.owners[begins]
    order = np.lexsort((posts, -lengths, texts))
    order = order[lengths[order] >= SHORTEST]  # two runs of one hash need not be the same words
    firsts = order[np.unique(texts[order], return_index=True)[1]]
    yield from zip(texts[firsts].tolist(), lengths[firsts].tolist(), posts[firsts].tolist(), strict=True)


def _counts(mine: _Texts, seen: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    for start, end in pairwise(mine.starts.tolist()):
        yield int(seen[start:end].sum()), max(0, end - start - RUN)


def _told(text: str, best: Copied, counts: tuple[int, int], stretches: tuple[Spans, Spans]) -> Copied:
    """The same with the words of the run, which are looked up only now, for the longest alone."""
    shared, all_runs = counts
    spans, private = (_characters(text, each) for each in stretches)
    found = Copied(best.words, "", best.post, shared, all_runs, spans, private)
    if best.post is None:
        return found
    own, other = words(text), b" ".join(words(best.post.text))
    span = range(len(own) - best.words + 1)
    candidates = (b" ".join(own[place : place + best.words]) for place in span)
    return replace(found, run=next((each for each in candidates if each in other), b"").decode())


def _characters(text: str, stretches: Spans) -> Spans:
    at = places(text) if stretches else []
    return tuple((at[first][0], at[end - 1][1]) for first, end in stretches)
