"""A piece of a text, and what it gives away."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """The characters [start, end) of a text, and the kind of personal data that they are."""

    start: int
    end: int
    kind: str
