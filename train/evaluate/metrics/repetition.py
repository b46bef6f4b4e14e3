"""Repetition: does a text, or a writer, say the same again and again?"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from train.evaluate.metrics.tokens import folded, words
from train.prepare.words import count

RUN = 4  # words
NOTHING = float("nan")
Places = NDArray[np.int64]
Run = tuple[str, ...]


def repeated_4_grams(text: str) -> float:
    """The share of a text's runs of four words that stand in it already; NaN for fewer than four words.

    seq-rep-4 of Welleck et al., Neural Text Generation with Unlikelihood Training (arXiv 1908.04319):
    1 - |different 4-grams| / |4-grams|, here over words and not over one model's tokens, so that writers
    with other tokenizers compare. Posts by people lie below 0.01 in the median.
    """
    runs = _runs(text)
    return 1 - len(set(runs)) / len(runs) if runs else NOTHING


def repeated_lines(text: str) -> float:
    """The share of a text's lines that stand in it already; NaN for no lines.

    The duplicate line fraction of Rae et al., Gopher (arXiv 2112.11446), table A1. Case and spacing do not
    matter; lines without a word, such as rules and the marks of code, are none.
    """
    lines = [folded(line) for line in text.splitlines() if count(line)]
    return 1 - len(set(lines)) / len(lines) if lines else NOTHING


def repeated_run(text: str) -> float:
    """How many words the longest run has that stands twice in a text; the two may overlap. NaN for no words.

    Found exactly, by doubling: runs of 1, 2, 4, … words are numbered so that equal runs have one number,
    then the longest is put together from those.
    """
    numbers: dict[str, int] = {}
    ids = np.array([numbers.setdefault(word, len(numbers)) for word in words(text)], dtype=np.int64)
    if not len(ids):
        return NOTHING
    doubled = [ids]
    while len(joined := _joined(doubled[-1], doubled[-1], 1 << (len(doubled) - 1))) and _repeats(joined):
        doubled.append(joined)
    length, longest = 0, np.zeros(len(ids), dtype=np.int64)
    for power in reversed(range(len(doubled))):
        longer = _joined(longest, doubled[power], length)
        if _repeats(longer):
            length, longest = length + (1 << power), longer
    return float(length)


def common_4_grams(texts: Sequence[str]) -> list[float]:
    """The share of each text's runs of four words that stand in another of the texts too.

    A cheap Self-BLEU (Zhu et al., Texygen, arXiv 1802.01886): high where a writer has one post for every
    title. NaN for a text of fewer than four words, and for a text that has no others beside it.
    """
    if len(texts) < 2:
        return [NOTHING] * len(texts)
    runs = [_runs(text) for text in texts]
    homes = Counter(run for each in runs for run in set(each))
    return [sum(homes[run] > 1 for run in each) / len(each) if each else NOTHING for each in runs]


def _runs(text: str) -> list[Run]:
    found = words(text)
    return list(zip(*(found[start:] for start in range(RUN)), strict=False))


def _joined(first: Places, then: Places, after: int) -> Places:
    """One number for each pair of a run and the run that begins `after` words later."""
    size = min(len(first), len(then) - after)
    if size <= 0:
        return np.zeros(0, dtype=np.int64)
    pairs = first[:size] * (int(then.max()) + 1) + then[after : after + size]
    numbered: Places = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
    return numbered


def _repeats(ids: Places) -> bool:
    return len(ids) > 0 and int(ids.max()) + 1 < len(ids)
