"""What each writer promises, held against its figures and a text of its own."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from tests.verdicts import metrics
from train import recipe as recipes
from train.evaluate.report import Change, Sample, Who
from train.outcome import outcome
from train.rehearse.promises import Asked, Evidence, promise_of, told

POST = (
    "# On kites\n\nA kite asks for wind.\n\n## What it takes\n\nTwo sticks and some paper.\n\n"
    "## Where to stand\n\nOn a hill, back to the wind.\n\n## Conclusion\n\nFly it often."
)
FORMAL = "It is not necessary to purchase 3 kites; however, we will require assistance."
PLAIN = "You don't need to buy 3 kites, but we'll need some help."
NONE: Mapping[str, Any] = MappingProxyType({})


def evidence(name: str, base: str = "", adapter: str = "", figures: Mapping[str, Any] = NONE) -> Evidence:
    """The figures of a good adapter, or others, and two texts of each writer."""
    written: dict[Who, str] = {"base": base, "adapter": adapter}
    samples = [Sample(FORMAL, {}, who, 0, text, True, ()) for who, text in written.items() for _ in range(2)]
    found = metrics(recipes.load(name), **figures)
    changed = [
        replace(each, from_base=Change(0.0, *_interval(each.adapter - each.base))) for each in found.metrics
    ]
    return Evidence.of(replace(found, metrics=tuple(changed)), samples)


def _interval(difference: float) -> tuple[float, float]:
    return (difference - 0.01, difference + 0.01) if abs(difference) > 0.02 else (-1.0, 1.0)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("blog", "post within the word limit"),
        ("humanizer", "contractions"),
        ("medium", "unseen texts"),
        ("news", "title and its description"),
        ("voice", "five others"),
    ],
)
def test_each_recipe_promises_what_its_kind_is_for(name: str, word: str) -> None:
    assert word in promise_of(recipes.load(name)).words


@pytest.mark.parametrize(
    ("name", "request_", "words", "text", "flaw"),
    [
        pytest.param("blog", "On kites", 80, POST, "", id="a whole post"),
        pytest.param("blog", "On kites", 20, POST, "longer than 20 words", id="a post over its limit"),
        pytest.param("blog", "On tea", 80, POST, "no title", id="a post on something else"),
        pytest.param("blog", "On kites", 80, "A kite asks for wind.", "no conclusion", id="no post"),
        pytest.param("humanizer", FORMAL, None, PLAIN, "", id="said plainly"),
        pytest.param("humanizer", FORMAL, None, FORMAL, "not another way", id="said again"),
        pytest.param("humanizer", FORMAL, None, PLAIN.replace("3", "4"), "every number", id="another number"),
        pytest.param(
            "humanizer",
            FORMAL,
            None,
            "It is not necessary to purchase 3 kites.",
            "as formal as before",
            id="shorter and still formal",
        ),
        pytest.param("news", "New kites fly", None, "The kites flew far.", "", id="a description"),
        pytest.param("news", "New kites fly", None, "The kites flew", "not the description", id="broken off"),
        pytest.param(
            "news", "New kites fly", None, "### title: Kites.", "not the description", id="the form again"
        ),
        pytest.param("news", "New kites fly", None, "Rain fell.", "not about", id="another subject"),
        pytest.param("voice", "New kites fly", None, "My kites\n\nand I.", "", id="a page of a diary"),
        pytest.param("medium", "New kites fly", None, "Rain fell.", "not about", id="an article on rain"),
    ],
)
def test_what_a_text_is_not(name: str, request_: str, words: int | None, text: str, flaw: str) -> None:
    found = promise_of(recipes.load(name)).flaw(Asked(request_, words, text))
    assert flaw in found
    assert bool(found) == bool(flaw)


@pytest.mark.parametrize(
    ("name", "figures", "broken"),
    [
        pytest.param("blog", {}, [], id="a good writer of posts"),
        pytest.param("blog", {"structure": 0.03}, ["whole posts"], id="no more posts than the base"),
        pytest.param("blog", {"words_over_limit": 0.2}, ["texts more than"], id="too long"),
        pytest.param("voice", {}, [], id="a voice"),
        pytest.param("voice", {"nearest": 0.0}, ["nearer to the author's"], id="nearer to another"),
        pytest.param("voice", {"style": 1.5}, ["distance to the author's"], id="further than the base"),
        pytest.param("medium", {}, [], id="less surprised"),
        pytest.param("medium", {"bits_per_byte": 1.4}, ["bits per byte"], id="as surprised as the base"),
    ],
)
def test_a_figure_that_is_not_as_promised_is_named(
    name: str, figures: dict[str, float], broken: list[str]
) -> None:
    points = list(promise_of(recipes.load(name)).points(evidence(name, figures=figures)))
    failed = [each.label for each in points if not each.holds]
    assert [label[: len(start)] for label, start in zip(failed, broken, strict=True)] == broken


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        pytest.param(PLAIN, set(), id="said plainly"),
        pytest.param(PLAIN.replace("3", "three"), set(), id="a number in words"),
        pytest.param(PLAIN.replace("3", "4"), {"every number kept"}, id="another number"),
        pytest.param(FORMAL, {"formal words per 1,000 words"}, id="no plainer than its base"),
    ],
)
def test_a_tone_is_counted_over_all_texts(text: str, broken: set[str]) -> None:
    points = promise_of(recipes.load("humanizer")).points(evidence("humanizer", FORMAL, text))
    assert {each.label for each in points if not each.holds} == broken


def test_a_form_is_counted_over_all_texts() -> None:
    found = evidence("news", base="### On\n\nand on", adapter="The kites flew far.")
    form, _ = promise_of(recipes.load("news")).points(found)
    assert (form.told, form.holds) == ("one paragraph, to its end 0% → 100%", True)


def test_a_share_is_told_as_the_evaluation_tells_it() -> None:
    found = evidence("blog", figures={"structure": 0.98, "words_over_limit": 0.0})
    structure, over = promise_of(recipes.load("blog")).points(found)
    assert (structure.base, structure.adapter, over.adapter) == ("2%", "98%", "0%")
    assert f"{structure.told}, {over.told}" in outcome(metrics(structure=0.98, words_over_limit=0.0))


@pytest.mark.parametrize(
    ("asked", "phrase"),
    [
        (Asked("On kites", 80, POST), "“On kites” in 3 sections, 29 of 80 words"),
        (Asked("On kites", None, "They fly."), "2 words on “On kites”"),
    ],
)
def test_what_was_written_is_told_in_a_phrase(asked: Asked, phrase: str) -> None:
    assert told(asked) == phrase
