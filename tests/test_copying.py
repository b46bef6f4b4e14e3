import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train.evaluate import copying
from train.evaluate.copying import PAIRS, RUN, SHORTEST, Copied, Post, copied

POST = Post(
    "blog/tea",
    "Warm the pot first, then count one spoon for each guest and one more for the pot, as my aunt did.",
)
OTHER = Post("blog/bread", "Let the dough rest until it has doubled, and do not hurry it.")


def alone(text: str, *posts: Post) -> Copied:
    return copied([text], posts)[0]


def test_the_longest_shared_run_is_named_with_the_post_it_comes_from() -> None:
    text = "# Tea\n\nI always WARM the pot first; then count one spoon for each guest. Then I wait."
    found = alone(text, OTHER, POST)
    assert (found.words, found.post) == (11, POST)
    assert found.run == "warm the pot first then count one spoon for each guest"


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        pytest.param("count one spoon for each guest and one", 8, id="eight words are a run"),
        pytest.param("count one spoon for each guest and two", 0, id="seven are anybody's"),
        pytest.param("", 0, id="an empty text shares nothing"),
        pytest.param("pot", 0, id="one word"),
    ],
)
def test_short_runs_do_not_count(text: str, shared: int) -> None:
    assert alone(text, POST).words == shared


def test_runs_of_thirteen_words_are_counted_once_each() -> None:
    fifteen = " ".join(POST.text.split()[:15])
    found = alone(f"{fifteen} and so on, and {fifteen}", POST, POST)
    assert (found.words, found.shared) == (15, 2 * (15 - RUN + 1))
    assert found.runs == 15 + 15 + 5 - RUN


def test_a_run_does_not_go_on_from_one_post_or_text_into_the_next() -> None:
    halves = POST.text.split(", as")[0].split(" one spoon")
    parts = [Post("a", halves[0]), Post("b", "one spoon" + halves[1])]
    assert alone(POST.text, *parts).words == len(halves[1].split()) + 2
    assert [each.words for each in copied(halves, [POST])] == [0, 9]


def test_the_first_post_that_has_the_run_is_named() -> None:
    assert alone(POST.text, Post("first", POST.text), Post("second", POST.text)).post == Post(
        "first", POST.text
    )


def test_a_word_that_text_and_post_repeat_without_end_fills_no_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copying, "PAIRS", 2**16)
    endless = "00 " * 2000
    tracemalloc.start()
    try:
        found = alone(endless, Post("dump", endless))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found.words, found.shared) == (2000, 2000 - RUN + 1)
    assert peak < 20 * 2**20, "of its four million pairs not all are held at once"


def test_texts_without_spaces_are_compared_by_their_signs() -> None:
    post = Post("nikki", "毎朝早く起きて、お茶をいれてから日記を書きます。")
    assert alone("私も毎朝早く起きて、お茶をいれてから散歩します。", post).words == 15


WORDS = st.lists(st.sampled_from("abc"), max_size=40).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4), st.lists(WORDS, max_size=4), st.sampled_from((1, 7, PAIRS)))
def test_the_figures_are_those_of_a_plain_search(texts: list[str], posts: list[str], pairs: int) -> None:
    given = [Post(str(place), text) for place, text in enumerate(posts)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "PAIRS", pairs)
        all_found = copied(texts, given)
    for text, found in zip(texts, all_found, strict=True):
        assert (found.words, found.shared) == (_longest(text, posts), _shared(text, posts))


def _runs(text: str, length: int) -> list[tuple[str, ...]]:
    words = text.split()
    return [tuple(words[place : place + length]) for place in range(len(words) - length + 1)]


def _longest(text: str, posts: list[str]) -> int:
    lengths = range(len(text.split()), SHORTEST - 1, -1)
    has = (each for each in lengths if any(set(_runs(text, each)) & set(_runs(post, each)) for post in posts))
    return next(has, 0)


def _shared(text: str, posts: list[str]) -> int:
    known = {run for post in posts for run in _runs(post, RUN)}
    return sum(run in known for run in _runs(text, RUN))


def test_it_is_said_where_in_a_text_the_shared_runs_stand() -> None:
    fifteen = " ".join(POST.text.split()[:15])
    text = f"# İzmir, straße\n\nThen: {fifteen.upper()}! And count one spoon for each guest and one."
    found = alone(text, POST)
    assert [text[start:end] for start, end in found.spans] == [fifteen.upper()]
    assert found.private == ()


def test_runs_of_a_private_post_are_found_from_eight_words_on_wherever_else_they_stand() -> None:
    text = "So I count one spoon for each guest and one, and let the dough rest until it has doubled."
    found = alone(text, Post("open", POST.text), Post("a", POST.text, private=True), OTHER)
    assert [text[start:end] for start, end in found.private] == ["count one spoon for each guest and one"]
