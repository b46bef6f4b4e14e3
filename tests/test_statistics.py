import random
import time
from itertools import product
from math import isnan, nan
from statistics import fmean, quantiles

import numpy as np
import pytest

from train.evaluate.measure import Floats, mean_of, quantile_of
from train.evaluate.statistics import bootstrap
from train.evaluate.statistics.bootstrap import DRAWS, drawn, interval, p_value, resampled
from train.evaluate.statistics.holm import holm
from train.evaluate.statistics.mcnemar import mcnemar
from train.evaluate.statistics.wilson import wilson


def ids(number: int) -> list[str]:
    return [f"title {place}" for place in range(number)]


def counts(clusters: list[str]) -> Floats:
    return np.concatenate(list(drawn(clusters)))


def means(trials: Floats) -> Floats:
    """The mean of each trial's texts, a row a trial, over every draw."""
    return np.asarray(trials @ counts(ids(trials.shape[1])).T / trials.shape[1])


def test_every_draw_has_as_many_texts_as_there_are_and_the_same_ones_each_time() -> None:
    first, second = counts(ids(7)), counts(ids(7))
    assert first.shape == (DRAWS, 7)
    assert (first.sum(axis=1) == 7).all()
    assert np.array_equal(first, second)


def test_drawing_in_several_goes_draws_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = counts(ids(9))
    monkeypatch.setattr(bootstrap, "AT_ONCE", 9 * 13)
    assert len(list(drawn(ids(9)))) > 700
    assert np.array_equal(counts(ids(9)), at_once)


def test_each_text_is_drawn_once_on_average_and_as_often_as_a_binomial_says() -> None:
    found = counts(ids(20))
    assert found.mean() == 1
    assert found.var() == pytest.approx(20 * (1 / 20) * (19 / 20), abs=0.02)


def test_texts_of_one_title_are_drawn_together() -> None:
    found = counts(["tea", "kites", "tea", "maps"])
    assert np.array_equal(found[:, 0], found[:, 2])
    assert not np.array_equal(found[:, 0], found[:, 1])


def test_the_interval_is_that_of_a_plain_loop_over_other_draws() -> None:
    values = [0.1, 0.4, 0.35, 0.8, 0.9, 0.2, 0.6, 0.65, 0.3, 0.7]
    chance = random.Random(5)
    slow = [fmean(chance.choices(values, k=len(values))) for _ in range(20_000)]
    cuts = quantiles(slow, n=40)
    low, high = interval(resampled([mean_of(np.array(values))], ids(10))[0])
    assert (low, high) == pytest.approx((cuts[0], cuts[-1]), abs=0.01)


def test_a_mean_of_many_texts_has_the_normal_curves_interval() -> None:
    values = np.random.default_rng(3).normal(2.0, 1.0, 400)
    low, high = interval(resampled([mean_of(values)], ids(400))[0])
    spread = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - spread, values.mean() + spread), abs=0.01)


@pytest.mark.parametrize("rate", [0.5, 0.8])
def test_the_interval_holds_the_true_share_in_about_95_of_100_trials(rate: float) -> None:
    trials = (np.random.default_rng(11).random((200, 80)) < rate).astype(float)
    held = fmean(low <= rate <= high for low, high in map(interval, means(trials)))
    assert 0.9 < held < 0.985


def test_without_a_difference_the_p_value_is_below_5_percent_in_about_5_of_100_trials() -> None:
    trials = np.random.default_rng(12).normal(0, 1, (200, 60))
    assert 0.01 < fmean(p_value(each) < 0.05 for each in means(trials)) < 0.1


def test_a_pair_is_told_apart_where_the_two_alone_are_not() -> None:
    chance = np.random.default_rng(13)
    hard = chance.normal(0, 1, 100)  # some titles are hard for every writer
    one, other = hard + 0.1, hard + chance.normal(0, 0.1, 100)
    first, second = resampled([mean_of(one), mean_of(other)], ids(100))
    assert interval(first)[0] < interval(second)[1]
    assert interval(first - second)[0] > 0


@pytest.mark.parametrize(
    ("values", "found"),
    [
        pytest.param([1.0, 1.0, 1.0], (1.0, 1.0), id="all alike"),
        pytest.param([0.5], (0.5, 0.5), id="one text"),
        pytest.param([0.5, nan, 0.5], (0.5, 0.5), id="a text without a value"),
    ],
)
def test_an_interval_of_what_does_not_vary_is_a_point(
    values: list[float], found: tuple[float, float]
) -> None:
    assert interval(resampled([mean_of(np.array(values))], ids(len(values)))[0]) == found


def test_nothing_has_no_interval_and_no_p_value() -> None:
    figures = resampled([mean_of(np.array([]))], [])[0]
    assert all(map(isnan, (*interval(figures), p_value(figures))))
    assert all(map(isnan, interval(resampled([mean_of(np.array([nan, nan]))], ids(2))[0])))


def test_p_values_are_two_sided_and_never_zero() -> None:
    assert p_value(np.array([1.0] * 99)) == 2 / 100
    assert p_value(np.array([-1.0] * 99)) == 2 / 100
    assert p_value(np.array([0.0] * 99)) == 1.0
    assert p_value(np.array([1.0] * 95 + [-1.0] * 4)) == 10 / 100


def test_all_metrics_of_three_writers_over_200_titles_take_under_two_seconds() -> None:
    chance = np.random.default_rng(0)
    means = [mean_of(chance.random(200)) for _ in range(20 * 3)]
    worst = [quantile_of(part)(chance.random(200)) for part in (0.5, 0.95) for _ in range(3)]
    began = time.process_time()
    for figures in resampled([*means, *worst], ids(200)):
        interval(figures)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("only_one", "only_other", "p"),
    [
        pytest.param(0, 0, 1.0, id="no text tells them apart"),
        pytest.param(5, 5, 1.0, id="as many either way"),
        pytest.param(0, 5, 2 / 32, id="five of five"),
        pytest.param(6, 0, 2 / 64, id="six of six"),
        pytest.param(1, 9, 22 / 1024, id="nine of ten"),
        pytest.param(2, 1, 1.0, id="two of three"),
    ],
)
def test_mcnemar_by_hand(only_one: int, only_other: int, p: float) -> None:
    both_and_none = [1.0, 1.0, 0.0]
    one = np.array([*both_and_none, *[1.0] * only_one, *[0.0] * only_other])
    other = np.array([*both_and_none, *[0.0] * only_one, *[1.0] * only_other])
    assert mcnemar(one, other) == p
    assert mcnemar(other, one) == p


@pytest.mark.parametrize("heads", range(10))
def test_mcnemar_counts_every_throw_of_nine_coins(heads: int) -> None:
    throws = [sum(throw) for throw in product((0, 1), repeat=9)]
    as_odd = fmean(abs(2 * each - 9) >= abs(2 * heads - 9) for each in throws)
    one = np.array([1.0] * heads + [0.0] * (9 - heads))
    assert mcnemar(one, 1 - one) == pytest.approx(as_odd)


def test_mcnemar_leaves_out_a_text_without_a_value_and_bears_thousands() -> None:
    assert mcnemar(np.array([1.0, nan, 0.0]), np.array([0.0, 1.0, nan])) == 1.0
    many = np.array([1.0] * 3000 + [0.0] * 2000)
    assert 0 < mcnemar(many, 1 - many) < 1e-40


@pytest.mark.parametrize(
    ("values", "corrected"),
    [
        pytest.param({"a": 0.01, "b": 0.04, "c": 0.03}, {"a": 0.03, "b": 0.06, "c": 0.06}, id="three"),
        pytest.param({"a": 0.04}, {"a": 0.04}, id="one needs no correction"),
        pytest.param({"a": 0.9, "b": 0.8}, {"a": 1.0, "b": 1.0}, id="never above 1"),
        pytest.param({"a": nan, "b": 0.02}, {"a": 1.0, "b": 0.04}, id="what is no figure counts"),
        pytest.param({}, {}, id="none"),
    ],
)
def test_holm_by_hand(values: dict[str, float], corrected: dict[str, float]) -> None:
    assert holm(values) == pytest.approx(corrected)


def test_of_many_true_nulls_holm_finds_one_in_at_most_5_of_100_trials() -> None:
    chance = random.Random(1)
    trials = [min(holm({str(each): chance.random() for each in range(8)}).values()) for _ in range(2000)]
    assert fmean(p < 0.05 for p in trials) < 0.065


@pytest.mark.parametrize(
    ("passed", "of", "least"),
    [(10, 10, 0.7225), (45, 50, 0.7864), (0, 10, 0.0), (180, 200, 0.8506), (1, 1, 0.2065)],
)
def test_wilson_gives_the_least_share_that_the_count_does_not_speak_against(
    passed: int, of: int, least: float
) -> None:
    assert wilson(passed, of) == pytest.approx(least, abs=5e-5)
    assert wilson(passed, of) == pytest.approx(solved(passed, of), abs=1e-6)


def solved(passed: int, of: int) -> float:
    """The share at which the normal test just gives in, by halving."""
    low, high = 0.0, passed / of
    for _ in range(60):
        middle = (low + high) / 2
        too_low = (passed / of - middle) ** 2 > 1.959964**2 * middle * (1 - middle) / of
        low, high = (middle, high) if too_low else (low, middle)
    return high


def test_none_of_none_vouch_for_nothing() -> None:
    assert isnan(wilson(0, 0))
