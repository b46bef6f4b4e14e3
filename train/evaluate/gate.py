"""The gate: figures held against the recipe's thresholds, each with its verdict in one sentence."""

from math import ceil, floor, isfinite, isnan

from train.evaluate.report import Check, Metric, Metrics, Verdict
from train.sections import Gate

SLACK = 1e-9  # 0.07 of 100 is 7, though 0.07 * 100 is a little more


def judge(metrics: Metrics, gate: Gate) -> Verdict:
    """The verdict on these figures: passed only if every check passed."""
    figures = {metric.name: metric for metric in metrics.metrics}
    checks = [_structure(figures["structure"], metrics.titles, gate.structure)]
    if limited := figures.get("words_over_limit"):
        checks.append(_length(limited, metrics.titles, gate.words_over_limit))
    checks.append(_gain(figures["bits_per_byte"], gate.bits_per_byte_gain))
    return Verdict(metrics.key, all(check.passed for check in checks), tuple(checks))


def _structure(metric: Metric, titles: int, threshold: float) -> Check:
    needed = ceil(threshold * titles - SLACK)
    sentence = f"{_part(metric, titles)} got a whole post; {_were(needed)} needed."
    return _check(metric.name, metric.adapter, threshold, metric.adapter >= threshold, sentence)


def _length(metric: Metric, titles: int, threshold: float) -> Check:
    allowed = floor(threshold * titles + SLACK)
    sentence = f"{_part(metric, titles)} got more words than asked for; {_were(allowed)} allowed."
    return _check(metric.name, metric.adapter, threshold, metric.adapter <= threshold, sentence)


def _gain(metric: Metric, threshold: float) -> Check:
    gain = metric.base - metric.adapter
    sentence = (
        f"A byte of an unseen text costs the adapter {metric.adapter:.3f} bits, the base {metric.base:.3f}: "
        f"a gain of {gain:.3f}; more than {threshold:.3f} was needed."
    )
    return _check("bits_per_byte_gain", gain, threshold, gain > threshold, sentence)


def _check(name: str, value: float, threshold: float, passed: bool, sentence: str) -> Check:
    if not isfinite(value):
        return Check(name, value, threshold, False, f"There is no figure for {name}: nothing was shown.")
    return Check(name, value, threshold, passed, sentence)


def _part(metric: Metric, titles: int) -> str:
    return "none" if isnan(metric.adapter) else f"{round(metric.adapter * titles)} of {metric.over}"


def _were(number: int) -> str:
    return "1 was" if number == 1 else f"{number} were"
