"""Repetition within a text and among a writer's texts, against what a slow count finds."""

from itertools import pairwise
from math import isnan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.evaluate.metrics.authors import texts
from train.evaluate.metrics.repetition import (
    common_4_grams,
    repeated_4_grams,
    repeated_lines,
    repeated_run,
)

FEW = st.lists(st.sampled_from(["tea", "and", "milk", "茶", "🙂"]), max_size=40)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        pytest.param("a b c d e f", 0.0, id="nothing twice"),
        pytest.param("a b c d a b c d", 1 / 5, id="one of five runs"),
        pytest.param("A b, c d! a B c d.", 1 / 5, id="case and marks do not matter"),
        pytest.param("tea " * 100, 96 / 97, id="one word for ever"),
        pytest.param("茶が好き茶が好き", 1 / 5, id="a script without spaces, by signs"),
        pytest.param("\U0001f600" * 20, 16 / 17, id="nothing but one emoji"),
    ],
)
def test_repeated_4_grams_is_the_share_of_runs_that_were_there_before(text: str, share: float) -> None:
    assert repeated_4_grams(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["", "one two three", "---", "...", "\n\n"])
def test_a_text_of_fewer_than_four_words_has_no_runs_to_repeat(text: str) -> None:
    assert isnan(repeated_4_grams(text))


@pytest.mark.parametrize(
    ("text", "share"),
    [
        pytest.param("one\ntwo", 0.0, id="no line twice"),
        pytest.param("one\n\nONE\n\ntwo\n  one  ", 0.5, id="two of four, whatever their case and spaces"),
        pytest.param("one\n---\n---\n```\n```", 0.0, id="lines without words are none"),
        pytest.param("I know.\n" * 10, 0.9, id="one line for ever"),
    ],
)
def test_repeated_lines_is_the_share_of_lines_that_were_there_before(text: str, share: float) -> None:
    assert repeated_lines(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["", " \n ", "---\n***"])
def test_a_text_without_lines_of_words_repeats_no_line(text: str) -> None:
    assert isnan(repeated_lines(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("tea", 0, id="one word"),
        pytest.param("tea milk", 0, id="two different words"),
        pytest.param("tea and tea", 1, id="one word twice"),
        pytest.param("a b c d x a b c y", 3, id="a run of three"),
        pytest.param("a b a b a", 3, id="the two may overlap"),
        pytest.param("so " * 1500, 1499, id="one word for ever"),
    ],
)
def test_repeated_run_is_the_longest_that_stands_twice(text: str, words: int) -> None:
    assert repeated_run(text) == words


@given(FEW)
def test_repeated_run_is_what_trying_every_run_finds(words: list[str]) -> None:
    found = repeated_run(" ".join(words))
    starts = range(len(words))
    longest = max(
        (size for one in starts for other in starts if one < other for size in starts
         if size <= len(words) - other and words[one : one + size] == words[other : other + size]),
        default=0,
    )  # fmt: skip
    assert (isnan(found) and not words) or found == longest


@given(FEW)
def test_shares_lie_between_none_and_all(words: list[str]) -> None:
    text = " ".join(words)
    for share in (repeated_4_grams(text), repeated_lines("\n".join(words))):
        assert isnan(share) or 0 <= share < 1


@pytest.mark.parametrize(
    ("written", "shares"),
    [
        pytest.param(["a b c d e", "a b c d f", "g h i j"], [0.5, 0.5, 0.0], id="one run of two in common"),
        pytest.param(["a b c d", "A b c, d"], [1.0, 1.0], id="one text for every title"),
        pytest.param(["a b c d a b c d", "x y z w"], [0.0, 0.0], id="repeating oneself is something else"),
    ],
)
def test_common_4_grams_is_the_share_that_another_text_has_too(
    written: list[str], shares: list[float]
) -> None:
    assert common_4_grams(written) == pytest.approx(shares)


def test_what_is_too_short_or_alone_has_nothing_in_common() -> None:
    assert all(map(isnan, common_4_grams(["a b c d"])))
    assert isnan(common_4_grams(["", "a b c d"])[0])
    assert common_4_grams([]) == []


@given(st.lists(FEW.map(" ".join), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_what_is_common_does_not_depend_on_the_order_of_the_texts(written: list[str], order: Random) -> None:
    places = list(range(len(written)))
    order.shuffle(places)
    straight = common_4_grams(written)
    shuffled = common_4_grams([written[place] for place in places])
    assert list(map(repr, shuffled)) == [repr(straight[place]) for place in places]


def test_people_repeat_little_and_a_loop_repeats_all() -> None:
    for text in texts().values():
        assert repeated_4_grams(text) < 0.02
        assert repeated_run(text) < 12
        assert repeated_lines(text) == 0
    looped = "We are glad to be here with all of you today. " * 30
    assert repeated_4_grams(looped) > 0.95
    assert repeated_run(looped) > 250


def test_repeating_more_is_never_found_to_be_less() -> None:
    text = texts()["diarist"]
    opening = " ".join(text.split()[:60])
    shares = [repeated_4_grams(text + f" {opening}" * times) for times in range(6)]
    assert all(less < more for less, more in pairwise(shares))
