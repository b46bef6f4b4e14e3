from dataclasses import asdict

import pytest

from tests.judged import BLOG, TITLES, rows
from train.evaluate.ask import passages, requests
from train.sections import Decoding, Input
from train.tune.report import Writer


def test_requests_take_every_choice_in_turn_and_stop_at_the_most() -> None:
    writer = Writer("blog", "", "", "", "title", BLOG.inputs, Decoding(), ())
    asked = requests(["a", "b", "c", "d"], writer, most=3)
    assert asked == ({"title": "a", "words": 80}, {"title": "b", "words": 160}, {"title": "c", "words": 80})


def test_a_writer_with_one_input_is_asked_with_nothing_else() -> None:
    writer = Writer("blog", "", "", "", "title", {"title": Input("Title")}, Decoding(), ())
    assert requests(["a"], writer) == ({"title": "a"},)


@pytest.mark.parametrize(("words", "limit"), [(9, 80), (81, 160), (161, None)])
def test_a_held_out_text_is_read_with_the_limit_that_it_keeps(words: int, limit: int | None) -> None:
    writer = Writer("blog", "", "", "", "title", BLOG.inputs, Decoding(), ())
    (passage,) = passages([{**rows()[0], "words": words}], BLOG, writer)
    assert asdict(passage)["inputs"] == {"title": TITLES[0], "words": limit}
