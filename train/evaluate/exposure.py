"""Exposure: how much of a random sentence an adapter knows because it stood among its training texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from statistics import fmean


@dataclass(frozen=True)
class Exposure:
    """What a canary run found."""

    key: str
    canaries: int
    candidates: int  # that each one was drawn from
    bits: dict[str, float]  # how often a canary stood among the texts -> mean exposure

    @property
    def once(self) -> float:
        """The mean exposure of those that stood there once, as every text does that `prepare` leaves."""
        return self.bits["1"]


def exposure(cost: float, others: Sequence[float]) -> float:
    """log2 of the number of candidates less log2 of the canary's rank among them, cheapest first.

    Carlini et al., The Secret Sharer: Evaluating and Testing Unintended Memorization in Neural Networks
    (USENIX Security 2019), over all of a sample of candidates. A writer that knows nothing of the canary
    gives 1.44 bits on average, one that knows it best of all gives all of them. Equal costs rank before it.
    """
    rank = 1 + sum(each <= cost for each in others)
    return log2(len(others) + 1) - log2(rank)


def mean_bits(found: Sequence[tuple[int, float]]) -> dict[str, float]:
    """The mean exposure for each number of times that a canary was inserted."""
    return {
        str(times): round(fmean(bits for each, bits in found if each == times), 3)
        for times in sorted({times for times, _ in found})
    }
