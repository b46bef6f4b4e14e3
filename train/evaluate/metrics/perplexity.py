"""Perplexity: how many tokens a writer wavers between, on average. Only within one tokenizer."""

from collections.abc import Sequence

import numpy as np

from train.evaluate.measure import Floats, Statistic, ratio_of
from train.evaluate.report import Cost


def perplexity(costs: Sequence[Cost]) -> Statistic:
    """exp(Σ nats / Σ tokens), over any resample; NaN for no tokens.

    Jelinek et al. (1977). Writers whose tokenizers cut otherwise do not compare: bits per byte do.
    """
    nats, tokens = (np.array([cost.nats for cost in costs]), np.array([float(cost.tokens) for cost in costs]))
    a_token = ratio_of(nats, tokens)

    def statistic(weights: Floats) -> Floats:
        with np.errstate(over="ignore"):  # a writer that is this lost wavers endlessly
            return np.asarray(np.exp(a_token(weights)))

    return statistic
