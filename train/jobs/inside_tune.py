"""In the Job: train, bring every checkpoint away, and leave the adapter in the end."""

import shutil
import sys
from contextlib import suppress
from pathlib import Path

from train import recipe as recipes
from train.errors import ImprintError
from train.jobs.inside import copy, deliver, lay_out, watched
from train.jobs.pack import RECIPE
from train.run import Run
from train.tune import options
from train.tune.checkpoints import MARK
from train.tune.key import ingredients
from train.tune.reuse import RECORD


def main(key: str, left: Path, base: str, commit: str, mounted: str, *words: str) -> int:
    """Train as anywhere else, on what is here; the exit code of it."""
    recipe = options.overridden(options.checked(recipes.load(RECIPE)), words)
    run = Run(Path("runs") / recipe.name)
    if (found := ingredients(recipe, run).key) != key:
        raise ImprintError(f"This machine would train another adapter ({found[:16]}, asked for {key[:16]}).")
    lay_out(base, commit, Path(mounted), str(recipe.tune.get("model_revision") or "main"))
    shelves = run.folder / "checkpoints", left / "checkpoints"
    bring(*shelves[::-1])
    command = [sys.executable, "-m", "train", "tune", RECIPE, *words]
    code = watched(command, lambda: bring(*shelves))
    if code == 0:
        deliver(run.adapter, left / "adapter", RECORD)
    return code


def bring(source: Path, target: Path) -> None:
    """Make `target` hold the checkpoints of `source`, each marked as whole only once it is."""
    marks = {mark.relative_to(source): mark for mark in source.glob(f"*/*/{MARK}")}
    for name, mark in sorted(marks.items()):
        if not (target / name).exists():
            with suppress(FileNotFoundError):  # training has replaced it meanwhile
                copy(mark.parent, (target / name).parent, MARK)
    for old in [mark for mark in target.glob(f"*/*/{MARK}") if mark.relative_to(target) not in marks]:
        old.unlink()
        shutil.rmtree(old.parent)
