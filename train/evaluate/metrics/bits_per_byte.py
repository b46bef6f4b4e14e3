"""Bits per byte: how well a writer foresees texts it has never seen, whatever its tokenizer."""

from collections.abc import Sequence
from math import log

import numpy as np

from train.evaluate.measure import Statistic, ratio_of
from train.evaluate.report import Cost


def bits(cost: Cost) -> float:
    """The bits one text costs; nats over ln 2."""
    return cost.nats / log(2)


def bits_per_byte(costs: Sequence[Cost]) -> Statistic:
    """Sum of the texts' bits over the sum of their UTF-8 bytes, over any resample; NaN for no bytes.

    As in lm-evaluation-harness (`bits_per_byte`): -Σ log p / (ln 2 · Σ bytes), so a long text weighs more
    than a short one. The answer's own tokens are counted; prompt and end token are not: a base that was
    never shown the end token would lose to any adapter by that token alone.
    """
    return ratio_of(np.array([bits(cost) for cost in costs]), np.array([float(cost.bytes) for cost in costs]))
