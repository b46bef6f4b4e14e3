"""The paired bootstrap: every figure of every writer over the same ten thousand draws of the texts.

B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap (1993), chapters 6 and 13: texts are drawn with
replacement, as many as there are, and the figure is taken anew over each draw. All writers answered the same
requests, so one draw serves them all: the difference of two figures over it is a difference between writers
on the same texts (P. Koehn, Statistical Significance Tests for Machine Translation Evaluation, EMNLP 2004).
"""

from collections.abc import Iterator, Sequence

import numpy as np

from train.evaluate.measure import Floats, Statistic

DRAWS = 10_000
SEED = 0
OUTSIDE = 0.05  # of the draws, half on either side: what lies between is the 95 % interval
PLACES = 9  # after the point: a machine with other cores may add up otherwise in the sixteenth
AT_ONCE = 2**17  # counts in memory, 1 MB: what stays in the cache is summed up fastest


def resampled(statistics: Sequence[Statistic], clusters: Sequence[str]) -> Floats:
    """Each statistic's figure, a row each, over the same draws, a column each.

    There is one cluster a text. Texts of one cluster, such as the answers to one title, are not independent:
    they are drawn together.
    """
    if not clusters or not statistics:
        return np.full((len(statistics), DRAWS), np.nan)
    parts = [np.stack([each(weights) for each in statistics]) for weights in drawn(clusters)]
    return np.concatenate(parts, axis=1)


def drawn(clusters: Sequence[str]) -> Iterator[Floats]:
    """How often each text was drawn: a row a draw, a column a text; the same draws on every call."""
    names, of = np.unique(np.asarray(clusters), return_inverse=True)
    random, size = np.random.default_rng(SEED), len(names)
    rows = max(1, min(DRAWS, AT_ONCE // len(clusters)))
    for start in range(0, DRAWS, rows):
        number = min(rows, DRAWS - start)
        chosen = random.integers(size, size=(number, size)) + size * np.arange(number)[:, None]
        counts = np.bincount(chosen.ravel(), minlength=number * size).reshape(number, size)
        yield counts[:, of].astype(np.float64)


def interval(figures: Floats) -> tuple[float, float]:
    """The percentile interval that holds 95 % of the figures; NaN if there are none.

    A draw without a figure (none of its texts had a value) is left out.
    """
    known = figures[np.isfinite(figures)]
    if not known.size:
        return float("nan"), float("nan")
    low, high = np.quantile(known, (OUTSIDE / 2, 1 - OUTSIDE / 2))
    return round(float(low), PLACES), round(float(high), PLACES)


def p_value(differences: Floats) -> float:
    """How probable so one-sided a result is if there is no difference, two-sided; NaN for no figures.

    Twice the smaller share of draws on one side of zero, ties on both, one draw added to each so that it is
    never zero (A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application, 1997, section 4.2).
    """
    known = differences[np.isfinite(differences)]
    if not known.size:
        return float("nan")
    fewer = min(np.count_nonzero(known <= 0), np.count_nonzero(known >= 0))
    return min(1.0, 2 * (int(fewer) + 1) / (known.size + 1))
