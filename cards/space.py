"""What the page of a Space is made of: a line for each writer that it serves."""

from dataclasses import dataclass

from cards.facts import Base, License, Version


@dataclass(frozen=True)
class Served:
    """One writer of a Space: what it does, its version, and what it is made from."""

    title: str
    version: Version
    base: Base
    license: License
    badges: tuple[str, ...] = ()


@dataclass(frozen=True)
class SpaceFacts:
    """Everything the page of a Space says."""

    title: str
    gradio: str
    writers: tuple[Served, ...]

    @property
    def badges(self) -> tuple[str, ...]:
        """What the licences of all its writers want shown."""
        return tuple(dict.fromkeys(badge for each in self.writers for badge in each.badges))
