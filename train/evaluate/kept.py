"""Texts that are written already: a process that is killed takes nothing of them with it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from train.evaluate.report import Text
from train.run import write_text

_Batch = TypeAdapter(dict[int, Text])


@dataclass(frozen=True)
class Kept:
    """A file with one line for each batch: which request it is, and what was written on it."""

    path: Path

    def texts(self) -> dict[int, Text]:
        """What is there; a line that was cut off is no line."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        except FileNotFoundError:
            return {}
        batches = [batch for line in lines if (batch := _read(line)) is not None]
        if len(batches) < len(lines):
            write_text(self.path, "".join(map(_line, batches)))
        return {place: text for batch in batches for place, text in batch.items()}

    def add(self, batch: Mapping[int, Text]) -> None:
        """Put a batch behind those that are there; once this returns, it stays."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_line(batch))
            file.flush()
            os.fsync(file.fileno())


def _line(batch: Mapping[int, Text]) -> str:
    return f"{json.dumps({place: vars(text) for place, text in batch.items()})}\n"


def _read(line: str) -> dict[int, Text] | None:
    try:
        return _Batch.validate_json(line) if line.endswith("\n") else None
    except ValidationError:
        return None
