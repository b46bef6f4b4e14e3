"""What visitors ask of the writers and what comes back: all that the page and the service know."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from form import Asked, Decoding, Form
from release import Release

BASE = "base"  # the version that is the base alone, without an adapter
Ended = Literal["", "end", "length", "stopped"]
Code = Literal[
    "bad_request",  # a field or a setting is wrong
    "unknown_writer",
    "unknown_version",
    "loading",
    "busy",  # the queue is full, or the Space is being stopped
    "too_many_requests",  # of one visitor
    "out_of_memory",
    "unreachable",  # the Hub, for a version that is not here yet
    "failed",
]


class RefusedError(Exception):
    """Why an order is not filled: a code for machines, a sentence for people."""

    def __init__(self, code: Code, said: str) -> None:
        super().__init__(code, said)
        self.code: Code = code
        self.said = said

    def __str__(self) -> str:
        """The sentence."""
        return self.said


@dataclass(frozen=True)
class Order:
    """One text that a visitor wants."""

    writer: str  # its name in release.json
    inputs: Asked
    version: str = ""  # a tag, or "base"; the released one if it is empty
    decoding: Decoding | None = None  # the writer's own if nothing else is asked for


@dataclass(frozen=True)
class Text:
    """A text so far, whole each time."""

    text: str
    tokens: int
    ended: Ended = ""  # empty while it is being written
    ahead: int = 0  # how many orders go first, while this one waits for its turn


@dataclass(frozen=True)
class State:
    """How far this Space is, or one writer."""

    phase: Literal["loading", "ready", "failed"]
    said: str
    share: float = 0.0  # of loading, from 0 to 1
    waiting: int = 0  # orders in the queue
    writing: int = 0  # texts in work
    failed: Mapping[str, str] = field(default_factory=dict)  # writers that cannot be asked, and why


class Studio(Protocol):
    """The writers of one release, over engines that nobody else sees."""

    @property
    def release(self) -> Release:
        """What is served."""

    @property
    def forms(self) -> Mapping[str, Form]:
        """Each writer's form by its name, from the start on; a writer that cannot be served may have none."""

    @property
    def engine(self) -> str:
        """What writes, for people: `transformers, 4 bits, on a CPU`."""

    def state(self, writer: str = "") -> State:
        """How far a writer is, or all of them together, and how much is asked for; it never waits."""

    def versions(self, writer: str) -> Sequence[str]:
        """What can be asked of a writer: its release first, then its other tags, then the base."""

    def write(self, order: Order) -> Iterator[Text]:
        """The text as it grows; closing the iterator stops the model at once. Raises `RefusedError`."""

    def close(self) -> None:
        """End every text in work."""
