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
    found = _whose(metric, "adapter")
    return check(metric.name, value, threshold, passed, said, low=metric.low, high=metric.high, found=found)


def sure(metric: Metric, threshold: float, level: Level) -> Check:
    """Whether so many texts vouch for the share: the lower end of Wilson's interval."""
    least = wilson(metric.adapter * metric.texts, metric.texts)
    sentence = (
        f"{metric.over} {'vouches' if metric.texts == 1 else 'vouch'} for {share(least, threshold)} "
        f"{metric.label} at least; {share(threshold)} was needed."
    )
    name, found = f"{metric.name}_sure", _whose(metric, "adapter")
    return check(name, least, threshold, least >= threshold, sentence, level, found=found)


def against(metric: Metric, rule: Against) -> Check:
    """Whether the adapter is not much worse than its base, or than the last version."""
    other, change = of(metric, rule.other)
    worse = worsening(metric, metric.adapter - other)
    allowed = f"up to {_margin(metric, rule.margin)}" if rule.margin else "nothing worse"
    sentence = (
        f"{metric.label[0].upper()}{metric.label[1:]}: the adapter {said(metric, metric.adapter, other)}, "
        f"the {WHO[rule.other]} {said(metric, other)}; {allowed} is let pass."
    )
    low, high = ends(metric, change)
    name, passed = f"{metric.name}_against_{rule.other}", worse <= rule.margin + SLACK
    found = _whose(metric, WHO[rule.other] if isfinite(metric.adapter) else "adapter")
    return check(name, worse, rule.margin, passed, sentence, rule.level, low, high, found)


def gain(metric: Metric, threshold: float) -> Check:
    """Whether unseen texts cost the adapter less than the base, at the safe end of the interval."""
    value = metric.base - metric.adapter
    low, high = (0.0 - end for end in reversed(ends(metric, metric.from_base)))
    few = metric.texts < FEWEST
    least = value if few else low
    to = places(least, threshold, 3)
    between = "" if few else f" ({low:.{to}f} to {high:.{to}f})"
    sentence = (
        f"A byte of an unseen text costs the adapter {metric.adapter:.3f} bits, the base {metric.base:.3f}: "
        f"a gain of {value:.{to}f}{between}; {'' if few else 'surely '}more than {threshold:.3f} was needed."
    )
    gained, passed = value if isfinite(least) else nan, least > threshold
    name, found = "bits_per_byte_gain", "a gain in bits per byte"
    return check(name, gained, threshold, passed, sentence, low=low, high=high, found=found)


def loss(metric: Metric, threshold: float) -> Check:
    """Whether unseen texts cost the adapter hardly more than the last version, at the bad end."""
    last, change = of(metric, "last")
    value, (low, high) = metric.adapter - last, ends(metric, change)
    most = value if metric.texts < FEWEST else high
    to = places(most, threshold, 3)
    sentence = (
        f"A byte of an unseen text costs the adapter {metric.adapter:.3f} bits, the last version {last:.3f}: "
        f"{value:+.{to}f}, at worst {most:+.{to}f}; less than {threshold:.3f} is let pass."
    )
    lost, passed = value if isfinite(most) else nan, most < threshold
    name, found = "bits_per_byte_loss", "a change in bits per byte from the last version"
    return check(name, lost, threshold, passed, sentence, low=low, high=high, found=found)


def surely_better(metric: Metric) -> Check:
    """Whether the adapter is better than its base, its whole interval included."""
    low, high = (0.0 - end for end in reversed(ends(metric, metric.from_base)))
    sentence = (
        f"{metric.label[0].upper()}{metric.label[1:]}: the adapter {said(metric, metric.adapter)}, "
        f"the base {said(metric, metric.base)}; {metric.better}, with the whole interval, was needed."
    )
    value = 0.0 - worsening(metric, metric.adapter - metric.base) if isfinite(low) else nan
    name, found = f"{metric.name}_gain", f"a change in “{metric.label}”"
    return check(name, value, 0.0, low > 0, sentence, low=low, high=high, found=found)


def nearest(metric: Metric) -> Check:
    """Whether all texts together are nearer to their author than to any other writer."""
    are = "are" if metric.adapter >= 1 else "are not"
    sentence = f"All texts together {are} nearer to their author than to any other writer; they must be."
    passed, found = metric.adapter >= 1, _whose(metric, "adapter")
    return check(metric.name, metric.adapter, 1.0, passed, sentence, found=found)


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
    return 0.0 - difference if metric.better == "higher" else difference


def ends(metric: Metric, change: Change | None) -> tuple[float, float]:
    """The interval of the worsening."""
    if change is None:
        return nan, nan
    falls = metric.better == "higher" or (metric.better == "neither" and change.difference < 0)
    return (0.0 - change.high, 0.0 - change.low) if falls else (change.low, change.high)


def check(
    name: str,
    value: float,
    threshold: float,
    passed: bool,
    sentence: str,
    level: Level = "block",
    low: float = nan,
    high: float = nan,
    found: str = "",  # in words
) -> Check:
    """The verdict on one figure; what is no figure shows nothing, so it fails."""
    if not isfinite(value):
        return missing(name, threshold, level, found)
    return Check(name, value, threshold, passed, sentence, level, low, high)


def missing(name: str, threshold: float, level: Level = "block", found: str = "") -> Check:
    """The check that fails because there is nothing to judge."""
    sentence = f"There is no figure for {found or name}: nothing was shown."
    return Check(name, nan, threshold, False, sentence, level)


def share(value: float, beside: float = nan) -> str:
    """A share in per cent, with a decimal where it matters, and more to tell it from the one `beside` it."""
    return f"{100 * value:.{places(100 * value, 100 * beside, 1)}f}".removesuffix(".0") + "%"


def said(metric: Metric, value: float, beside: float = nan) -> str:
    """One of a metric's figures as a sentence says it, told from the one `beside` it."""
    if not isfinite(value):
        return "none"
    if metric.unit == "share":
        return share(value, beside)
    return f"{value:.{places(value, beside, digits(metric))}f}"


def places(value: float, beside: float, least: int) -> int:
    """How many digits after the point tell a figure from another; the least that are said if none do."""
    if not isfinite(beside) or value == beside:
        return least
    enough = range(least, least + 6)
    return next((each for each in enough if f"{value:.{each}f}" != f"{beside:.{each}f}"), least)


def digits(metric: Metric) -> int:
    """How many digits after the point tell a metric's figures apart."""
    figures = (metric.base, metric.adapter, metric.last or 0.0)
    return 3 if max(map(abs, figures)) < SMALL else 1


def _whose(metric: Metric, writer: str) -> str:
    return f"the {writer}'s “{metric.label}”"


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
    return f"{bound.said} is {said(metric, metric.adapter, threshold)}; {needed}."
