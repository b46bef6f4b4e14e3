"""Whether "better" may be said: only where the interval says so, and nothing that blocks got worse."""

from collections.abc import Iterable
from typing import Literal

from train.evaluate.checks import FEWEST, ends, of
from train.evaluate.report import Metric, Metrics
from train.evaluate.statistics.holm import holm

CERTAIN = 0.05
MARGINS = {  # how much worse a figure may be than the last version's and still count as no worse
    "structure": 0.05,
    "words_over_limit": 0.05,
    "words_under_limit": 0.05,
    "length": 5.0,
    "unfinished": 0.05,
    "repetition": 0.01,
    "repetition_worst": 0.05,
    "retrieval": 0.05,
    "kept": 0.01,
    "copies": 0.05,
    "length_kept": 0.05,
    "chrf": 5.0,
    "bits_per_byte": 0.01,
}
Other = Literal["base", "last"]


def better_than_base(metrics: Metrics, gating: Iterable[Metric]) -> bool:
    """Unseen texts cost less, surely, and no gating figure is surely worse."""
    those = tuple(gating)
    if not _enough(metrics):
        return False
    return "bits_per_byte" in _surely_better(those, "base") and not any(
        _surely_worse(each, "base") for each in those
    )


def better_than_last(metrics: Metrics, gating: Iterable[Metric]) -> bool:
    """At least one gating figure is surely better, and every other is surely no worse than its margin."""
    those = tuple(gating)
    if not _enough(metrics) or metrics.last is None:
        return False
    better = _surely_better(those, "last")
    others = (each for each in those if each.name not in better)
    return bool(better) and all(map(_no_worse, others))


def _enough(metrics: Metrics) -> bool:
    return not metrics.demo and min(metrics.titles, metrics.documents) >= FEWEST


def _surely_better(gating: Iterable[Metric], other: Other) -> frozenset[str]:
    """The figures whose interval excludes zero, and whose p value still does after Holm's correction."""
    changes = {each.name: (each, change) for each in gating if (change := of(each, other)[1])}
    p = holm({name: 1.0 if change.p is None else change.p for name, (_, change) in changes.items()})
    return frozenset(
        name
        for name, (metric, change) in changes.items()
        if ends(metric, change)[1] < 0 and p[name] < CERTAIN
    )


def _surely_worse(metric: Metric, other: Other) -> bool:
    return ends(metric, of(metric, other)[1])[0] > 0


def _no_worse(metric: Metric) -> bool:
    """The bad end of the interval stays within the margin; a figure without one is not surely worse."""
    least, most = ends(metric, metric.from_last)
    return most < MARGINS[metric.name] if metric.name in MARGINS else least <= 0
