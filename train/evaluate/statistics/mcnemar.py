"""McNemar's exact test: do two writers pass the same test on the same texts equally often?"""

from math import comb

import numpy as np

from train.evaluate.measure import Floats


def mcnemar(one: Floats, other: Floats) -> float:
    """The two-sided p value, from the texts that only one of the two passed (1: passed, 0: failed).

    If both are as good, each such text is a coin's throw: twice the binomial tail of the smaller count, at
    most 1 (Q. McNemar, Psychometrika 12, 1947; exact form as in statsmodels' `mcnemar(exact=True)`). A text
    that has no value for one of them is left out.
    """
    known = np.isfinite(one) & np.isfinite(other)
    first = int(np.count_nonzero(one[known] > other[known]))
    second = int(np.count_nonzero(one[known] < other[known]))
    return tail(min(first, second), first + second)


def tail(few: int, throws: int) -> float:
    """Twice the probability of at most `few` heads in so many throws, at most 1."""
    return min(1.0, 2 * sum(comb(throws, heads) for heads in range(few + 1)) / (1 << throws))
