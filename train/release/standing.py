"""How far a release has come, for the moment in which it stops."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from train.errors import ImprintError
from train.release.part import Part

Reached = Literal["nothing", "tagged", "whole"]


@dataclass
class Standing:
    """What the Hub is known to hold of a version, part by part."""

    parts: tuple[Part, ...]
    reached: dict[str, Reached] = field(default_factory=dict)
    is_seen: bool = False  # whether the Hub has been looked at

    def found(self, part: Part, reached: Reached) -> None:
        """A part is that far, by what was just read or done."""
        self.is_seen = True
        self.reached[part.name] = reached

    @contextmanager
    def told(self) -> Iterator[None]:
        """Say with whatever stops the release what is published, and what is not."""
        try:
            yield
        except (ImprintError, KeyboardInterrupt) as stopped:
            if self.is_seen:
                stopped.add_note(f"Done:  {self._done()}")
                stopped.add_note(f"Left:  {self._left()}")
            raise

    def _done(self) -> str:
        out = [self._published(part) for part in self.parts if self._of(part) != "nothing"]
        told = ", ".join(out) or f"nothing of {self.parts[0].tag}"
        return f"{told} {'is' if len(out) < 2 else 'are'} published"

    def _published(self, part: Part) -> str:
        only_tag = part.name != "space" and self._of(part) == "tagged" and not part.version.is_prerelease
        return f"{part.name} {part.repository.id} {part.tag}" + " (by its tag)" * only_tag

    def _left(self) -> str:
        left = [self._lacking(part) for part in self.parts]
        return ", ".join(each for each in left if each) or "the staging branches"

    def _lacking(self, part: Part) -> str:
        match self._of(part):
            case "nothing":
                return f"{part.name} {part.repository.id}"
            case "tagged" if not part.version.is_prerelease:
                return f"main of {part.name} {part.repository.id}"
            case _:
                return ""

    def _of(self, part: Part) -> Reached:
        return self.reached.get(part.name, "nothing")
