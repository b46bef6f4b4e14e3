"""From what base and adapter wrote and read to the figures that are reported for both."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from train.evaluate.metrics.bits_per_byte import bits_per_byte
from train.evaluate.metrics.length import over_limit
from train.evaluate.metrics.share import share
from train.evaluate.metrics.topic import on_topic
from train.evaluate.report import Cost, Metric, Sample

LIMIT = "words"  # the input that is a limit, in recipes that have one


@dataclass(frozen=True)
class Findings:
    """What one writer wrote on the titles, and what the held-out texts cost it."""

    samples: tuple[Sample, ...]
    costs: tuple[Cost, ...]

    @property
    def limited(self) -> list[tuple[str, int]]:
        """Its texts that had a word limit, with the limit."""
        asked = [(sample.text, sample.inputs.get(LIMIT)) for sample in self.samples]
        return [(text, limit) for text, limit in asked if isinstance(limit, int)]

    @property
    def titles(self) -> str:
        """How many titles it wrote on, in words."""
        return _counted(len(self.samples), "title")

    @property
    def texts(self) -> str:
        """How many held-out texts it read, in words."""
        return _counted(len(self.costs), "unseen text")


@dataclass(frozen=True)
class _Measure:
    name: str
    label: str
    better: Literal["higher", "lower"]
    figure: Callable[[Findings], float]
    over: Callable[[Findings], str]


STRUCTURE = _Measure(
    "structure",
    "whole posts",
    "higher",
    lambda found: share(not sample.lacks for sample in found.samples),
    lambda found: found.titles,
)
WORDS_OVER_LIMIT = _Measure(
    "words_over_limit",
    "posts over their word limit",
    "lower",
    lambda found: over_limit(found.limited),
    lambda found: found.titles,
)
ON_TOPIC = _Measure(
    "on_topic",
    "posts on their title's topic",
    "higher",
    lambda found: share(on_topic(sample.text, sample.title) for sample in found.samples),
    lambda found: found.titles,
)
BITS_PER_BYTE = _Measure(
    "bits_per_byte",
    "bits per byte",
    "lower",
    lambda found: bits_per_byte(found.costs),
    lambda found: found.texts,
)


def figures(base: Findings, adapter: Findings) -> tuple[Metric, ...]:
    """Every figure over the same titles and texts; the word limit's only where one was asked for."""
    limited = (WORDS_OVER_LIMIT,) if adapter.limited else ()
    return tuple(
        Metric(
            name=each.name,
            label=each.label,
            base=each.figure(base),
            adapter=each.figure(adapter),
            better=each.better,
            over=each.over(adapter),
        )
        for each in (STRUCTURE, *limited, ON_TOPIC, BITS_PER_BYTE)
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
