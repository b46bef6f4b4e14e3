"""Burrows's Delta: whose little words a writer uses."""

import re
from collections.abc import Sequence
from math import isnan
from random import Random
from statistics import fmean, stdev

import numpy as np
import pytest

from train.evaluate.measure import Answer
from train.evaluate.metrics import style
from train.evaluate.metrics.authors import texts
from train.evaluate.metrics.style import FUNCTION_WORDS, delta, delta_of, is_nearest, nearest_of

ONCE = np.ones((1, 4))


def answers(written: Sequence[str], author: str) -> list[Answer]:
    return [Answer("On tea", text, True, reference=author) for text in written]


def pieces(text: str, number: int) -> list[str]:
    paragraphs = text.split("\n\n")
    return ["\n\n".join(paragraphs[start::number]) for start in range(number)]


def test_there_are_five_distractors_of_a_thousand_words_or_more() -> None:
    assert len(texts()) >= 5
    assert all(len(text.split()) > 1000 for text in texts().values())
    assert len(set(FUNCTION_WORDS)) == len(FUNCTION_WORDS) == 150


def test_six_hundred_words_find_their_author_mostly(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for name, text in texts().items():
        others = style._counts([other for each, other in texts().items() if each != name])
        monkeypatch.setattr(style, "_distractors", lambda others=others: others)
        one, other = pieces(text, 2)
        found += [is_nearest(answers([one], other))[0], is_nearest(answers([other], one))[0]]
    assert fmean(found) >= 0.8


@pytest.mark.parametrize("name", sorted(texts()))
def test_five_thousand_words_find_their_author_surely(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    others = style._counts([text for each, text in texts().items() if each != name])
    monkeypatch.setattr(style, "_distractors", lambda: others)
    random, words = Random(1), re.findall(r"\w+(?:'\w+)*", texts()[name])
    author, written = " ".join(random.choices(words, k=5000)), random.choices(words, k=5000)
    parts = answers([" ".join(written[place : place + 250]) for place in range(0, 5000, 250)], author)
    weights = np.random.default_rng(0).multinomial(20, [1 / 20] * 20, size=500).astype(float)
    assert nearest_of(parts)(weights).mean() == 1


@pytest.mark.parametrize("name", sorted(texts()))
def test_a_writer_with_somebody_elses_words_is_not_the_author(name: str) -> None:
    other = answers(pieces(texts()[name], 4), "The bees came back on Sunday, and I was glad of them. " * 9)
    assert nearest_of(other)(ONCE).tolist() == [0]


def test_delta_is_the_mean_distance_in_standard_deviations() -> None:
    author = " ".join(pieces(texts()["diarist"], 2)[0].replace(",", " and").split())
    written = pieces(texts()["reviewer"], 4)
    known = [_frequencies([text]) for text in (author, *texts().values())]
    pooled = _frequencies([written[0], written[0], written[3]])
    deviations = [stdev(column) for column in zip(*known, strict=True)]
    distances = [
        abs(mine - its) / by for mine, its, by in zip(pooled, known[0], deviations, strict=True) if by
    ]
    assert len(distances) > 120
    weights = np.array([[2.0, 0.0, 0.0, 1.0]])
    assert delta_of(answers(written, author))(weights) == pytest.approx([fmean(distances)])


def _frequencies(written: Sequence[str]) -> list[float]:
    words = re.findall(r"\w+(?:'\w+)*", " ".join(written).lower())
    return [words.count(word) / len(words) for word in FUNCTION_WORDS]


def test_a_resample_of_one_text_is_that_text() -> None:
    found = answers(pieces(texts()["reporter"], 4), texts()["essayist"])
    assert np.array_equal(delta_of(found)(np.eye(4)), delta(found))
    assert np.array_equal(nearest_of(found)(np.eye(4)), is_nearest(found))
    assert np.allclose(delta_of(found)(7 * ONCE), delta_of(found)(ONCE)), "seven times all is all"


def test_the_author_is_every_reference_once() -> None:
    one, other = pieces(texts()["essayist"], 2)
    asked = [Answer("On tea", texts()["reporter"], True, reference=each) for each in (one, other, one, one)]
    both = answers([texts()["reporter"]] * 4, f"{one}\n\n{other}")
    assert delta_of(asked)(ONCE) == pytest.approx(delta_of(both)(ONCE))


@pytest.mark.parametrize(
    ("text", "author"),
    [
        pytest.param("", "I was there and it was cold.", id="nothing written"),
        pytest.param("# A heading", "I was there and it was cold.", id="only a heading"),
        pytest.param("```\nfor i in it\n```", "I was there and it was cold.", id="only code"),
        pytest.param("I was there and it was cold.", "", id="no author"),
    ],
)
def test_without_words_on_both_sides_there_is_no_distance(text: str, author: str) -> None:
    assert isnan(delta(answers([text], author))[0])
    assert isnan(is_nearest(answers([text], author))[0])
