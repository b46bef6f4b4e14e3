"""What a measure is: from one writer's answers to a figure, and to that figure over any resample of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from train.evaluate.report import Better, Unit
from train.recipe import Recipe

Floats = NDArray[np.float64]
Asked = Callable[[Recipe], bool]
Statistic = Callable[[Floats], Floats]  # how often each text was drawn, a row a resample -> a figure a row


@dataclass(frozen=True)
class Answer:
    """One text of a writer, and all that a measure may look at."""

    asked: str  # the message: a title, a formal text
    text: str
    finished: bool
    limit: int | None = None  # words
    reference: str = ""  # the held-out text that answers the same request


Value = Callable[[Answer], float]
Values = Callable[[Sequence[Answer]], Floats]


@dataclass(frozen=True)
class Measure:
    """A figure over one writer's answers; all writers answer the same requests in the same order."""

    name: str
    label: str
    better: Better
    unit: Unit
    asked_of: Asked  # whether it means something for this recipe's texts
    each: Values  # every answer's own value; NaN where it has none
    pooled: Callable[[Floats], Statistic]  # from those values to the figure over any resample
    together: Callable[[Sequence[Answer]], Statistic] | None = None  # where the values alone do not suffice

    def over(self, answers: Sequence[Answer], values: Floats) -> Statistic:
        """The figure over any resample of these answers, whose own values are known."""
        return self.together(answers) if self.together else self.pooled(values)


def mean_of(values: Floats) -> Statistic:
    """The mean of the values that are figures, over any resample."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)

    def statistic(weights: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((weights @ filled) / (weights @ known.astype(float)))

    return statistic


def ratio_of(numerators: Floats, denominators: Floats) -> Statistic:
    """The sum of the one over the sum of the other, over any resample; a text counts by its size."""
    known = np.isfinite(numerators) & np.isfinite(denominators)
    above, below = (np.where(known, values, 0.0) for values in (numerators, denominators))

    def statistic(weights: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where((total := weights @ below) > 0, (weights @ above) / total, np.nan))

    return statistic


def quantile_of(part: float) -> Callable[[Floats], Statistic]:
    """From values to their quantile over any resample, as numpy's over the texts that were drawn."""

    def over(values: Floats) -> Statistic:
        order = np.argsort(values, kind="stable")  # NaN comes last
        order = order[np.isfinite(values[order])]
        ranked = np.append(values[order], np.nan)

        def statistic(weights: Floats) -> Floats:
            drawn = np.cumsum(weights[:, order], axis=1)
            last = drawn[:, -1] - 1 if len(order) else np.full(len(weights), -1.0)
            place = np.where(last < 0, np.nan, part * last)
            low, high = (_at(ranked, drawn, end(place)) for end in (np.floor, np.ceil))
            return np.asarray(low + (high - low) * (place - np.floor(place)))

        return statistic

    return over


def _at(ranked: Floats, drawn: Floats, places: Floats) -> Floats:
    """What stands at these places once every value is repeated as often as it was drawn."""
    return np.asarray(ranked[(drawn <= places[:, None]).sum(axis=1)])


median_of = quantile_of(0.5)


def each(value: Value) -> Values:
    """Every answer's own value, from what one answer's is."""
    return lambda answers: np.array([value(answer) for answer in answers], dtype=np.float64)


def share(name: str, label: str, better: Better, asked_of: Asked, values: Values) -> Measure:
    """A measure of the part of the texts that something holds for, or of each text, on average."""
    return Measure(name, label, better, "share", asked_of, values, mean_of)


def number(name: str, label: str, better: Better, asked_of: Asked, values: Values) -> Measure:
    """A measure of the mean over the texts."""
    return Measure(name, label, better, "number", asked_of, values, mean_of)


def rate(
    name: str, label: str, better: Better, asked_of: Asked, found: Value, size: Value, per: int
) -> Measure:
    """A measure of how often something is found per so many words, over all texts as if they were one."""
    founds, sizes = each(lambda one: per * found(one)), each(size)

    def values(answers: Sequence[Answer]) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where((words := sizes(answers)) > 0, founds(answers) / words, np.nan)

    def together(answers: Sequence[Answer]) -> Statistic:
        return ratio_of(founds(answers), sizes(answers))

    return Measure(name, label, better, "number", asked_of, values, mean_of, together)
