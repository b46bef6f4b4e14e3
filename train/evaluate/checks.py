"""One figure held against one threshold, with the verdict in one sentence."""

from dataclasses import dataclass
from math import ceil, floor, isfinite, nan
from typing import Literal

from train.evaluate.report import Change, Check, Level, Metric
from train.evaluate.statistics.wilson import wilson

SLACK = 1e-9  # 0.07 of 100 is 7, though 0.07 * 100 is a little more
SMALL = 2  # a figure below it is said with three digits after the point
FEWEST = 20  # texts: with fewer an interval is a guess


@dataclass(frozen=True)
class Bound:
    """A threshold of the recipe's gate, and how its sentence begins."""

    metric: str
    at: Literal["least", "most"]
    said: str  # "47 of 50 titles …" where each text passes or fails; else what the figure is
    counted: bool = True


@dataclass(frozen=True)
class Against:
    """How much worse than another writer the adapter may be."""

    metric: str
    other: Literal["base", "last"]
    margin: float
    level: Level = "block"


def held(metric: Metric, bound: Bound, threshold: float) -> Check:
    """Whether the adapter's figure keeps to its threshold."""
    value = metric.adapter
    passed = value >= threshold if bound.at == "least" else value <= threshold
    said = _counted(metric, bound, threshold) if bound.counted else _said(metric, bound, threshold)
    return check(metric.name, value, threshold, passed, said, low=metric.low, high=metric.high)


def sure(metric: Metric, threshold: float, level: Level) -> Check:
    """Whether so many texts vouch for the share: the lower end of Wilson's interval."""
    least = wilson(metric.adapter * metric.texts, metric.texts)
    sentence = (
        f"{metric.over[0].upper()}{metric.over[1:]} vouch for {share(least)} {metric.label} at least; "
        f"{share(threshold)} was needed."
    )
    return check(f"{metric.name}_sure", least, threshold, least >= threshold, sentence, level)


def against(metric: Metric, rule: Against) -> Check:
    """Whether the adapter is not much worse than its base, or than the last version."""
    other, change = of(metric, rule.other)
    worse = worsening(metric, metric.adapter - other)
    allowed = f"up to {_margin(metric, rule.margin)}" if rule.margin else "no worse"
    sentence = (
        f"{metric.label[0].upper()}{metric.label[1:]}: the adapter {said(metric, metric.adapter)}, "
        f"the {WHO[rule.other]} {said(metric, other)}; {allowed} is let pass."
    )
    low, high = ends(metric, change)
    name, passed = f"{metric.name}_against_{rule.other}", worse <= rule.margin + SLACK
    return check(name, worse, rule.margin, passed, sentence, rule.level, low, high)


def gain(metric: Metric, threshold: float) -> Check:
    """Whether unseen texts cost the adapter less than the base, at the safe end of the interval."""
    value = metric.base - metric.adapter
    low, high = (-end for end in reversed(ends(metric, metric.from_base)))
    few = metric.texts < FEWEST
    least = value if few else low
    between = "" if few else f" ({low:.3f} to {high:.3f})"
    sentence = (
        f"A byte of an unseen text costs the adapter {metric.adapter:.3f} bits, the base {metric.base:.3f}: "
        f"a gain of {value:.3f}{between}; {'' if few else 'surely '}more than {threshold:.3f} was needed."
    )
    found = value if isfinite(least) else nan
    return check("bits_per_byte_gain", found, threshold, least > threshold, sentence, low=low, high=high)


def loss(metric: Metric, threshold: float) -> Check:
    """Whether unseen texts cost the adapter hardly more than the last version, at the bad end."""
    last, change = of(metric, "last")
    value, (low, high) = metric.adapter - last, ends(metric, change)
    most = value if metric.texts < FEWEST else high
    sentence = (
        f"A byte of an unseen text costs the adapter {metric.adapter:.3f} bits, the last version {last:.3f}: "
        f"{value:+.3f}, at worst {most:+.3f}; less than {threshold:.3f} is let pass."
    )
    found = value if isfinite(most) else nan
    return check("bits_per_byte_loss", found, threshold, most < threshold, sentence, low=low, high=high)


def surely_better(metric: Metric) -> Check:
    """Whether the adapter is better than its base, its whole interval included."""
    low, high = (-end for end in reversed(ends(metric, metric.from_base)))
    sentence = (
        f"{metric.label[0].upper()}{metric.label[1:]}: the adapter {said(metric, metric.adapter)}, "
        f"the base {said(metric, metric.base)}; {metric.better}, with the whole interval, was needed."
    )
    value = -worsening(metric, metric.adapter - metric.base) if isfinite(low) else nan
    return check(f"{metric.name}_gain", value, 0.0, low > 0, sentence, low=low, high=high)


def nearest(metric: Metric) -> Check:
    """Whether all texts together are nearer to their author than to any other writer."""
    are = "are" if metric.adapter >= 1 else "are not"
    sentence = f"All texts together {are} nearer to their author than to any other writer; they must be."
    return check(metric.name, metric.adapter, 1.0, metric.adapter >= 1, sentence)


def noted(metric: Metric) -> Check:
    """A figure that nothing is asked of."""
    sentence = (
        f"{metric.label[0].upper()}{metric.label[1:]}: {said(metric, metric.adapter)}, "
        f"the base {said(metric, metric.base)}; no threshold is asked of this writer."
    )
    return Check(metric.name, metric.adapter, nan, True, sentence, "note", metric.low, metric.high)


WHO = {"base": "base", "last": "last version"}


def of(metric: Metric, other: Literal["base", "last"]) -> tuple[float, Change | None]:
    """The other writer's figure, and how far the adapter's lies from it; NaN if it has none."""
    if other == "base":
        return metric.base, metric.from_base
    return (nan if metric.last is None else metric.last), metric.from_last


def worsening(metric: Metric, difference: float) -> float:
    """How much worse the adapter is, whichever direction is better; a drift either way where neither is."""
    if metric.better == "neither":
        return abs(difference)
    return -difference if metric.better == "higher" else difference


def ends(metric: Metric, change: Change | None) -> tuple[float, float]:
    """The interval of the worsening."""
    if change is None:
        return nan, nan
    return (-change.high, -change.low) if metric.better == "higher" else (change.low, change.high)


def check(
    name: str,
    value: float,
    threshold: float,
    passed: bool,
    sentence: str,
    level: Level = "block",
    low: float = nan,
    high: float = nan,
) -> Check:
    """The verdict on one figure; what is no figure shows nothing, so it fails."""
    if not isfinite(value):
        return missing(name, threshold, level)
    return Check(name, value, threshold, passed, sentence, level, low, high)


def missing(name: str, threshold: float, level: Level = "block") -> Check:
    """The check that fails because there is nothing to judge."""
    return Check(name, nan, threshold, False, f"There is no figure for {name}: nothing was shown.", level)


def share(value: float) -> str:
    """A share in per cent, with a decimal where it matters."""
    return f"{100 * value:.1f}".removesuffix(".0") + " %"


def said(metric: Metric, value: float) -> str:
    """One of a metric's figures as a sentence says it."""
    return share(value) if metric.unit == "share" else f"{value:.{digits(metric)}f}"


def digits(metric: Metric) -> int:
    """How many digits after the point tell a metric's figures apart."""
    figures = (metric.base, metric.adapter, metric.last or 0.0)
    return 3 if max(map(abs, figures)) < SMALL else 1


def _margin(metric: Metric, value: float) -> str:
    apart = "apart" if metric.better == "neither" else "worse"
    return f"{100 * value:g} points {apart}" if metric.unit == "share" else f"{value:g} {apart}"


def _counted(metric: Metric, bound: Bound, threshold: float) -> str:
    if not isfinite(metric.adapter):
        return ""
    least = bound.at == "least"
    limit = ceil(threshold * metric.texts - SLACK) if least else floor(threshold * metric.texts + SLACK)
    needed = f"{limit} {'was' if limit == 1 else 'were'} {'needed' if least else 'allowed'}"
    return f"{round(metric.adapter * metric.texts)} of {metric.over} {bound.said}; {needed}."


def _said(metric: Metric, bound: Bound, threshold: float) -> str:
    needed = f"at {bound.at} {said(metric, threshold)} was {'needed' if bound.at == 'least' else 'allowed'}"
    return f"{bound.said} is {said(metric, metric.adapter)}; {needed}."
