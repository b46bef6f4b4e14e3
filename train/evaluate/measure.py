"""What a measure is: from one writer's answers to a figure, and to that figure over any resample of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from train.evaluate.report import Better, Unit
from train.recipe import Recipe

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]  # how often each text was drawn, a row a resample -> a figure a row


@dataclass(frozen=True)
class Answer:
    """One text of a writer, and all that a measure may look at."""

    asked: str  # the message: a title, a formal text
    text: str
    finished: bool
    limit: int | None = None  # words
    reference: str = ""  # the held-out text that answers the same request


@dataclass(frozen=True)
class Measure:
    """A figure over one writer's answers; all writers answer the same requests in the same order."""

    name: str
    label: str
    better: Better
    unit: Unit
    asked_of: Callable[[Recipe], bool]  # whether it means something for this recipe's texts
    each: Callable[[Sequence[Answer]], Floats]  # every answer's own value; NaN where it has none
    pooled: Callable[[Floats], Statistic]  # from those values to the figure over any resample


def mean_of(values: Floats) -> Statistic:
    """The mean of the values that are figures, over any resample."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)

    def statistic(weights: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((weights @ filled) / (weights @ known.astype(float)))

    return statistic
