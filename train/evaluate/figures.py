"""From what each writer wrote and read to one figure for each of them, with what it is worth."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import nan
from typing import TypeVar

import numpy as np

from train.evaluate.measure import Answer, Floats, Measure, Statistic
from train.evaluate.measures import asked
from train.evaluate.metrics.bits_per_byte import bits_per_byte
from train.evaluate.metrics.perplexity import perplexity
from train.evaluate.report import Better, Change, Cost, Metric, Unit
from train.evaluate.statistics.bootstrap import PLACES, interval, p_value, resampled
from train.evaluate.statistics.mcnemar import mcnemar
from train.recipe import Recipe

T = TypeVar("T")
NOUNS = {"title": "title", "formal": "formal text"}  # what is counted when a writer is asked


@dataclass(frozen=True)
class Findings:
    """What one writer wrote on the titles, and what the held-out texts cost it."""

    answers: tuple[Answer, ...]
    costs: tuple[Cost, ...]


@dataclass(frozen=True)
class Writers:
    """The writers that are compared; all answered the same requests and read the same texts, in one order."""

    base: Findings
    adapter: Findings
    last: Findings | None = None  # the version released before

    @property
    def all(self) -> tuple[Findings, ...]:
        """Base, adapter and, if there is one, the last version."""
        return (self.base, self.adapter) if self.last is None else (self.base, self.adapter, self.last)


@dataclass(frozen=True)
class _Figure:
    """A figure to take: what it is called, and of each writer every text's value and the statistic."""

    name: str
    label: str
    better: Better
    unit: Unit
    noun: str
    values: tuple[Floats, ...]  # base, adapter, last
    statistics: tuple[Statistic, ...]


def figures(recipe: Recipe, writers: Writers) -> tuple[Metric, ...]:
    """What is asked of the recipe's texts, over the answers, and the costs over the held-out texts."""
    written = [_written(measure, writers, NOUNS[recipe.asks_with]) for measure in asked(recipe)]
    titles = [answer.asked for answer in writers.adapter.answers]
    texts = [cost.id for cost in writers.adapter.costs]
    return (*_taken(written, titles), *_taken(_read(writers), texts))


def _written(measure: Measure, writers: Writers, noun: str) -> _Figure:
    values = tuple(measure.each(each.answers) for each in writers.all)
    pairs = zip(writers.all, values, strict=True)
    statistics = tuple(measure.over(each.answers, its) for each, its in pairs)
    return _Figure(measure.name, measure.label, measure.better, measure.unit, noun, values, statistics)


def _read(writers: Writers) -> list[_Figure]:
    """Bits per byte, and perplexity of the writers whose tokens are the adapter's."""
    found = [_cost("bits_per_byte", "bits per byte", writers.all, bits_per_byte)]
    tokens = [[cost.tokens for cost in each.costs] for each in writers.all]
    alike = tuple(each for each, its in zip(writers.all, tokens, strict=True) if its == tokens[1])
    if writers.base in alike and all(tokens[1]):
        found.append(_cost("perplexity", "perplexity", alike, perplexity))
    return found


def _cost(
    name: str,
    label: str,
    writers: Sequence[Findings],
    statistic: Callable[[Sequence[Cost]], Statistic],
) -> _Figure:
    values = tuple(np.asarray([cost.nats for cost in each.costs]) for each in writers)
    statistics = tuple(statistic(each.costs) for each in writers)
    return _Figure(name, label, "lower", "number", "unseen text", values, statistics)


def _taken(wanted: Sequence[_Figure], clusters: Sequence[str]) -> list[Metric]:
    """The figures over all texts and, for what they are worth, over every draw: one draw serves them all."""
    statistics = [statistic for each in wanted for statistic in each.statistics]
    whole = np.ones((1, len(clusters)))
    points = iter([round(float(each(whole)[0]), PLACES) if clusters else nan for each in statistics])
    draws = iter(resampled(statistics, clusters))
    return [_metric(each, _next(points, each), _next(draws, each)) for each in wanted]


def _next(values: Iterator[T], figure: _Figure) -> list[T]:
    """As many as there are writers."""
    return list(islice(values, len(figure.values)))


def _metric(figure: _Figure, points: Sequence[float], draws: Sequence[Floats]) -> Metric:
    number = int(np.count_nonzero(np.isfinite(figure.values[1])))
    low, high = interval(draws[1])
    changes = [_change(figure, points, draws, other) for other in range(len(points)) if other != 1]
    return Metric(
        name=figure.name,
        label=figure.label,
        base=points[0],
        adapter=points[1],
        better=figure.better,
        over=counted(number, figure.noun),
        unit=figure.unit,
        low=low,
        high=high,
        last=points[2] if len(points) > 2 else None,
        from_base=changes[0],
        from_last=changes[1] if len(points) > 2 else None,
        texts=number,
    )


def _change(figure: _Figure, points: Sequence[float], draws: Sequence[Floats], other: int) -> Change:
    """The adapter's figure minus another writer's, draw by draw."""
    differences = draws[1] - draws[other]
    low, high = interval(differences)
    one, two = figure.values[1], figure.values[other]
    p = mcnemar(one, two) if _passes_or_fails(one, two) else p_value(differences)
    return Change(round(points[1] - points[other], PLACES), low, high, p)


def _passes_or_fails(*values: Floats) -> bool:
    return all(np.isin(each[np.isfinite(each)], (0.0, 1.0)).all() for each in values)


def counted(number: int, noun: str) -> str:
    """So many of a thing, in words."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
