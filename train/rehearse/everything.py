"""All recipes in one go: made side by side, released one after another, served by one Space."""

import asyncio
import os
import sys
import time
from collections import defaultdict
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TypeVar

from train import recipe as recipes
from train.errors import ImprintError, StageError
from train.rehearse.demo import opened
from train.rehearse.embedded import embedded
from train.rehearse.ports import free_port
from train.rehearse.prove import (
    Answers,
    Proved,
    Stranger,
    Version,
    asking,
    insist,
    loading,
    prove,
    space_of,
    stranger,
)
from train.rehearse.scale import base_of
from train.rehearse.steps import Step, Task, aside, step
from train.rehearse.summary import write_summary
from train.rehearse.table import Everything, Rehearsal
from train.release.report import Release
from train.run import Run, as_json, read_result, write_text
from train.version import parse

T = TypeVar("T")
ALL = "all"  # in the place of a recipe's name
AGAIN = f"make rehearse RECIPE={ALL}"
BEFORE_RELEASE = ("prepare", "tune", "evaluate", "bundle")
ONE_CORE = {"OMP_NUM_THREADS": "1"}  # each: a second thread would wait for a core and hold another's up
SHOWN = 6  # lines of what a process said before it ended badly


@dataclass(frozen=True)
class Lot:
    """Where all recipes are rehearsed, and as which version."""

    runs: Path
    version: str

    @property
    def names(self) -> list[str]:
        """The recipes, in the order in which they are released."""
        return recipes.names()

    def run(self, name: str) -> Run:
        """The run of one of them."""
        return Run(self.runs / name)


@dataclass(frozen=True)
class Made:
    """How far one recipe has come, and what stopped it."""

    name: str
    steps: tuple[Step, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Shop:
    """Room for as many recipes at once as there are cores; who comes first to a base makes it for all."""

    lot: Lot
    environment: Mapping[str, str]
    rooms: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(os.cpu_count() or 1))
    bases: Mapping[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def task(self, verb: str, name: str) -> Task:
        """One stage of a recipe, or the making of what it starts from."""
        given = name if verb == "seed" else str(self.lot.run(name).folder / "recipe.yaml")
        version = ["--version", self.lot.version] if verb in ("bundle", "release") else []
        command = ("-m", "train", verb, given, "--runs", str(self.lot.runs), *version)
        return Task("base" if verb == "seed" else verb, command, self.environment, read=_said)


def _said(line: str) -> str:
    """What came out, without that no Space was asked: all are asked at the end."""
    return line.partition("; the Space was not asked")[0]


def rehearse_all(lot: Lot) -> Everything:
    """Release every recipe on this machine and prove what it promised; the page that shows them all."""
    began = time.monotonic()
    if parse(lot.version).is_prerelease:
        raise StageError("A pre-release leaves the Space alone, in which all recipes meet.", fix=AGAIN)
    with embedded(lot.runs, AGAIN) as environment:
        made = asyncio.run(_released(Shop(lot, environment | ONE_CORE)))
        check(made)
        versions = [_version(lot, each.name) for each in made]
        with stranger(environment["HF_ENDPOINT"]) as who:
            loaded = asyncio.run(_loaded(versions, who))
            proved, asked = _asked(versions, who)
    path = str(write_summary(lot.runs, versions, proved))
    insist(proved)
    writers = tuple(_rehearsal(lot, each) for each in made)
    return Everything(writers, proved, (*loaded, asked), path, round(time.monotonic() - began, 1))


async def _released(shop: Shop) -> list[Made]:
    """Every recipe as far as it came: a Space that is shared takes one version after another."""
    made = await _together([_make(shop, name) for name in shop.lot.names])
    return [await _release(shop, each) for each in made]


async def _together(works: Sequence[Coroutine[None, None, T]]) -> list[T]:
    """What all of them give; at the end, whatever it is, none of them is still at work."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    finally:
        await asyncio.wait(tasks)


async def _make(shop: Shop, name: str) -> Made:
    folder = shop.lot.run(name).folder
    folder.mkdir(parents=True, exist_ok=True)
    async with shop.rooms:
        print(f"{name:<9} begins; what it says is in {folder / 'rehearsal.log'}", file=sys.stderr, flush=True)
        with (folder / "rehearsal.log").open("wb") as log:
            async with shop.bases[base_of(recipes.load(name))]:
                made = await after(Made(name), shop.task("seed", name), log)
            for verb in BEFORE_RELEASE:
                made = await after(made, shop.task(verb, name), log)
    return made


async def _release(shop: Shop, made: Made) -> Made:
    with (shop.lot.run(made.name).folder / "rehearsal.log").open("ab") as log:
        return await after(made, shop.task("release", made.name), log)


async def after(made: Made, task: Task, log: IO[bytes]) -> Made:
    """The same and one step more, unless something has stopped it."""
    if made.error:
        return made
    began = log.tell()
    try:
        done = await aside(task, log)
    except ImprintError:
        said = Path(log.name).read_bytes()[began:].decode(errors="replace").strip().splitlines()
        told = "\n".join(f"  {line}" for line in said[-SHOWN:])
        print(f"{made.name:<9} {task.name} did not finish:\n{told}", file=sys.stderr, flush=True)
        return replace(made, error=f"{made.name} stopped at {task.name} ({log.name})")
    print(
        f"{made.name:<9} {done.name:<9} {done.came_out} · {done.seconds:.1f} s", file=sys.stderr, flush=True
    )
    return replace(made, steps=(*made.steps, done))


def check(made: Sequence[Made]) -> None:
    """Refuse to go on without all of them; what is released stays so."""
    if errors := [each.error for each in made if each.error]:
        kept = ", ".join(each.name for each in made if not each.error) or "none"
        raise StageError(f"{'; '.join(errors)}. Released and kept: {kept}.", fix=AGAIN)


def _version(lot: Lot, name: str) -> Version:
    run = lot.run(name)
    recipe = recipes.load(str(run.folder / "recipe.yaml"))
    return Version(recipe, run, read_result(Release, run.folder / "release.json", AGAIN))


async def _loaded(versions: Sequence[Version], who: Stranger) -> list[Step]:
    """Every adapter and every dataset, loaded as a stranger would, as many at a time as there are cores."""
    rooms = asyncio.Semaphore(os.cpu_count() or 1)

    async def do(task: Task) -> Step:
        async with rooms:
            return await aside(task, sys.stderr.buffer)

    alone = replace(who, environment={**who.environment, **ONE_CORE})
    tasks = [loading(version, alone) for version in versions]
    done = await _together([do(task) for both in tasks for task in both])
    return [_joined([each for each in done if each.name == name], len(versions)) for name in ("load", "rows")]


def _joined(steps: Sequence[Step], number: int) -> Step:
    """The same step of every version, as one."""
    told = steps[0].came_out.partition(" over ")[0].partition(" in ")[0]
    return Step(steps[0].name, f"{number} times: {told}", round(sum(each.seconds for each in steps), 1))


def _asked(versions: Sequence[Version], who: Stranger) -> tuple[tuple[Proved, ...], Step]:
    """What all writers of the one Space wrote, and how long it took from download to answers."""
    began, answers = time.monotonic(), Answers()
    last = space_of(versions[-1].release)
    with opened(last, who.environment, who.home / "space", free_port()) as url:
        done = step(asking(versions, url, who, answers))
    proved = tuple(prove(version, answers) for version in versions)
    return proved, replace(done, seconds=round(time.monotonic() - began, 1))


def _rehearsal(lot: Lot, made: Made) -> Rehearsal:
    release = read_result(Release, lot.run(made.name).folder / "release.json", AGAIN)
    done = Rehearsal(release, made.steps, round(sum(each.seconds for each in made.steps), 1))
    write_text(lot.run(made.name).folder / "rehearsal.json", as_json(done))
    return done
