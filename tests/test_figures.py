from dataclasses import replace
from math import exp, isnan, log

import pytest

from train import recipe as recipes
from train.evaluate.ask import Questions
from train.evaluate.figures import Findings, Writers, figures
from train.evaluate.heard import Heard, findings
from train.evaluate.measure import Answer
from train.evaluate.report import Change, Cost, Metric, Text
from train.recipe import Recipe

BLOG = recipes.load("blog")
TITLES = ("Keeping bees", "The tram to the sea", "A map of the hills", "What rain is for")
HALF = "# {title}\n\nShort and without an end."
WHOLE = (
    "# {title}\n\nIt begins with a reason.\n\n## First\n\nOne thing is said.\n\n## Second\n\nAnother is.\n\n"
    "## Third\n\nAnd one more.\n\n## Conclusion\n\nThat was all of it."
)


def answers(*whole: bool, limit: int | None = 300) -> tuple[Answer, ...]:
    return tuple(
        Answer(title, (WHOLE if is_whole else HALF).format(title=title), finished=True, limit=limit)
        for title, is_whole in zip(TITLES, whole, strict=False)
    )


def costs(*bits: float, tokens: int = 25) -> tuple[Cost, ...]:
    """Texts of 100 bytes that cost so many bits a byte."""
    return tuple(Cost(f"doc {at}", each * 100 * log(2), 100, tokens) for at, each in enumerate(bits))


BASE = Findings(answers(False, False, False, False), costs(1.6, 1.2, 1.4))
ADAPTER = Findings(answers(True, True, True, False), costs(1.4, 1.0, 1.2))
LAST = Findings(answers(True, False, False, False), costs(1.5, 1.2, 1.2))


def found(writers: Writers, recipe: Recipe = BLOG) -> dict[str, Metric]:
    return {metric.name: metric for metric in figures(recipe, writers)}


def test_each_writers_share_is_what_one_counts() -> None:
    structure = found(Writers(BASE, ADAPTER, LAST))["structure"]
    assert (structure.base, structure.last, structure.adapter) == (0.0, 0.25, 0.75)
    assert (structure.over, structure.texts, structure.unit) == ("4 titles", 4, "share")
    assert structure.low <= 0.75 <= structure.high


def test_a_change_has_mcnemars_p_value_where_texts_pass_or_fail() -> None:
    structure = found(Writers(BASE, ADAPTER, LAST))["structure"]
    assert structure.from_base is not None
    assert (structure.from_base.difference, structure.from_base.p) == (0.75, 0.25)  # three of three
    assert structure.from_last is not None
    assert (structure.from_last.difference, structure.from_last.p) == (0.5, 0.5)  # two of two


def test_bits_per_byte_weighs_a_text_by_its_bytes() -> None:
    long = Cost("doc 3", 2.0 * 900 * log(2), 900, 225)
    writers = Writers(*(replace(each, costs=(*each.costs, long)) for each in (BASE, ADAPTER)))
    metric = found(writers)["bits_per_byte"]
    assert metric.adapter == pytest.approx((1.4 + 1.0 + 1.2 + 9 * 2.0) / 12)
    assert metric.base == pytest.approx((1.6 + 1.2 + 1.4 + 9 * 2.0) / 12)
    assert metric.over == "4 unseen texts"


def test_the_same_gain_on_every_text_is_certain_however_unlike_the_texts_are() -> None:
    metric = found(Writers(BASE, ADAPTER))["bits_per_byte"]
    change = metric.from_base
    assert change is not None
    assert (change.difference, change.low, change.high) == pytest.approx((-0.2, -0.2, -0.2))
    assert metric.high - metric.low > 0.1, "the texts themselves differ"
    assert change.p == pytest.approx(2 / 10_001)


def test_perplexity_is_e_to_the_cost_of_a_token() -> None:
    metric = found(Writers(BASE, ADAPTER))["perplexity"]
    assert metric.adapter == pytest.approx(exp(3.6 * 100 * log(2) / 75))


def test_perplexity_is_told_only_of_writers_with_the_adapters_tokens() -> None:
    other = replace(LAST, costs=costs(1.5, 1.2, 1.2, tokens=31))
    assert found(Writers(BASE, ADAPTER, other))["perplexity"].last is None
    assert found(Writers(BASE, ADAPTER, other))["bits_per_byte"].last is not None
    assert found(Writers(BASE, ADAPTER, LAST))["perplexity"].last is not None
    assert "perplexity" not in found(Writers(replace(BASE, costs=other.costs), ADAPTER))


def test_without_a_last_version_nothing_is_said_of_one() -> None:
    assert {(each.last, each.from_last) for each in figures(BLOG, Writers(BASE, ADAPTER))} == {(None, None)}


def test_a_text_without_a_limit_does_not_count_among_those_that_keep_it() -> None:
    free = answers(True, True, limit=None) + answers(True, True, True)[2:]
    metric = found(Writers(BASE, replace(ADAPTER, answers=(*free, ADAPTER.answers[3]))))["words_over_limit"]
    assert (metric.over, metric.texts, metric.adapter) == ("2 titles", 2, 0.0)


def test_a_limit_of_no_words_is_none() -> None:
    asked = tuple(
        {"title": title, "words": words} for title, words in zip(TITLES, (300, 0, None), strict=False)
    )
    told = Heard(("",) * 3, (Text("Short.", True),) * 3, ())
    found = findings(told, Questions("title", asked, ()), dict.fromkeys(TITLES, ""))
    assert [answer.limit for answer in found.answers] == [300, None, None]


def test_where_no_text_has_a_value_there_is_no_figure() -> None:
    free = replace(ADAPTER, answers=answers(True, True, True, True, limit=None))
    metric = found(Writers(BASE, free))["words_over_limit"]
    assert isnan(metric.adapter)
    assert isnan(metric.low)
    assert metric.texts == 0


def test_no_answers_and_no_texts_give_figures_that_are_none() -> None:
    nothing = Findings((), ())
    metrics = figures(BLOG, Writers(nothing, nothing))
    assert {metric.name for metric in metrics} >= {"structure", "bits_per_byte"}
    assert all(isnan(metric.adapter) and metric.texts == 0 for metric in metrics)


def test_empty_texts_are_judged_like_any_other() -> None:
    silent = replace(ADAPTER, answers=tuple(replace(each, text="") for each in ADAPTER.answers))
    metric = found(Writers(BASE, silent))["structure"]
    assert (metric.adapter, metric.texts) == (0.0, 4)


def test_the_same_findings_give_the_same_figures_to_the_last_bit() -> None:
    assert figures(BLOG, Writers(BASE, ADAPTER, LAST)) == figures(BLOG, Writers(BASE, ADAPTER, LAST))


def test_a_humanizer_is_counted_in_formal_texts() -> None:
    pairs = tuple(Answer("It is late.", "It's late.", True, reference="It's late.") for _ in range(3))
    writers = Writers(Findings(pairs, costs(1.0)), Findings(pairs, costs(1.0)))
    metric = found(writers, recipes.load("humanizer"))["copies"]
    assert metric.over == "3 formal texts"
    assert metric.from_base == Change(0.0, 0.0, 0.0, 1.0)
