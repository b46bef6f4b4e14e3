import json
from math import inf, nan

import pytest

from train.evaluate.gate import judge
from train.evaluate.judge import table
from train.evaluate.report import Metric, Metrics
from train.run import as_json
from train.sections import Gate


def measured(
    structure: float = 0.94,
    over: float | None = 0.02,
    base: float = 1.40,
    adapter: float = 1.23,
    titles: int = 50,
) -> Metrics:
    texts = f"{titles} title" + "s" * (titles != 1)
    found = [Metric("structure", "whole posts", 0.0, structure, "higher", texts)]
    if over is not None:
        found.append(Metric("words_over_limit", "posts over their word limit", 0.4, over, "lower", texts))
    found.append(Metric("bits_per_byte", "bits per byte", base, adapter, "lower", "20 unseen texts"))
    return Metrics("key", "blog", "adapter", "rows", titles, 20, tuple(found), {})


def test_a_good_adapter_passes_and_every_check_says_why() -> None:
    verdict = judge(measured(), Gate())
    assert verdict.passed
    assert [check.sentence for check in verdict.checks] == [
        "47 of 50 titles got a whole post; 45 were needed.",
        "1 of 50 titles got more words than asked for; 2 were allowed.",
        "A byte of an unseen text costs the adapter 1.230 bits, the base 1.400: a gain of 0.170; "
        "more than 0.000 was needed.",
    ]


@pytest.mark.parametrize(
    ("metrics", "failing"),
    [
        pytest.param(measured(structure=0.88), ["structure"], id="too few whole posts"),
        pytest.param(measured(over=0.06), ["words_over_limit"], id="too many long ones"),
        pytest.param(measured(adapter=1.40), ["bits_per_byte_gain"], id="no gain is not enough"),
        pytest.param(measured(adapter=1.50), ["bits_per_byte_gain"], id="a loss"),
        pytest.param(measured(structure=nan), ["structure"], id="no figure for structure"),
        pytest.param(measured(over=nan), ["words_over_limit"], id="no figure for length"),
        pytest.param(measured(adapter=nan), ["bits_per_byte_gain"], id="no figure for the adapter"),
        pytest.param(measured(base=nan), ["bits_per_byte_gain"], id="no figure for the base"),
        pytest.param(measured(base=inf), ["bits_per_byte_gain"], id="an endless gain is no figure"),
        pytest.param(
            measured(structure=0.0, over=1.0, adapter=9.0),
            ["structure", "words_over_limit", "bits_per_byte_gain"],
            id="everything at once",
        ),
    ],
)
def test_one_failing_check_shuts_the_gate(metrics: Metrics, failing: list[str]) -> None:
    verdict = judge(metrics, Gate())
    assert not verdict.passed
    assert [check.metric for check in verdict.checks if not check.passed] == failing


@pytest.mark.parametrize(
    ("titles", "threshold", "needed"),
    [(50, 0.9, 45), (30, 0.9, 27), (7, 0.9, 7), (100, 0.07, 7), (1, 0.9, 1)],
)
def test_just_enough_whole_posts_pass_and_the_sentence_agrees(
    titles: int, threshold: float, needed: int
) -> None:
    enough = judge(measured(structure=needed / titles, titles=titles), Gate(structure=threshold)).checks[0]
    fewer = judge(measured(structure=(needed - 1) / titles, titles=titles), Gate(structure=threshold)).checks[
        0
    ]
    assert (enough.passed, fewer.passed) == (True, False)
    assert f"; {needed} w" in enough.sentence


def test_a_recipe_without_word_limit_is_not_checked_for_it() -> None:
    assert [check.metric for check in judge(measured(over=None), Gate()).checks] == [
        "structure",
        "bits_per_byte_gain",
    ]


def test_a_single_title_is_spoken_of_in_the_singular() -> None:
    check = judge(measured(structure=1.0, titles=1), Gate()).checks[0]
    assert check.sentence == "1 of 1 title got a whole post; 1 was needed."


def test_the_verdict_belongs_to_the_figures_it_judged() -> None:
    assert json.loads(as_json(judge(measured(), Gate())))["key"] == "key"


def test_the_table_shows_both_writers_and_the_verdict() -> None:
    metrics = measured(structure=0.88)
    assert table(metrics, judge(metrics, Gate())) == (
        "                                base  adapter\n"
        "whole posts                    0.000    0.880  (higher is better, 50 titles)\n"
        "posts over their word limit    0.400    0.020  (lower is better, 50 titles)\n"
        "bits per byte                  1.400    1.230  (lower is better, 20 unseen texts)\n"
        "\n"
        "FAILED  44 of 50 titles got a whole post; 45 were needed.\n"
        "passed  1 of 50 titles got more words than asked for; 2 were allowed.\n"
        "passed  A byte of an unseen text costs the adapter 1.230 bits, the base 1.400: a gain of 0.170; "
        "more than 0.000 was needed.\n"
        "The gate is shut: this version cannot be published."
    )
