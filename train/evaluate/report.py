"""What `evaluate` leaves: figures, what they were taken from, and a verdict on them."""

from dataclasses import dataclass
from typing import Literal

Who = Literal["base", "adapter"]


@dataclass(frozen=True)
class Text:
    """What a writer wrote, and whether it came to an end by itself."""

    text: str
    finished: bool


@dataclass(frozen=True)
class Sample:
    """One line of `samples.jsonl`: a text, what was asked for, and which parts of a post it lacks."""

    title: str
    inputs: dict[str, str | int | None]  # the others, by name
    writer: Who
    seed: int
    text: str
    finished: bool
    lacks: tuple[str, ...]  # empty for a whole post


@dataclass(frozen=True)
class Cost:
    """What a held-out text costs one writer, and how many of its bytes were counted."""

    id: str
    nats: float
    bytes: int


@dataclass(frozen=True)
class Document:
    """One line of `documents.jsonl`: the same held-out text for both writers, to be compared in pairs."""

    id: str
    bytes: int
    base: float  # bits
    adapter: float


@dataclass(frozen=True)
class Metric:
    """One figure for base and adapter, over the same prompts or texts."""

    name: str
    label: str
    base: float
    adapter: float
    better: Literal["higher", "lower"]
    over: str  # what it was taken over, such as "50 titles"


@dataclass(frozen=True)
class Metrics:
    """`metrics.json`: the figures, and digests of the very adapter and rows they belong to."""

    key: str
    recipe: str
    adapter: str
    dataset: str
    titles: int
    documents: int
    metrics: tuple[Metric, ...]
    files: dict[str, str]  # path below evidence/ -> SHA-256


@dataclass(frozen=True)
class Check:
    """One figure held against its threshold, with the verdict in one sentence."""

    metric: str
    value: float
    threshold: float
    passed: bool
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """`gate.json`: whether this version may be published."""

    key: str
    passed: bool
    checks: tuple[Check, ...]
