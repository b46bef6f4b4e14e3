"""What a release asks of the Hub beside three plain uploads: python -m tests.benchmarks.release [RUN]

RUN is the folder of a rehearsal (runs/blog); without one an invented run of small files is taken.
"""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.benchmarks.rehearsal import machine
from train import recipe as recipes
from train.recipe import Recipe
from train.rehearse.hub.logged import Logged
from train.rehearse.hub.process import LocalHub, running_hub
from train.rehearse.scale import as_yaml
from train.run import ROOT, Run, write_text
from train.sections import Publish

RECORD = Path(__file__).parent / "release.md"
HEAD = """\
# What a release asks of the Hub

`python -m tests.benchmarks.release [RUN]`. In each cell: one release, then three `hf upload` commands with
the same three folders, on an embedded Hub of its own. A release reads everything back, tags, moves `main`,
pins the Space and sees that all of it is so; the uploads look at nothing and leave no version.
Sent are the bodies of all requests; CPU and wall are seconds of whole commands, Python's start included.

| date | machine | bundle | release | requests | sent, bytes | CPU | wall |
|---|---|---|---|--:|--:|--:|--:|
"""


@dataclass(frozen=True)
class Cost:
    """What one thing took: of the Hub, and of this machine."""

    requests: int
    sent: int
    cpu_s: float
    wall_s: float

    def cells(self, plain: "Cost") -> str:
        """As cells of the table, with the plain way behind."""
        return (
            f"{self.requests} / {plain.requests} | {self.sent:,} / {plain.sent:,} | "
            f"{self.cpu_s:.1f} / {plain.cpu_s:.1f} | {self.wall_s:.1f} / {plain.wall_s:.1f}"
        )


def main() -> None:
    """Measure, print the rows and add them to the record."""
    with TemporaryDirectory(prefix="imprint-bench-") as folder:
        top = Path(folder)
        recipe = _given(Path(sys.argv[1]), top) if sys.argv[1:] else _invented(top)
        name = "rehearsed" if sys.argv[1:] else "invented"
        found = measured(recipe, top)
    date = f"{datetime.now(UTC):%Y-%m-%d}"
    rows = [
        f"| {date} | {machine()} | {name} | {what} | {cost.cells(plain)} |"
        for what, (cost, plain) in found.items()
    ]
    text = RECORD.read_text(encoding="utf-8") if RECORD.exists() else HEAD
    RECORD.write_text(text + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    print(*rows, sep="\n")


def measured(recipe: Path, top: Path) -> dict[str, tuple[Cost, Cost]]:
    """Each release beside the uploads of the same three folders: the first, the same again, another card."""
    bundle = top / "runs" / recipes.load(str(recipe)).name / "bundle"
    train = [sys.executable, "-m", "train"]
    where = [str(recipe), "--runs", str(top / "runs")]
    found = dict[str, tuple[Cost, Cost]]()
    with running_hub(top / "ours") as ours, running_hub(top / "plain") as plain:
        for what, version in {"first": "v0.1.0", "same again": "", "another card": "v0.1.1"}.items():
            if version:
                measure(ours, top, [*train, "bundle", *where, "--version", version])
            found[what] = (
                measure(ours, top, [*train, "release", *where]),
                measure(plain, top, *_uploads(bundle)),
            )
    return found


def measure(hub: LocalHub, top: Path, *commands: Sequence[str]) -> Cost:
    """What these commands take."""
    environment = {**os.environ, **hub.environment(top / f"home-{hub.data.name}")}
    before, used, began = len(hub.requests()), resource.getrusage(resource.RUSAGE_CHILDREN), monotonic()
    for command in commands:
        _run(command, environment)
    wall_s, now = monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    asked = hub.requests()[before:]
    cpu_s = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return Cost(len(asked), sent(asked), cpu_s, wall_s)


def sent(asked: Sequence[Logged]) -> int:
    """The bytes that went to the Hub."""
    return sum(each.bytes_in for each in asked)


def _uploads(bundle: Path) -> list[list[str]]:
    hf = str(Path(sys.executable).with_name("hf"))
    kinds = {"dataset": "dataset", "adapter": "model", "space": "space"}
    return [
        [hf, "upload", f"rehearsal/plain-{part}", str(bundle / part), ".", "--repo-type", kind]
        for part, kind in kinds.items()
    ]


def _given(run: Path, top: Path) -> Path:
    """The recipe of a rehearsed run, which is copied."""
    shutil.copytree(run, top / "runs" / run.name)
    return _own(recipes.load(str(run / "recipe.yaml")), top)


def _invented(top: Path) -> Path:
    from tests.golden import run as invented

    recipe = replace(invented.RECIPE, tune=invented.RECIPE.tune | {"model_name_or_path": "rehearsal/base"})
    asked = recipes.load(str(_own(recipe, top)))
    invented.make(Run(top / "runs" / recipe.name).folder, asked, "")
    return top / "recipe.yaml"


def _own(recipe: Recipe, top: Path) -> Path:
    publish = Publish("rehearsal/data", "rehearsal/writer", "rehearsal/page", "mit", "mit")
    write_text(top / "recipe.yaml", as_yaml(replace(recipe, publish=publish)))
    return top / "recipe.yaml"


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")


if __name__ == "__main__":
    main()
