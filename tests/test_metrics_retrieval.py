"""Whether a text finds its own title among all."""

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.evaluate.metrics.retrieval import is_first, ranks, reciprocal

POSTS = {
    "Keeping bees in the city": "Hives on a roof do well. A bee flies three miles from the city's parks.",
    "How to bake bread": "Flour, water, salt. Bake it hot. Baking takes an hour, and bread keeps a week.",
    "My first winter at sea": "The sea was grey that winter. There was ice on the ropes, and I was sick.",
}
TITLES, TEXTS = tuple(POSTS), tuple(POSTS.values())


def test_texts_find_their_own_titles() -> None:
    assert ranks(TEXTS, TITLES).tolist() == [1, 1, 1]


def test_shuffled_texts_find_others() -> None:
    shuffled = ranks((TEXTS[1], TEXTS[2], TEXTS[0]), TITLES)
    assert (shuffled > 1).all()
    assert is_first(shuffled).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        pytest.param("", 3, id="nothing written"),
        pytest.param("\U0001f41d\U0001f41d", 3, id="emoji"),
        pytest.param("A thing is what it is.", 3, id="a text for any title"),
        pytest.param("# Keeping bees in the city\n\nWell.", 3, id="the title alone shows nothing"),
        pytest.param("Keeping bees in the city\nKEEPING BEES IN THE CITY", 3, id="nor does saying it twice"),
        pytest.param("Bread, bread, bees.", 2, id="more of another's"),
        pytest.param("Bread and bees and sea.", 3, id="no more alike than others"),
    ],
)
def test_a_text_that_says_little_of_its_title_finds_it_late(text: str, rank: int) -> None:
    assert ranks((text, *TEXTS[1:]), TITLES)[0] == rank


def test_scripts_without_spaces_are_compared_by_pairs_of_signs() -> None:
    titles = ("日記の書き方", "お茶の入れ方", "การดูแลแมว")
    texts = ("毎日、日記を書くとよい。", "お茶は熱い湯で入れる。", "แมวต้องการน้ำสะอาด ดูแลแมวทุกวัน")
    assert ranks(texts, titles).tolist() == [1, 1, 1]


def test_other_spaced_scripts_need_nothing_of_their_own() -> None:
    titles = ("Дневник путешествия", "كيف تصنع الخبز")
    assert ranks(("Мой дневник лежит дома.", "يحتاج الخبز إلى دقيق"), titles).tolist() == [1, 1]


def test_one_title_that_was_asked_twice_is_one_title() -> None:
    titles = (*TITLES, TITLES[0])
    assert ranks((*TEXTS, TEXTS[0]), titles).tolist() == [1, 1, 1, 1]


def test_where_there_is_nothing_to_choose_from_there_is_no_rank() -> None:
    assert np.isnan(ranks(("Bees.",), ("Bees",))).all(), "a sole title"
    assert np.isnan(ranks(("Bees.", "Tea."), ("???", "Tea"))).all(), "a sole title with words"
    assert np.isnan(ranks(TEXTS, ("???", *TITLES[1:]))).tolist() == [True, False, False]
    assert np.isnan(is_first(np.array([np.nan]))).all()
    assert np.isnan(reciprocal(np.array([np.nan]))).all()
    assert ranks((), ()).shape == (0,)


def test_ranks_are_those_of_cosines_by_hand() -> None:
    """Terms: apple (in two titles), pear, plum; text 0 says apple twice and plum once."""
    titles = ("apple pear", "apple plum", "quince")
    common, rare = 1 + log(4 / 3), 1 + log(4 / 2)
    length = sqrt(common**2 + rare**2)
    apple, plum = (1 + log(2)) * common, rare
    cosines = [apple * common / length, (apple * common + plum * rare) / length, 0.0]
    assert ranks(("apple apple plum", "", ""), titles)[0] == 1 + sum(each > cosines[0] for each in cosines)
    assert reciprocal(ranks(("apple apple plum", "", ""), titles)).tolist() == [1 / 2, 1 / 3, 1 / 3]


@given(st.lists(st.text(max_size=40), min_size=3, max_size=3), st.permutations(range(3)))
def test_ranks_lie_within_the_titles_and_keep_to_their_texts(texts: list[str], order: list[int]) -> None:
    found = ranks(tuple(texts), TITLES)
    assert ((found >= 1) & (found <= 3)).all()
    moved = ranks(tuple(texts[place] for place in order), tuple(TITLES[place] for place in order))
    assert moved.tolist() == [found[place] for place in order]
