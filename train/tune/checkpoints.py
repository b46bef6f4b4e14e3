"""Where a training that was stopped goes on from: checkpoints below the run, each whole or none at all."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from train.run import as_json, digests, finished, write_text

MARK = "checkpoint.json"
KEPT = 2  # the newest and the best one, or the one before


@dataclass(frozen=True)
class Checkpoint:
    """`checkpoint.json`, written last: what TRL's own files do not say, and the digests of them all."""

    key: str
    step: int
    best: int | None  # the step with the lowest validation loss, which has a checkpoint too
    ended: bool  # nothing is left to train
    loss: float  # the sum since the last step that was logged
    logged: int  # that step
    tokens: int
    processes: int  # that trained together: in another number they would see other rows
    seconds: float
    files: dict[str, str]


@dataclass(frozen=True)
class Shelf:
    """The checkpoints of one training: the same rows, recipe, packages and code."""

    root: Path
    key: str

    @property
    def folder(self) -> Path:
        """Where TRL writes them."""
        return self.root / self.key[:16]

    def path(self, step: int) -> Path:
        """The checkpoint of one step, as TRL names it."""
        return self.folder / f"checkpoint-{step}"

    def newest(self) -> Checkpoint | None:
        """The last checkpoint that is whole, and whose best one is."""
        found = {each.step: each for each in self._whole()}
        sound = [each for each in found.values() if each.best is None or each.best in found]
        return max(sound, key=lambda each: each.step, default=None)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Make the files of a step a checkpoint, and remove those that it replaces."""
        path = self.path(checkpoint.step)
        write_text(path / MARK, as_json(checkpoint))
        older = sorted(map(step_of, self._folders()))[::-1]
        wanted = dict.fromkeys([checkpoint.step, checkpoint.best or checkpoint.step, *older])
        self._leave(list(wanted)[:KEPT])

    def clear(self) -> Checkpoint | None:
        """Remove what nothing goes on from: other trainings' checkpoints, and half-written ones."""
        for other in sorted(self.root.glob("*")):
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True)
        newest = self.newest()
        whole = [each.step for each in self._whole() if newest and each.step <= newest.step]
        self._leave(whole)
        return newest

    def _whole(self) -> list[Checkpoint]:
        marks = sorted(self.folder.glob(f"checkpoint-*/{MARK}"))
        return [each for mark in marks if (each := finished(Checkpoint, mark, self.key))]

    def _leave(self, steps: list[int]) -> None:
        for each in self._folders():
            if step_of(each) not in steps:
                shutil.rmtree(each, ignore_errors=True)

    def _folders(self) -> list[Path]:
        """What TRL wrote; a person may have put a copy beside it."""
        found = sorted(self.folder.glob("checkpoint-*"))
        return [each for each in found if each.name.removeprefix("checkpoint-").isdecimal()]


def step_of(path: Path) -> int:
    """The step whose checkpoint this is."""
    return int(path.name.rpartition("-")[2])


def files_of(folder: Path) -> dict[str, str]:
    """What a checkpoint holds so far; a mark that an earlier training left there does not count."""
    return {name: digest for name, digest in digests(folder).items() if name != MARK}
