"""What a release asks of the Hub beside three plain uploads: python -m tests.benchmarks.release"""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic

from tests.benchmarks import rehearsal
from tests.benchmarks.record import Cell, Claim, Found, Table, beside, installed, now, record
from train import recipe as recipes
from train.rehearse.hub.logged import Logged
from train.rehearse.hub.process import LocalHub, running_hub
from train.rehearse.scale import as_yaml
from train.run import ROOT, write_text
from train.sections import Publish

TURNS = 3
WHATS = {
    "first": "v0.1.0",
    "same again": "",
    "another card": "v0.1.1",
}  # the version, if a new one is bundled
RIVAL = "three `hf upload`"
COLUMNS = ("release", "how", "requests", "bytes sent", "CPU s", "wall s")
PACKAGES = ("huggingface_hub", "hf_xet")
ABOUT = """\
A release of the rehearsed bundle (`python -m train release`), and three `hf upload REPO FOLDER .` commands
with the same three folders, each on an embedded Hub of its own, in turns: the first, the same again, and
one in which only the cards changed. A release reads everything back, tags, moves `main`, pins the Space and
sees that all of it is so; the uploads look at nothing and leave no version. Bytes are the bodies of all
requests; CPU and wall are seconds of whole commands, Python's start included. Medians of the turns."""


@dataclass(frozen=True)
class Cost:
    """What one thing took: of the Hub, and of this machine."""

    requests: int
    sent: int
    cpu_s: float
    wall_s: float


@dataclass(frozen=True)
class Pair:
    """A release and the plain uploads of one turn."""

    ours: Cost
    plain: Cost


def main() -> None:
    """Release and upload in turns, and record what both took."""
    since = now()
    found: dict[str, list[Pair]] = {what: [] for what in WHATS}
    for _ in range(TURNS):
        with TemporaryDirectory(prefix="imprint-bench-") as folder:
            for what, pair in measured(rehearsed(Path(folder)), Path(folder)).items():
                found[what].append(pair)
    claims = tuple(claim for what, pairs in found.items() for claim in compared(what, pairs))
    rows = tuple(row for what, pairs in found.items() for row in table(what, pairs))
    said = Found("A release", ABOUT, claims, Table(COLUMNS, rows))
    record("release", since, said, installed(*PACKAGES))


def rehearsed(top: Path) -> Path:
    """The recipe of the rehearsed run, which is copied."""
    run = rehearsal.ready() / "blog"
    shutil.copytree(run, top / "runs" / run.name)
    publish = Publish("rehearsal/data", "rehearsal/writer", "rehearsal/page", "mit", "mit")
    recipe = replace(recipes.load(str(run / "recipe.yaml")), publish=publish)
    write_text(top / "recipe.yaml", as_yaml(recipe))
    return top / "recipe.yaml"


def measured(recipe: Path, top: Path) -> dict[str, Pair]:
    """Each release beside the uploads of the same three folders: the first, the same again, another card."""
    bundle = top / "runs" / recipes.load(str(recipe)).name / "bundle"
    train = [sys.executable, "-m", "train"]
    where = [str(recipe), "--runs", str(top / "runs")]
    found = dict[str, Pair]()
    with running_hub(top / "ours") as ours, running_hub(top / "plain") as plain:
        for what, version in WHATS.items():
            if version:
                measure(ours, top, [*train, "bundle", *where, "--version", version])
            found[what] = Pair(
                measure(ours, top, [*train, "release", *where]), measure(plain, top, *_uploads(bundle))
            )
    return found


def compared(what: str, pairs: Sequence[Pair]) -> tuple[Claim, ...]:
    """Requests beside the uploads', and time where everything is new."""
    return tuple(
        beside(
            f"a release ({what})",
            unit,
            [getattr(each.ours, figure) for each in pairs],
            RIVAL,
            [getattr(each.plain, figure) for each in pairs],
            more=False,
        )
        for unit, figure in (("requests", "requests"), *((("s", "wall_s"),) if what == "first" else ()))
    )


def table(what: str, pairs: Sequence[Pair]) -> list[tuple[Cell, ...]]:
    """One row for each side: the medians."""
    return [
        (what, "release", *_medians([each.ours for each in pairs])),
        (what, RIVAL, *_medians([each.plain for each in pairs])),
    ]


def _medians(costs: Sequence[Cost]) -> tuple[Cell, ...]:
    return tuple(median(getattr(each, name) for each in costs) for name in vars(costs[0]))


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


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")


if __name__ == "__main__":
    main()
