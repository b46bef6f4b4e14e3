"""The measures together: for every recipe, over any resample, and for the worst of texts."""

from dataclasses import replace
from math import isfinite, isnan
from time import process_time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train import recipe as recipes
from train.evaluate.measure import Answer, Floats, Measure, mean_of, median_of, quantile_of, ratio_of
from train.evaluate.measures import MEASURES, asked
from train.evaluate.metrics.authors import texts
from train.sections import Gate

BY_NAME = {measure.name: measure for measure in MEASURES}
AMONG = ("common_4_grams", "retrieval", "retrieval_rank", "style", "nearest")  # what others wrote counts too
WORST = {
    "nothing": "",
    "spaces": " \n\n\t",
    "one word": "Tea",
    "without an end": "and so on " * 5000,
    "Chinese": "毎日、日記を書くとよい。書き方は自由だ。" * 3,
    "Thai": "แมวต้องการน้ำสะอาด ดูแลแมวทุกวัน",
    "Arabic": "يحتاج الخبز إلى دقيق وماء. ثم ننتظر ساعة.",
    "emoji": "\U0001f600 \U0001f469\u200d\U0001f373\U0001f600",
    "only code": "```python\nprint('tea')\n```",
    "an open fence": "```python\nprint('tea')",
    "only a heading": "# On tea",
    "only marks": "--- ... *** ()",
    "broken characters": "tea\x00\ufffd\ud800 tea",
    "one endless word": "te" * 20_000,
    "a deep quote": "> " * 200 + "tea",
    "a table": "| a | b |\n|---|---|\n| 1 | 2 |",
}


def answer(text: str, title: str = "On tea", **more: Any) -> Answer:
    return replace(
        Answer(title, text, True, limit=100, reference="Tea's good, and I can't do without."), **more
    )


def figure(measure: Measure, answers: list[Answer]) -> float:
    return float(measure.over(answers, measure.each(answers))(np.ones((1, len(answers))))[0])


@pytest.mark.parametrize(
    ("name", "more", "less"),
    [
        (
            "blog",
            {"structure", "length", "words_over_limit", "words_under_limit", "retrieval"},
            {"kept", "style"},
        ),
        ("medium", {"unfinished", "on_topic", "repetition", "slop"}, {"length", "structure", "copies"}),
        ("news", {"specifics", "readability"}, {"length", "chrf", "nearest"}),
        ("voice", {"repeated_run", "common_4_grams", "style", "nearest"}, {"structure", "length", "kept"}),
        (
            "humanizer",
            {"kept", "copies", "contractions", "chrf", "edit_distance"},
            {"retrieval", "specifics"},
        ),
    ],
)
def test_a_recipe_is_asked_what_its_texts_can_answer(name: str, more: set[str], less: set[str]) -> None:
    names = [measure.name for measure in asked(recipes.load(name))]
    assert more <= set(names)
    assert not less & set(names)
    assert names == [each for each in BY_NAME if each in names], "in the order of the registry"


def test_what_is_known_of_english_alone_is_asked_of_english_alone() -> None:
    german = replace(recipes.load("voice"), language="de", gate=Gate(nearest=True))
    assert not {"slop", "style", "nearest"} & {measure.name for measure in asked(german)}
    british = replace(german, language="en-GB")
    assert {"slop", "style", "nearest"} <= {measure.name for measure in asked(british)}


def test_every_measure_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(MEASURES)
    assert len({measure.label for measure in MEASURES}) == len(MEASURES)


@pytest.mark.parametrize("measure", MEASURES, ids=BY_NAME)
def test_the_worst_of_texts_have_a_figure_or_none(measure: Measure) -> None:
    answers = [answer(text, title, finished=len(text) < 9000) for title, text in WORST.items()]
    values = measure.each(answers)
    assert values.shape == (len(answers),)
    assert not np.isinf(values).any()
    if measure.unit == "share":
        assert ((values >= 0) & (values <= 1) | np.isnan(values)).all()
    for one in answers:
        assert measure.each([one]).shape == (1,)
        assert isnan(value := figure(measure, [one])) or isfinite(value)


@pytest.mark.parametrize("measure", MEASURES, ids=BY_NAME)
def test_of_no_texts_there_is_no_figure(measure: Measure) -> None:
    assert measure.each([]).shape == (0,)
    assert isnan(figure(measure, []))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("structure", 0.0),
        ("words_over_limit", 0.0),
        ("words_under_limit", 1.0),
        ("on_topic", 0.0),
        ("repetition", None),
        ("repeated_lines", None),
        ("repeated_run", None),
        ("slop", None),
        ("specifics", None),
        ("readability", None),
        ("kept", 0.0),
        ("copies", 0.0),
        ("contractions", None),
        ("chrf", 0.0),
        ("edit_distance", 1.0),
    ],
)
def test_an_empty_text_fails_what_it_can_fail_and_has_no_figure_else(name: str, value: float | None) -> None:
    found = figure(BY_NAME[name], [answer("")])
    assert isnan(found) if value is None else found == value


@pytest.mark.parametrize("name", ["words_over_limit", "words_under_limit", "length"])
def test_a_text_without_a_limit_keeps_to_none(name: str) -> None:
    assert isnan(BY_NAME[name].each([answer("Tea.", limit=None)])[0])


PEOPLE = [paragraph for text in texts().values() for paragraph in text.split("\n\n")[:4]]


@pytest.mark.parametrize(
    "measure", [each for each in MEASURES if each.name not in AMONG], ids=lambda each: each.name
)
@settings(max_examples=10)
@given(st.lists(st.integers(0, 3), min_size=5, max_size=5).filter(any))
def test_a_resample_is_what_measuring_its_texts_would_give(measure: Measure, drawn: list[int]) -> None:
    answers = [
        answer(text, title) for title, text in enumerate_titles([*PEOPLE[:3], "", "Tea, tea, tea, tea, tea."])
    ]
    weights = np.array([drawn], dtype=float)
    written_out = [each for each, times in zip(answers, drawn, strict=True) for _ in range(times)]
    found = measure.over(answers, measure.each(answers))(weights)
    assert found == pytest.approx([figure(measure, written_out)], nan_ok=True)


def enumerate_titles(written: list[str]) -> list[tuple[str, str]]:
    return [(f"On {' '.join(text.split()[3:6])}", text) for text in written]


@pytest.mark.parametrize("measure", MEASURES, ids=BY_NAME)
def test_the_order_of_the_texts_changes_nothing(measure: Measure) -> None:
    answers = [answer(text, title) for title, text in enumerate_titles(PEOPLE)]
    assert figure(measure, answers) == pytest.approx(figure(measure, answers[::-1]), nan_ok=True)
    assert np.allclose(measure.each(answers)[::-1], measure.each(answers[::-1]), equal_nan=True)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("repetition", "We love tea so much today. " * 40),
        ("repetition_worst", "We love tea so much today. " * 40),
        ("repeated_lines", "We love tea.\n" * 40),
        ("repeated_run", "We love tea so much today. " * 40),
        ("slop", "Let's delve into the vibrant tapestry of tea, a testament to the power of water. " * 3),
        ("specifics", "In 1987 Anna Berg and Tom Hale sold 512 pots on 3 May 1988 in New Marsh."),
        ("on_topic", "Nothing of the kind was ever said by anybody in that place."),
        ("common_4_grams", "One and the same text for every title that there is."),
    ],
)
def test_bad_texts_are_told_from_those_of_people(name: str, bad: str) -> None:
    measure, people = BY_NAME[name], [answer(text, title) for title, text in enumerate_titles(PEOPLE)]
    good, worse = figure(measure, people), figure(measure, [replace(each, text=bad) for each in people])
    assert good < worse if measure.better == "lower" else good > worse


@pytest.mark.parametrize("endless", ["A. ", "Mr. A ", "No. 5 ", "not one ", "`a "])
def test_a_writer_that_comes_to_no_end_is_measured_in_no_time(endless: str) -> None:
    text = endless * (20_000 // len(endless))
    began = process_time()
    for name in ("kept", "readability", "specifics", "style", "repeated_run"):
        BY_NAME[name].each([answer(text, "On tea")])
    assert process_time() - began < 2, "an eighth of what a look back to the first word takes"


VALUES = st.lists(st.one_of(st.floats(-9, 9), st.just(float("nan"))), min_size=1, max_size=8)


@settings(max_examples=50)
@given(VALUES, st.data(), st.sampled_from([0.0, 0.05, 0.5, 0.95, 1.0]))
def test_statistics_are_those_of_the_texts_that_were_drawn(
    values: list[float], data: st.DataObject, part: float
) -> None:
    drawn = data.draw(st.lists(st.integers(0, 4), min_size=len(values), max_size=len(values)))
    found, weights = np.array(values), np.array([drawn], dtype=float)
    written_out = np.repeat(found, drawn)
    known = written_out[np.isfinite(written_out)]
    sizes = np.arange(1.0, len(values) + 1)
    long = np.repeat(sizes, drawn)[np.isfinite(written_out)]
    expected = (
        [known.mean(), np.median(known), np.quantile(known, part), known.sum() / long.sum()]
        if len(known)
        else [float("nan")] * 4
    )
    statistics = (mean_of, median_of, quantile_of(part), lambda each: ratio_of(each, sizes))
    assert [statistic(found)(weights)[0] for statistic in statistics] == pytest.approx(expected, nan_ok=True)


def test_ten_thousand_resamples_of_two_hundred_texts_take_no_time() -> None:
    random = np.random.default_rng(0)
    values, weights = random.random(200), random.multinomial(200, [1 / 200] * 200, size=10_000).astype(float)
    for statistic, most_s in (
        (mean_of(values), 0.2),
        (median_of(values), 1.0),
        (ratio_of(values, values), 0.3),
    ):
        began = process_time()
        figures: Floats = statistic(weights)
        assert process_time() - began < most_s
        assert figures.shape == (10_000,)
