"""In the Job: let every writer write and read, bring each batch of texts away, and leave all of it."""

import shutil
import sys
from pathlib import Path

from huggingface_hub import HfApi
from pydantic import TypeAdapter

from train import recipe as recipes
from train.errors import ImprintError
from train.evaluate.given import given, questions
from train.evaluate.hearing import HEARD
from train.evaluate.judge import listen, written
from train.evaluate.last import Release
from train.evaluate.order import Order
from train.jobs.inside import deliver, lay_out, watched
from train.jobs.pack import BEFORE, RECIPE, RELEASE
from train.run import Run

SO_FAR = "written"


def main(key: str, left: Path, *bases: str) -> int:
    """Hear the writers as anywhere else, on what is here; the exit code of it."""
    order, run = asked()
    if order.texts != key:
        raise ImprintError(
            f"This machine would judge other texts ({order.texts[:16]}, asked for {key[:16]})."
        )
    for repo, commit, mounted in zip(bases[::3], bases[1::3], bases[2::3], strict=True):
        lay_out(repo, commit, Path(mounted))
    if order.release:
        lay_out(order.release.repo, order.release.commit, Path(BEFORE))
    here, there = written(run, order), left / SO_FAR
    bring(there, here)
    code = watched([sys.executable, "-m", __name__], lambda: bring(here, there))
    if code == 0:
        deliver(here, left / "heard", HEARD)
    return code


def asked() -> tuple[Order, Run]:
    """What the writers are asked, as it was sent."""
    recipe = recipes.load(RECIPE)
    run = Run(Path("runs") / recipe.name)
    found = given(recipe, run)
    sent = TypeAdapter(dict[str, Release | None]).validate_json(Path(RELEASE).read_bytes())
    return Order(recipe, found, questions(recipe, found), sent["release"]), run


def bring(source: Path, target: Path) -> None:
    """Make `target` hold the texts of `source`; a line that is cut off is no text."""
    for file in sorted(source.glob("*.jsonl")):
        there = target / file.name
        if not there.exists() or there.stat().st_size != file.stat().st_size:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, there)


def hear() -> int:
    """Ask all writers, in the process whose environment knows of no Hub."""
    order, run = asked()
    try:
        listen(order, run, HfApi())
    except ImprintError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(hear())
