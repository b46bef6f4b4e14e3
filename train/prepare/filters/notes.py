"""What the filters of web-scale corpora would say of a text: notes for the report, never a reason to drop.

The formulas and limits are those published as Gopher's (Rae et al. 2021, section A1.1), C4's (Raffel et al.
2020) and FineWeb's (Penedo et al. 2024), with the defaults of datatrove, which uses them on crawled pages;
words and sentences are parted here by regular expressions where datatrove asks a tokenizer.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

WORD = re.compile(r"\w++(?:[-'\u2019.]\w++)*+|[^\w\s]")
PARAGRAPHS = re.compile(r"\n{2,}")
SENTENCE_END = re.compile(r"[.?!][\"'\u201d\u2019)]?\s+(?=[\"'\u201c\u2018(]?[^\Wa-z])")
STOP_WORDS = frozenset(("the", "be", "to", "of", "and", "that", "have", "with"))
PUNCTUATION = frozenset(string.punctuation)
ENDS = (".", "?", "!", '"', "'")
POLICIES = (
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)
CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")
TOP_RUNS = ((2, 0.20), (3, 0.18), (4, 0.16))
REPEATED_RUNS = ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10))
Words = Sequence[str]


def notes(text: str) -> frozenset[str]:
    """The names of the published filters that would have dropped the text."""
    if not text.strip():
        return frozenset(FILTERS)
    words = WORD.findall(text)
    return frozenset(name for name, dropped in FILTERS.items() if dropped(text, words))


def _gopher_quality(text: str, words: Words) -> bool:
    marks = sum(map(PUNCTUATION.__contains__, words))  # of one character each
    number, length, lines = len(words) - marks, sum(map(len, words)) - marks, text.splitlines()
    if not 50 <= number <= 100_000 or not 3 <= length / number <= 10:
        return True
    mixed = (word for word in words if not word.isalpha())
    alphabetic = len(words) - sum(not any(map(str.isalpha, word)) for word in mixed)
    return (
        max(text.count("#"), text.count("...") + text.count("…")) > 0.1 * number
        or sum(line.lstrip().startswith("•") for line in lines) > 0.9 * len(lines)
        or sum(line.rstrip().endswith(("...", "…")) for line in lines) > 0.3 * len(lines)
        or alphabetic < 0.8 * number
        or sum(map(STOP_WORDS.__contains__, words)) < 2
    )


def _gopher_repetition(text: str, words: Words) -> bool:
    for parts in (PARAGRAPHS.split(text.strip()), [line for line in text.splitlines() if line]):
        repeated = _repeated(parts)
        if len(repeated) > 0.3 * len(parts) or sum(map(len, repeated)) > 0.2 * len(text):
            return True
    most = _most_at_top(words)
    for size, share in TOP_RUNS:
        if most(size) > share * len(text) and _top(words, size) > share * len(text):
            return True
    fives = _starts_of_repeated(words, REPEATED_RUNS[0][0], range(len(words)))
    return bool(fives) and any(
        _again(words, size, fives) > share * len(text) for size, share in REPEATED_RUNS
    )


def _repeated(parts: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    return [part for part in parts if part in seen or seen.add(part)]  # type: ignore[func-returns-value]


def _most_at_top(words: Words) -> Callable[[int], int]:
    """What no run of so many words can surpass: each of its words is there as often as the run."""
    longest: dict[int, int] = {}  # of the words that are there so often
    for word, times in Counter(words).items():
        if len(word) > longest.get(times, 0):
            longest[times] = len(word)
    reached = list(accumulate(sorted(longest.items(), reverse=True), _longer))
    return lambda size: max(((size * length + size - 1) * times for times, length in reached), default=0)


def _longer(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return other[0], max(one[1], other[1])


def _top(words: Words, size: int) -> int:
    runs = Counter(
        pairwise(words) if size == 2 else zip(*(words[place:] for place in range(size)), strict=False)
    )
    run, times = runs.most_common(1)[0] if runs else ((), 0)
    return (sum(map(len, run)) + size - 1) * times


def _starts_of_repeated(words: Words, size: int, starts: Sequence[int]) -> list[int]:
    every = set(zip(*(words[place:] for place in range(size)), strict=False))
    if len(every) + size - 1 >= len(words):
        return []  # none of them is there twice
    runs = Counter(tuple(words[start : start + size]) for start in starts)
    return [start for start in starts if runs[tuple(words[start : start + size])] > 1]


def _again(words: Words, size: int, fives: Sequence[int]) -> int:
    """Characters of runs that stood before; a repeated run begins with a repeated five."""
    seen: set[tuple[str, ...]] = set()
    length = following = 0
    for start in fives:
        run = tuple(words[start : start + size])
        if start < following or len(run) < size:
            continue
        if run in seen:
            length, following = length + sum(map(len, run)), start + size
        seen.add(run)
    return length


def _c4(text: str, words: Words) -> bool:
    sentences = 0
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped:
            continue
        kept = CITATION.sub("", stripped) if "[" in stripped else stripped
        if not kept.endswith(ENDS) or kept.endswith("...") or len(stripped.split(None, 3)) < 3:
            continue
        folded = kept.lower()
        if "lorem ipsum" in folded or ("{" in kept and "javascript" not in folded):
            return True
        if "javascript" not in folded and not any(policy in folded for policy in POLICIES):
            sentences += 1 + len(SENTENCE_END.findall(kept))
    return sentences < 5


def _fineweb(text: str, words: Words) -> bool:
    lines = text.split("\n")
    repeated = _repeated([line for line in lines if line.strip()])
    return (
        sum(line.endswith(ENDS) for line in lines) <= 0.12 * len(lines)
        or sum(len(line) <= 30 for line in lines) >= 0.67 * len(lines)
        or sum(map(len, repeated)) >= 0.01 * (len(text) - len(lines) + 1)
        or len(lines) - 1 > 0.3 * len(words)
    )


FILTERS: dict[str, Callable[[str, Words], bool]] = {
    "Gopher quality": _gopher_quality,
    "Gopher repetition": _gopher_repetition,
    "C4": _c4,
    "FineWeb": _fineweb,
}
