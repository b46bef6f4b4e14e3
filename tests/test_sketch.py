from random import Random

import numpy
import pytest

from train.prepare.copies.sketch import (
    Measure,
    Sketch,
    Words,
    hashed,
    likeness,
    runs,
    shingles,
    sketch,
    words,
)
from train.prepare.dedupe import DOCUMENTS, PARAGRAPHS, REPEATED, SAME


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("One, two; THREE-four", ["one", "two", "three", "four"], id="case and marks"),
        pytest.param("Straße ÜBER “quotes”", ["strasse", "über", "quotes"], id="beyond ASCII"),
        pytest.param("我读 books 吧", ["我", "读", "books", "吧"], id="an ideogram is a word"),
        pytest.param("* — !", [], id="no word"),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert [word.decode() for word in words(text)] == found


def numbers(text: str) -> Words:
    return hashed(words(text))


def test_runs_are_told_by_their_words_and_their_order() -> None:
    assert len(runs(numbers("a b c d e f"), 5)) == 2
    assert len(runs(numbers("a b"), 5)) == 0
    assert runs(numbers("x a b c"), 3)[1] == runs(numbers("a b c y"), 3)[0]
    assert runs(numbers("a b c"), 3)[0] != runs(numbers("c b a"), 3)[0]


def test_likeness_is_the_share_of_common_shingles() -> None:
    one, other = shingles(numbers("a b c d e f g"), 5), shingles(numbers("a b c d e f h"), 5)
    assert likeness(one, one) == 1
    assert likeness(one, other) == 0.5
    assert likeness(shingles(numbers("a b"), 5), shingles(numbers("A, b!"), 5)) == 1
    assert likeness(shingles(numbers(""), 5), one) == 0


@pytest.mark.parametrize(
    ("measure", "length", "edits", "same"),
    [
        pytest.param(DOCUMENTS, 400, 8, SAME, id="texts"),
        pytest.param(PARAGRAPHS, 60, 3, REPEATED, id="paragraphs"),
    ],
)
def test_copies_with_small_edits_share_a_band(measure: Measure, length: int, edits: int, same: float) -> None:
    rng = Random(5)
    tried = found = 0
    for _ in range(300):
        one = [f"w{rng.randrange(50_000)}" for _ in range(length)]
        other = [f"new{rng.random()}" if rng.random() < edits / length else word for word in one]
        pair = [numbers(" ".join(each)) for each in (one, other)]
        if likeness(*(shingles(each, measure.run) for each in pair)) >= same:
            tried += 1
            found += shares_a_band(pair, measure)
    assert tried > 100
    assert found >= 0.97 * tried


def shares_a_band(pair: list[Words], measure: Measure) -> bool:
    lengths = numpy.array([len(each) for each in pair])
    made: Sketch = sketch(numpy.concatenate(pair), numpy.array([0, lengths[0]]), lengths, measure)
    return bool((made.bands[:, 0] == made.bands[:, 1]).any())
