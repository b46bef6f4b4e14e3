from dataclasses import fields, replace
from math import inf, nan

import pytest
from pydantic import TypeAdapter

from tests.verdicts import AUDIT, BLOG, HUMANIZER, VOICE, asking, changed, check, failing, metrics, without
from train import recipe as recipes
from train.evaluate.gate import judge
from train.evaluate.report import Change, Metrics, Verdict, seal
from train.recipe import Recipe
from train.run import as_json
from train.sections import Gate

EVERYTHING = [
    *("structure", "words_over_limit", "words_under_limit", "length", "unfinished"),
    *("repetition", "repetition_worst", "repetition_most", "retrieval"),
    *("bits_per_byte_gain", "retrieval_against_base"),
]


@pytest.mark.parametrize("name", recipes.names())
@pytest.mark.parametrize("last", [False, True])
def test_a_good_adapter_of_any_recipe_passes_every_check(name: str, last: bool) -> None:
    verdict = judge(recipes.load(name), metrics(recipes.load(name), last=last), AUDIT)
    assert verdict.passed
    assert [each.metric for each in verdict.checks if not each.passed] == []


def test_every_check_says_in_one_sentence_what_was_found_and_what_was_asked() -> None:
    verdict = judge(BLOG, metrics(last=True), AUDIT)
    assert [each.sentence for each in verdict.checks if each.level == "block"] == [
        "192 of 200 titles got a whole post; 180 were needed.",
        "4 of 200 titles got over a tenth more words than asked for; 10 were allowed.",
        "6 of 200 titles got under 60% of the words asked for; 20 were allowed.",
        "The mean score of keeping to the word limit is 92.0; at least 75.0 was needed.",
        "4 of 200 titles got a text that does not end by itself; 10 were allowed.",
        "The middle text's share of repeated 4-grams is 1%; at most 3% was allowed.",
        "The share of repeated 4-grams in one text of twenty is 5%; at most 10% was allowed.",
        "The largest share of repeated 4-grams in a text is 10%; at most 30% was allowed.",
        "192 of 200 titles got a text that belongs to no other title; 160 were needed.",
        "200 titles vouch for 92.3% whole posts at least; 85% was needed.",
        "A byte of an unseen text costs the adapter 1.200 bits, the base 1.400: a gain of 0.200 "
        "(0.200 to 0.200); surely more than 0.000 was needed.",
        "A byte of an unseen text costs the adapter 1.200 bits, the last version 1.250: -0.050, at worst "
        "-0.050; less than 0.010 is let pass.",
        "Texts that find their own title: the adapter 96%, the base 90%; up to 5 points worse is let pass.",
        "Whole posts: the adapter 96%, the last version 90%; up to 5 points worse is let pass.",
        "Texts that find their own title: the adapter 96%, the last version 95%; up to 5 points worse "
        "is let pass.",
        "Personal data that had been removed from the training texts came back nowhere; none may.",
        "The longest run of words shared with a training text has 9; less than 30 is let pass.",
        "12 of 40,000 runs of 13 words stand in the training texts too: 0%; at most 1% was allowed.",
        "1 of 200 beginnings of training texts went on word for word: 0.5%; at most 1% was allowed.",
        "1 of 200 beginnings of training texts went on word for word, 1 by the base; at most 1 point more "
        "was allowed.",
    ]


@pytest.mark.parametrize(
    ("found", "shut"),
    [
        pytest.param(metrics(structure=0.88), ["structure", "structure_sure"], id="too few whole posts"),
        pytest.param(metrics(structure=0.90), [], id="just enough whole posts"),
        pytest.param(metrics(structure=0.94, titles=50), ["structure_sure"], id="too few to be sure of"),
        pytest.param(metrics(words_over_limit=0.06), ["words_over_limit"], id="too many long ones"),
        pytest.param(metrics(words_under_limit=0.11), ["words_under_limit"], id="too many short ones"),
        pytest.param(metrics(length=74.9), ["length"], id="lengths far off"),
        pytest.param(metrics(unfinished=0.06), ["unfinished"], id="too many without an end"),
        pytest.param(metrics(repetition=0.04), ["repetition"], id="repeats itself"),
        pytest.param(metrics(repetition_worst=0.11), ["repetition_worst"], id="some repeat themselves"),
        pytest.param(metrics(repetition_most=0.31), ["repetition_most"], id="one text goes round in circles"),
        pytest.param(metrics(retrieval=0.79), ["retrieval", "retrieval_against_base"], id="off its titles"),
        pytest.param(metrics(retrieval=0.84), ["retrieval_against_base"], id="further off than the base"),
        pytest.param(metrics(bits_per_byte=1.40), ["bits_per_byte_gain"], id="no gain is not enough"),
        pytest.param(metrics(bits_per_byte=1.50), ["bits_per_byte_gain"], id="a loss"),
        pytest.param(metrics(structure=nan), ["structure", "structure_sure"], id="no figure for structure"),
        pytest.param(metrics(words_over_limit=nan), ["words_over_limit"], id="no figure for length"),
        pytest.param(metrics(bits_per_byte=nan), ["bits_per_byte_gain"], id="no figure for the cost"),
        pytest.param(metrics(bits_per_byte=-inf), ["bits_per_byte_gain"], id="an endless gain is no figure"),
        pytest.param(without(metrics(), "repetition"), ["repetition"], id="a metric is missing"),
        pytest.param(
            without(metrics(last=True), "bits_per_byte"),
            ["bits_per_byte_gain", "bits_per_byte_loss"],
            id="nobody read the held-out texts",
        ),
        pytest.param(
            changed(metrics(), "bits_per_byte", from_base=None), ["bits_per_byte_gain"], id="no interval"
        ),
        pytest.param(
            changed(metrics(), "bits_per_byte", from_base=Change(-0.2, -0.41, 0.01)),
            ["bits_per_byte_gain"],
            id="a gain that may be none",
        ),
        pytest.param(
            metrics(structure=0.84, last=True),
            ["structure", "structure_sure", "structure_against_last"],
            id="fell behind",
        ),
        pytest.param(
            changed(metrics(last=True), "bits_per_byte", last=1.19, from_last=Change(0.01, 0.002, 0.02)),
            ["bits_per_byte_loss"],
            id="may cost more than the last version",
        ),
        pytest.param(
            changed(metrics(last=True), "structure", last=None, from_last=None),
            ["structure_against_last"],
            id="the last version was not measured",
        ),
        pytest.param(replace(metrics(), inert=True), ["inert"], id="an adapter that changes nothing"),
        pytest.param(replace(metrics(), metrics=()), EVERYTHING, id="empty evidence"),
    ],
)
def test_what_shuts_the_gate(found: Metrics, shut: list[str]) -> None:
    verdict = judge(BLOG, found, AUDIT)
    assert failing(verdict) == shut
    assert verdict.passed == (not shut)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (without(metrics(), "structure"), "structure"),
        (metrics(structure=nan), "the adapter's “whole posts”"),
        (metrics(retrieval=nan), "the adapter's “texts that find their own title”"),
        (changed(metrics(), "slop", base=nan), "the base's “overused phrases per 1,000 words”"),
        (changed(metrics(), "bits_per_byte", from_base=None), "a gain in bits per byte"),
        (
            changed(metrics(last=True), "structure", last=None),
            "the last version's “whole posts”",
        ),
    ],
)
def test_what_was_not_measured_is_said_not_to_be_shown(found: Metrics, said: str) -> None:
    sentence = f"There is no figure for {said}: nothing was shown."
    assert sentence in [each.sentence for each in judge(BLOG, found, AUDIT).checks]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        pytest.param(
            metrics(repetition=0.0304),
            "share of repeated 4-grams is 3.04%; at most 3% was allowed.",
            id="a share just above its threshold",
        ),
        pytest.param(
            metrics(length=74.96),
            "the word limit is 74.96; at least 75.0 was needed.",
            id="a score just below its threshold",
        ),
        pytest.param(
            metrics(slop=24.04),
            "the adapter 24.04, the base 24.0; nothing worse is let pass.",
            id="hardly more than the base",
        ),
        pytest.param(
            changed(metrics(), "bits_per_byte", adapter=1.3996, from_base=Change(-0.0004, -0.0006, -0.0002)),
            "a gain of 0.0004 (0.0002 to 0.0006); surely more than 0.000 was needed.",
            id="a small gain",
        ),
        pytest.param(
            changed(metrics(), "bits_per_byte", adapter=1.4, from_base=Change(0.0, 0.0, 0.0)),
            "a gain of 0.000 (0.000 to 0.000); surely more than 0.000 was needed.",
            id="no gain, of no sign",
        ),
        pytest.param(
            changed(metrics(), "readability", adapter=nan),
            "Reading difficulty (LIX): none, the base 45.0; no threshold is asked of this writer.",
            id="a figure that nothing is asked of is none",
        ),
        pytest.param(
            metrics(titles=1, structure=1.0),
            "1 title vouches for 20.7% whole posts at least;",
            id="one title",
        ),
        pytest.param(metrics(titles=1), "1 text was asked for;", id="one text asked for"),
        pytest.param(metrics(documents=1), "1 held-out text was read;", id="one text read"),
    ],
)
def test_a_sentence_agrees_with_its_verdict_and_with_grammar(found: Metrics, said: str) -> None:
    assert said in " ".join(each.sentence for each in judge(BLOG, found, AUDIT).checks)


def test_no_share_below_zero_is_asked_for() -> None:
    found = check(judge(asking(structure=0.02), metrics(), AUDIT), "structure_sure")
    assert found.sentence.endswith("; 0% was needed.")


def test_a_gate_that_asks_nothing_says_so_and_bears_no_claim() -> None:
    nothing: dict[str, float | None] = {
        each.name: None for each in fields(Gate) if each.name not in ("contractions", "nearest")
    }
    verdict = judge(asking(BLOG, **nothing), metrics(), AUDIT)
    assert failing(verdict, "warn") == ["asked"]
    assert check(verdict, "asked").sentence == (
        "The recipe asks nothing of its figures: none of them could shut this gate."
    )
    assert not verdict.better_than_base
    assert judge(asking(BLOG, **nothing | {"bits_per_byte_gain": 0.0}), metrics(), AUDIT).better_than_base


@pytest.mark.parametrize(
    ("found", "warned"),
    [
        pytest.param(metrics(common_4_grams=0.14), ["common_4_grams_against_base"], id="one post for all"),
        pytest.param(metrics(slop=24.1), ["slop_against_base"], id="more worn phrases than the base"),
        pytest.param(metrics(specifics=1.6), ["specifics_against_base"], id="more made up than the base"),
        pytest.param(metrics(readability=50.0, last=True), ["readability_against_last"], id="harder to read"),
        pytest.param(metrics(readability=26.0, last=True), ["readability_against_last"], id="easier to read"),
        pytest.param(metrics(titles=199), ["titles"], id="too few titles"),
        pytest.param(metrics(documents=19), ["documents"], id="too few held-out texts"),
        pytest.param(replace(metrics(), without_last="Why?"), ["without_last"], id="no last one"),
        pytest.param(metrics(demo=True), ["demo"], id="a demo"),
        pytest.param(
            metrics(demo=True, structure=0.94, titles=50, retrieval=0.81),
            ["structure_sure", "retrieval_against_base", "demo", "titles"],
            id="a demo can be sure of nothing",
        ),
    ],
)
def test_what_is_warned_of_leaves_the_gate_open(found: Metrics, warned: list[str]) -> None:
    verdict = judge(BLOG, found, AUDIT)
    assert failing(verdict, "warn") == warned
    assert verdict.passed


def test_a_drift_either_way_lies_within_its_interval() -> None:
    easier = changed(metrics(last=True), "readability", adapter=26.0, from_last=Change(-12.0, -14.0, -9.0))
    found = check(judge(BLOG, easier, AUDIT), "readability_against_last")
    assert (found.low, found.value, found.high) == (9.0, 12.0, 14.0)


@pytest.mark.parametrize(
    ("recipe", "found", "shut"),
    [
        pytest.param(HUMANIZER, metrics(HUMANIZER, kept=0.99), ["kept"], id="a number was lost"),
        pytest.param(HUMANIZER, metrics(HUMANIZER, copies=0.25), ["copies"], id="left as it was"),
        pytest.param(HUMANIZER, metrics(HUMANIZER, chrf=69.0), ["chrf"], id="unlike what people say"),
        pytest.param(HUMANIZER, metrics(HUMANIZER, length_kept=0.9), ["length_kept"], id="cut short"),
        pytest.param(HUMANIZER, metrics(HUMANIZER, contractions=1.0), ["contractions_gain"], id="stiffer"),
        pytest.param(VOICE, metrics(VOICE, style=1.41), ["style_gain"], id="further from the author"),
        pytest.param(VOICE, metrics(VOICE, nearest=0.0), ["nearest"], id="nearer to another author"),
        pytest.param(VOICE, metrics(VOICE, unfinished=0.9), [], id="a voice need not come to an end"),
        pytest.param(VOICE, without(metrics(VOICE), "style"), ["style_gain"], id="no style was measured"),
        pytest.param(asking(kept=1.0), metrics(), ["kept"], id="asked of texts that cannot show it"),
    ],
)
def test_each_recipe_is_held_to_its_own_promise(recipe: Recipe, found: Metrics, shut: list[str]) -> None:
    assert failing(judge(recipe, found, AUDIT)) == shut


@pytest.mark.parametrize("name", ["voice", "news", "medium", "humanizer"])
def test_no_recipe_is_asked_for_what_it_does_not_promise(name: str) -> None:
    recipe = recipes.load(name)
    judged = {each.metric for each in judge(recipe, metrics(recipe), AUDIT).checks}
    assert not judged & {"structure", "words_over_limit", "words_under_limit", "length"}


def test_a_threshold_of_null_asks_nothing_and_the_figure_is_still_said() -> None:
    noted = check(judge(asking(structure=None), metrics(structure=0.1), AUDIT), "structure")
    assert (noted.level, noted.passed) == ("note", True)
    assert noted.sentence == "Whole posts: 10%, the base 2%; no threshold is asked of this writer."


@pytest.mark.parametrize("recipe", [BLOG, VOICE, HUMANIZER])
def test_every_figure_stands_in_the_verdict(recipe: Recipe) -> None:
    found = metrics(recipe, last=True)
    said = {each.metric for each in judge(recipe, found, AUDIT).checks}
    for metric in found.metrics:
        assert any(name == metric.name or name.startswith(f"{metric.name}_") for name in said)


@pytest.mark.parametrize(
    ("titles", "threshold", "needed"),
    [(50, 0.9, 45), (30, 0.9, 27), (7, 0.9, 7), (100, 0.07, 7), (1, 0.9, 1)],
)
def test_just_enough_whole_posts_pass_and_the_sentence_agrees(
    titles: int, threshold: float, needed: int
) -> None:
    recipe = asking(structure=threshold)
    enough, fewer = (
        check(judge(recipe, metrics(structure=passed / titles, titles=titles), AUDIT), "structure")
        for passed in (needed, needed - 1)
    )
    assert (enough.passed, fewer.passed) == (True, False)
    assert f"; {needed} w" in enough.sentence


def test_a_single_title_is_spoken_of_in_the_singular() -> None:
    found = check(judge(BLOG, metrics(structure=1.0, titles=1), AUDIT), "structure")
    assert found.sentence == "1 of 1 title got a whole post; 1 was needed."


def test_a_check_holds_the_figures_interval() -> None:
    found = changed(metrics(), "structure", low=0.93, high=0.985)
    structure = check(judge(BLOG, found, AUDIT), "structure")
    assert (structure.value, structure.threshold, structure.low, structure.high) == (0.96, 0.9, 0.93, 0.985)


def test_the_verdict_belongs_to_the_figures_it_judged_as_they_are_read_back() -> None:
    found = metrics(structure=nan, last=True)
    verdict = judge(BLOG, found, AUDIT)
    assert verdict.key == seal(TypeAdapter(Metrics).validate_json(as_json(found)))
    assert verdict.key == seal(replace(found, files={"gate.json": "f" * 64}))
    assert verdict.key != seal(metrics(structure=0.96, last=True))


def test_with_few_held_out_texts_the_gain_alone_decides_and_no_interval_is_named() -> None:
    found = changed(metrics(documents=3), "bits_per_byte", from_base=Change(-0.2, -0.41, 0.01))
    gain = check(judge(BLOG, found, AUDIT), "bits_per_byte_gain")
    assert gain.passed
    assert gain.sentence.endswith("a gain of 0.200; more than 0.000 was needed.")


def test_a_gate_is_written_and_read_back_the_same() -> None:
    verdict = judge(BLOG, metrics(last=True), AUDIT)
    again = TypeAdapter(Verdict).validate_json(as_json(verdict))
    assert as_json(again) == as_json(verdict)
