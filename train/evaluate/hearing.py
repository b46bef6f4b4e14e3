"""What all writers said, as a file: it may have been heard on another machine than it is judged on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from train.evaluate.heard import Heard
from train.evaluate.report import Who
from train.run import as_sealed_json, finished, write_text

HEARD = "heard.json"
_IN_TURN: tuple[Who, ...] = ("base", "adapter", "last")


@dataclass(frozen=True)
class Hearing:
    """Every writer's texts and costs, and what stands for all that they depend on."""

    key: str
    heard: Mapping[Who, Heard]
    unheard: str = ""  # why the last release could not be asked


def keep(folder: Path, hearing: Hearing) -> None:
    """Leave a hearing in this folder."""
    write_text(folder / HEARD, as_sealed_json(hearing))


def kept_hearing(folder: Path, key: str) -> Hearing | None:
    """The hearing in this folder, if it is the one that `key` stands for."""
    found = finished(Hearing, folder / HEARD, key)
    if found is None:
        return None
    heard = {who: found.heard[who] for who in _IN_TURN if who in found.heard}
    return Hearing(found.key, heard, found.unheard)
