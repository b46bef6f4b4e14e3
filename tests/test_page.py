"""What the Space's page asks, checks and says, without a browser."""

import inspect
import math
from pathlib import Path
from typing import Any, Literal, get_args

import pytest

from door import Door
from orders import BASE, RefusedError, State, Text
from page import asks, calls, foot, look, said
from rates import Rates
from tests.browser.scripted import BLOG, COMMIT, FORMAL, HUMANIZER, served, studio

ASKED: dict[str, Any] = {"title": "A title", "words": 600, "version": "v0.2.0"} | asks.defaults(BLOG)
VERSIONS = ("v0.2.0", "v0.1.0", BASE)


def test_what_the_form_offers_has_no_flaw() -> None:
    assert asks.flaws(BLOG, VERSIONS, ASKED) == []
    order = asks.order("blog", BLOG, ASKED)
    assert (order.inputs, order.version) == ({"title": "A title", "words": 600}, "v0.2.0")
    assert order.decoding == BLOG.decoding


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"title": " "}, "Blog title: Please write something here first.", id="no title"),
        pytest.param({"title": "x" * 201}, "Blog title: 201 characters are too many", id="a long title"),
        pytest.param({"words": 601}, "Word limit: Choose one of 300, 600, 1000.", id="another word limit"),
        pytest.param({"version": "v9"}, "This version is not served here", id="an unknown version"),
        pytest.param({"version": ["v0.2.0"]}, "This version is not served here", id="a list of versions"),
        pytest.param({"temperature": 2.1}, "Temperature: 0.1 to 2", id="too hot"),
        pytest.param({"temperature": 0.05}, "Temperature: 0.1 to 2", id="neither cold nor warm"),
        pytest.param({"temperature": math.nan}, "Temperature: 0.1 to 2", id="no number at all"),
        pytest.param({"top_p": 0}, "Top-p: ", id="no word left"),
        pytest.param({"repetition_penalty": math.inf}, "Against repetition: ", id="endless"),
        pytest.param({"seed": -1}, "Seed: ", id="a seed below 0"),
        pytest.param({"seed": 10**400}, "Seed: ", id="a seed of 400 digits"),
        pytest.param({"seed": "7"}, "Each setting is a number.", id="a text for a number"),
        pytest.param({"seed": None}, "Each setting is a number.", id="nothing for a number"),
    ],
)
def test_who_skips_the_form_meets_its_limits_all_the_same(change: dict[str, Any], said: str) -> None:
    (flaw,) = asks.flaws(BLOG, VERSIONS, ASKED | change)
    assert flaw.startswith(said)


def test_a_sentence_never_becomes_html() -> None:
    refused = RefusedError("failed", "<script>alert(1)</script>")
    for html in (said.refused(refused), said.state(State("failed", refused.said))):
        assert "<script>" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(Text("Some", 1), "", id="growing"),
        pytest.param(Text("Some.", 2, "end"), "", id="finished"),
        pytest.param(Text("Some", 2, "length"), said.note(said.CUT), id="cut"),
        pytest.param(Text("", 0, ahead=1), said.note("In the queue: one text goes first."), id="next"),
        pytest.param(Text("", 0, ahead=3), said.note("In the queue: 3 texts go first."), id="later"),
    ],
)
def test_only_what_is_unusual_is_told(text: Text, told: str) -> None:
    assert said.progress(text) == told


@pytest.mark.parametrize(
    ("moves", "wait_s"),
    [
        pytest.param([(5, 0.0)], 0, id="nobody knows yet"),
        pytest.param([(5, 0.0), (5, 9.0)], 0, id="nothing has moved"),
        pytest.param([(5, 0.0), (4, 2.0)], 8, id="one of five went in two seconds"),
        pytest.param([(5, 0.0), (4, 2.0), (4, 7.0)], 8, id="the same until it moves again"),
        pytest.param([(5, 0.0), (4, 2.0), (1, 8.0)], 2, id="quicker since"),
        pytest.param([(0, 0.0), (0, 1.0)], 0, id="no queue"),
    ],
)
def test_a_turn_comes_as_the_queue_has_moved_so_far(moves: list[tuple[int, float]], wait_s: float) -> None:
    turn = said.Turn()
    assert [turn.wait_s(*move) for move in moves][-1] == wait_s


@pytest.mark.parametrize(
    ("wait_s", "told"), [(0.2, "about 5 seconds"), (21, "about 25 seconds"), (61, "about 2 minutes")]
)
def test_how_long_is_told_in_round_figures(wait_s: float, told: str) -> None:
    assert told in said.progress(Text("", 0, ahead=3), wait_s)


def test_an_endpoint_has_the_form_for_a_signature() -> None:
    parameters = inspect.signature(calls.endpoint(Door(studio("blog"), Rates()), "blog", "")).parameters
    assert list(parameters)[1:] == ["title", "words"]
    assert parameters["title"].annotation is str
    assert get_args(parameters["words"].annotation) == get_args(Literal[300, 600, 1000])
    assert parameters["words"].default == 600


def test_an_endpoint_says_what_it_does() -> None:
    told = calls.described(HUMANIZER, "Formal to natural")
    assert told.startswith("Formal to natural. Say a text in other words with a small")
    assert f"    formal: Formal text, at most 5,000 characters. For example: {FORMAL}" in told


def test_the_footer_links_every_commit() -> None:
    for writer in (served("blog"), served("humanizer")):
        html = foot.made_of(writer)
        for repo in (writer.adapter, writer.base, f"datasets/{writer.dataset}"):
            assert f'href="https://huggingface.co/{repo}/tree/{COMMIT}"' in html


def test_every_script_and_style_of_the_folder_is_used() -> None:
    folder = Path(look.__file__).parent
    for path in sorted([*folder.glob("*.js"), *folder.glob("*.css")]):
        assert path.read_text() in look.HEAD + look.CSS, f"{path.name} is on no page"
