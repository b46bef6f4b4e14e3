from dataclasses import replace

import pytest

from tests.verdicts import AUDIT, BLOG, HUMANIZER, VOICE, changed, metrics
from train.evaluate.gate import judge
from train.evaluate.report import Audit, Copy, Metrics
from train.evaluate.showing.table import WIDTH, ending, table
from train.recipe import Recipe


def only(found: Metrics, *names: str) -> Metrics:
    return replace(found, metrics=tuple(each for each in found.metrics if each.name in names))


def shown(found: Metrics, audit: Audit = AUDIT, recipe: Recipe = BLOG, width: int = WIDTH) -> list[str]:
    return table(found, judge(recipe, found, audit), width).splitlines()


def test_three_writers_stand_side_by_side() -> None:
    found = changed(metrics(last=True), "structure", low=0.925, high=0.98)
    few = only(found, "structure", "words_over_limit", "bits_per_byte")
    text = table(few, replace(judge(BLOG, few, AUDIT), checks=judge(BLOG, found, AUDIT).checks[:2]))
    assert text == (
        "                                     base   last  adapter        interval  from base  from last\n"
        "written, 200 titles\n"
        "  whole posts ↑                      2.0%  90.0%    96.0%    [92.5, 98.0]    +94.0 *     +6.0 *\n"
        "  texts more than a tenth over      40.0%   3.0%     2.0%      [2.0, 2.0]    -38.0 *     -1.0 *\n"
        "    their word limit ↓\n"
        "read, 60 unseen texts\n"
        "  bits per byte ↓                   1.400  1.250    1.200  [1.200, 1.200]   -0.200 *   -0.050 *\n"
        "\n"
        "↑ more is wanted, ↓ less. The interval is the adapter's, of 95%. * the one of the change, over the"
        "\nsame texts, excludes zero.\n"
        "\n"
        "passed  192 of 200 titles got a whole post; 180 were needed.\n"
        "passed  4 of 200 titles got over a tenth more words than asked for; 10 were allowed.\n"
        "\n"
        "The gate is shut: `bundle` refuses this version, unless --publish-anyway gives its card a reason.\n"
        "Nothing may be claimed over its base or its last version, v1.1.0: the figures do not bear it out."
    )


def test_two_writers_need_no_column_for_a_third() -> None:
    head = shown(metrics())[0]
    assert head.split() == ["base", "adapter", "interval", "from", "base"]


@pytest.mark.parametrize("recipe", [BLOG, VOICE, HUMANIZER])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("width", [80, 100])
def test_it_fits_into_the_columns_that_there_are(recipe: Recipe, last: bool, width: int) -> None:
    copies = (Copy("What I learned from a year of sourdough", 34, "someone/blog_posts/7", "a run"),)
    lines = shown(metrics(recipe, last=last), replace(AUDIT, copies=copies), recipe, width)
    assert max(map(len, lines)) <= width


def test_what_failed_stands_last_before_the_verdict() -> None:
    lines = shown(metrics(structure=0.5, slop=30.0))
    words = [line[:6] for line in lines if line[:6] in ("passed", "warned", "FAILED")]
    assert words == sorted(words, key=["passed", "warned", "FAILED"].index)
    assert words.count("FAILED") == 2
    assert words.count("warned") == 1


def test_what_was_copied_is_shown() -> None:
    lines = shown(metrics())
    assert "copied from the training texts" in lines
    assert "  longest run shared, words                      9" in lines


def test_a_figure_that_is_none_is_called_so() -> None:
    line = next(each for each in shown(metrics(structure=float("nan"))) if "whole posts" in each)
    assert line.split()[-3:] == ["none", "[none,", "none]"]


def test_a_change_that_may_be_none_has_no_star() -> None:
    change = metrics().metrics[0].from_base
    assert change is not None
    unsure = changed(metrics(), "structure", from_base=replace(change, low=-0.01))
    line = next(each for each in shown(unsure) if "whole posts" in each)
    assert line.endswith("+94.0")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        pytest.param(
            metrics(),
            "It may be called better than its base, on 200 titles and 60 unseen texts.",
            id="over the base",
        ),
        pytest.param(
            metrics(last=True),
            "It may be called better than its base and than its last version, v1.1.0, on 200 titles and 60 "
            "unseen texts.",
            id="over both",
        ),
        pytest.param(metrics(demo=True), "It is a demo: its corpus is too small for any claim.", id="a demo"),
        pytest.param(
            metrics(structure=0.1),
            "Nothing may be claimed over its base: the figures do not bear it out.",
            id="a shut gate",
        ),
    ],
)
def test_the_last_words_are_those_that_may_be_said(found: Metrics, said: str) -> None:
    verdict = judge(BLOG, found, AUDIT)
    assert " ".join(ending(found, verdict)[1:]) == said
    rest = table(found, verdict).removesuffix("\n".join(ending(found, verdict)))
    assert "better" not in rest
