"""In the Job: lay the base out as the Hub's cache would hold it, train, leave checkpoints and adapter."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from train import recipe as recipes
from train.errors import ImprintError
from train.recipe import Recipe
from train.run import Run
from train.tune import options
from train.tune.checkpoints import MARK
from train.tune.jobs.pack import RECIPE
from train.tune.key import ingredients
from train.tune.reuse import RECORD

POLL_S = 1.0
HOME = Path("home")


def main(base: str, commit: str, key: str, mounted: str, left: str, *words: str) -> int:
    """Train as anywhere else, on what is here; the exit code of it."""
    recipe = options.overridden(options.checked(recipes.load(RECIPE)), words)
    run = Run(Path("runs") / recipe.name)
    if (found := ingredients(recipe, run).key) != key:
        raise ImprintError(f"This machine would train another adapter ({found[:16]}, asked for {key[:16]}).")
    lay_out(recipe, base, commit, Path(mounted))
    shelves = run.folder / "checkpoints", Path(left) / "checkpoints"
    bring(*shelves[::-1])
    command = [sys.executable, "-m", "train", "tune", RECIPE, *words]
    code = _watched(command, lambda: bring(*shelves))
    if code == 0:
        deliver(run.adapter, Path(left) / "adapter")
    return code


def lay_out(recipe: Recipe, base: str, commit: str, mounted: Path) -> None:
    """Make the mounted base what the Hub's cache holds at this commit, so that its name stays its name."""
    folder = HOME / "hub" / f"models--{base.replace('/', '--')}"
    (folder / "snapshots").mkdir(parents=True)
    (folder / "snapshots" / commit).symlink_to(mounted)
    asked = folder / "refs" / str(recipe.tune.get("model_revision") or "main")
    asked.parent.mkdir(parents=True)
    asked.write_text(commit, encoding="utf-8")


def bring(source: Path, target: Path) -> None:
    """Make `target` hold the checkpoints of `source`, each marked as whole only once it is."""
    marks = {mark.relative_to(source): mark for mark in source.glob(f"*/*/{MARK}")}
    for name, mark in sorted(marks.items()):
        if not (target / name).exists():
            with suppress(FileNotFoundError):  # training has replaced it meanwhile
                _copy(mark.parent, (target / name).parent, MARK)
    for old in [mark for mark in target.glob(f"*/*/{MARK}") if mark.relative_to(target) not in marks]:
        old.unlink()
        shutil.rmtree(old.parent)


def deliver(source: Path, target: Path) -> None:
    """Leave the adapter where this side fetches it; its record, written last, says that it is whole."""
    (target / RECORD).unlink(missing_ok=True)
    _copy(source, target, RECORD)


def _copy(source: Path, target: Path, last: str) -> None:
    """Copy a folder's files one after the other: what is mounted takes whole files, and no renaming."""
    names = sorted(path.relative_to(source) for path in source.rglob("*") if path.is_file())
    for name in sorted(names, key=lambda name: name == Path(last)):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)


def _watched(command: Sequence[str], now_and_then: Callable[[], None]) -> int:
    process = subprocess.Popen(command, env=environment(os.environ))
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())  # it writes one more checkpoint
    while process.poll() is None:
        time.sleep(POLL_S)
        now_and_then()
    now_and_then()
    return process.returncode


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of the training: no Hub to ask, and no progress bars in a log."""
    quiet = {"PYTHONWARNINGS": "ignore::FutureWarning", "TOKENIZERS_PARALLELISM": "false"}
    return {**given, **quiet, "HF_HUB_OFFLINE": "1", "HF_HOME": str(HOME.resolve())}


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except ImprintError as error:
        sys.exit(f"Error: {error}")
