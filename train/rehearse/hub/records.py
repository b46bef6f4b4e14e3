"""What the Hub remembers of a repository beside git: small JSON files that move with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from train.rehearse.hub.disk import write_json
from train.rehearse.hub.fields import Fields, parse_fields


@dataclass(frozen=True)
class Records:
    """The JSON files of one repository, each replaced at once or not at all."""

    folder: Path
    scratch: Path

    def read(self, name: str) -> Fields | None:
        """A record by its name; None if there is none."""
        try:
            return parse_fields((self.folder / f"{name}.json").read_bytes())
        except FileNotFoundError:
            return None

    def write(self, name: str, value: Mapping[str, object]) -> None:
        """Put a record in place of the one of that name."""
        write_json(self.folder / f"{name}.json", value, self.scratch)

    def names(self, group: str) -> Iterable[str]:
        """The names of the records in a group, without it, sorted."""
        return sorted(path.stem for path in (self.folder / group).glob("*.json"))
