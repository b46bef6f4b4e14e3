from collections import Counter
from dataclasses import asdict

import pytest

from tests.judged import BLOG, TITLES, rows
from train.evaluate.ask import Questions, passages, requests, seed_of
from train.sections import Decoding, Input
from train.tune.report import Writer


def writer(**inputs: Input) -> Writer:
    return Writer("blog", "", "", "", next(iter(inputs)), inputs, Decoding(), ())


BLOGGER = writer(**BLOG.inputs)
MANY = [f"On tea, part {number}" for number in range(301)]


def test_every_word_limit_gets_as_many_titles_and_no_more_are_asked_than_needed() -> None:
    asked = requests(MANY, BLOGGER)
    assert Counter(inputs["words"] for inputs in asked) == {80: 100, 160: 100}
    assert Counter(inputs["words"] for inputs in requests(MANY[:3], BLOGGER)) == {80: 2, 160: 1}


@pytest.mark.parametrize(
    "titles",
    [
        pytest.param(MANY[::-1], id="in another order"),
        pytest.param([*MANY, *MANY[:9]], id="some of them twice"),
    ],
)
def test_the_same_titles_are_the_same_requests(titles: list[str]) -> None:
    assert requests(titles, BLOGGER) == requests(MANY, BLOGGER)


def test_a_writer_with_one_input_is_asked_with_nothing_else() -> None:
    assert requests(["a"], writer(title=Input("Title"))) == ({"title": "a"},)


@pytest.mark.parametrize(("words", "limit"), [(9, 80), (81, 160), (161, None)])
def test_a_held_out_text_is_read_with_the_limit_that_it_keeps(words: int, limit: int | None) -> None:
    (passage,) = passages([{**rows()[0], "words": words}], BLOG, BLOGGER)
    assert asdict(passage)["inputs"] == {"title": TITLES[0], "words": limit}


@pytest.mark.parametrize(
    ("other", "inputs"),
    [
        pytest.param(writer(title=Input("Title")), {"title": "On tea"}, id="it knows no limit"),
        pytest.param(
            writer(headline=Input("Headline"), words=Input("Limit", choices=(300,))),
            {"headline": "On tea", "words": 80},
            id="its message has another name",
        ),
        pytest.param(
            writer(title=Input("Title"), words=Input("Limit"), pages=Input("Pages", default=2)),
            {"title": "On tea", "words": 80, "pages": 2},
            id="it takes one more",
        ),
    ],
)
def test_another_writer_is_asked_the_same_with_the_inputs_that_it_knows(
    other: Writer, inputs: dict[str, object]
) -> None:
    questions = Questions("title", ({"title": "On tea", "words": 80},), passages(rows(), BLOG, BLOGGER))
    put = questions.put_to(other)
    assert put.requests == (inputs,)
    assert [each.inputs.keys() for each in put.passages] == [inputs.keys()] * len(TITLES)
    assert put.message == other.message


def test_a_title_has_its_own_seed_which_the_recipe_s_seed_changes() -> None:
    seeds = [seed_of(seed, title) for seed in (0, 1) for title in MANY]
    assert len(set(seeds)) == len(seeds)
    assert seed_of(0, MANY[0]) == seeds[0]
