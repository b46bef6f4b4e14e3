"""A whole release on this machine: embedded Hub, base and corpus, then loaded and asked as a user would."""

import argparse
import os
import shutil
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from train import recipe as recipes
from train.advice import AGAIN
from train.errors import ImprintError
from train.rehearse import newswire, prove
from train.rehearse.demo import check_free, only_run, opened
from train.rehearse.hub.process import running_hub
from train.rehearse.steps import QUIET, Step, passed_on, step
from train.release.report import Release
from train.run import Run, alone, as_json, read_result, write_text
from train.tune import options

EPOCH = 1_767_225_600  # 2026-01-01: with one date on every commit, the same content gets the same ids
ROOM_MB = 500
WIDTH = 80
STAGES = ("prepare", "tune", "evaluate", "bundle", "release")


@dataclass(frozen=True)
class Rehearsal:
    """`rehearsal.json`: every step of a rehearsal, and the version it left on the embedded Hub."""

    release: Release
    steps: tuple[Step, ...]
    seconds: float


def rehearse(asked: argparse.Namespace) -> int:
    """a whole release on this machine: no network, no GPU, no token, and nothing leaves it"""
    recipe = options.checked(recipes.load(asked.recipe))
    run, began = Run(asked.runs.resolve() / recipe.name), time.monotonic()
    again = f"make rehearse RECIPE={asked.recipe}"
    with _embedded(asked, again, "--run-spaces") as (seeded, environment):
        only_run(recipes.load(str(run.folder / "recipe.yaml")).publish.space, environment)
        stages = [_stage(verb, asked, run, environment) for verb in STAGES]
        release = read_result(Release, run.folder / "release.json", again)
        scaled = recipes.load(str(run.folder / "recipe.yaml"))
        proofs = prove.proofs(scaled, run, release, environment["HF_ENDPOINT"])
    took = round(time.monotonic() - began, 1)
    rehearsal = Rehearsal(release, (seeded, *stages, *proofs), took)
    write_text(run.folder / "rehearsal.json", as_json(rehearsal))
    print(summary(rehearsal, asked))
    return 0


def one_stage(asked: argparse.Namespace) -> int:
    """One stage on the embedded parts, as a rehearsal would run it."""
    recipe = options.checked(recipes.load(asked.recipe))
    runs = f" --runs {asked.runs}" if asked.runs != Path("runs") else ""
    with _embedded(asked, f"python -m train {{verb}} {asked.recipe} --samples{runs}") as (_, environment):
        run = Run(asked.runs.resolve() / recipe.name)
        if asked.verb == "prepare" and asked.explain:
            return passed_on(
                ("prepare", str(run.folder / "recipe.yaml"), "--explain", asked.explain), environment
            )
        if asked.verb == "tune" and asked.plan:
            words = ("tune", str(run.folder / "recipe.yaml"), "--runs", str(run.folder.parent), "--plan")
            return passed_on((*words, *asked.options), environment)
        if asked.verb == "release" and asked.dry_run:
            words = (
                "release",
                str(run.folder / "recipe.yaml"),
                "--runs",
                str(run.folder.parent),
                "--dry-run",
            )
            return passed_on(words, environment)
        done = _stage(asked.verb, asked, run, environment)
    print(done.came_out)
    return 0


def space(asked: argparse.Namespace) -> int:
    """open the demo on the rehearsed version, until Ctrl-C"""
    recipe = recipes.load(asked.recipe)
    fix = f"make rehearse RECIPE={asked.recipe}"
    release = read_result(Release, asked.runs / recipe.name / "release.json", fix)
    check_free(asked.port, fix=f"make space PORT={asked.port + 1}")
    runs = asked.runs.resolve()
    with alone(runs), running_hub(runs / "hub", epoch=EPOCH) as hub, TemporaryDirectory() as home:
        environment = prove.environment(hub.url, Path(home))
        with opened(release, environment, Path(home) / "space", asked.port) as url:
            print(f"{recipe.title} {release.version} is at {url} (Ctrl-C ends it)", flush=True)
            while True:
                time.sleep(3600)


@contextmanager
def _embedded(
    asked: argparse.Namespace, again: str, *hub_arguments: str
) -> Iterator[tuple[Step, dict[str, str]]]:
    """The embedded Hub with base and sample posts on it; the environment that points at it."""
    runs = asked.runs.resolve()
    runs.mkdir(parents=True, exist_ok=True)
    free_mb = shutil.disk_usage(runs).free // 2**20
    if free_mb < ROOM_MB:
        raise ImprintError(f"{runs} has {free_mb} MB left; a rehearsal needs {ROOM_MB}.", fix=f"df -h {runs}")
    hub_alone = running_hub(runs / "hub", epoch=EPOCH, arguments=hub_arguments)
    with alone(runs), hub_alone as hub, newswire.running() as news:
        services = hub.environment(runs / "cache") | {
            "MEDIASTACK_ENDPOINT": news,
            "MEDIASTACK_KEY": newswire.KEY,
        }
        environment = os.environ | services | QUIET | {AGAIN: again}
        arguments = ("-m", "train", "seed", asked.recipe, "--runs", str(runs))
        yield step("base", arguments, environment), environment


def _stage(verb: str, asked: argparse.Namespace, run: Run, environment: dict[str, str]) -> Step:
    arguments = [verb, str(run.folder / "recipe.yaml"), "--runs", str(run.folder.parent)]
    version = ["--version", asked.version] if verb in ("bundle", "release") and asked.version else []
    if anyway := getattr(asked, "publish_anyway", ""):  # an option of the one stage, not of the rehearsal
        version += ["--publish-anyway", anyway]
    if getattr(asked, "canaries", False):
        version += ["--canaries"]
    more = asked.options if verb == "tune" else []
    return step(verb, ("-m", "train", *arguments, *version, *more), environment)


def summary(rehearsal: Rehearsal, asked: argparse.Namespace) -> str:
    """What was done, where the version is, and where to look next."""
    release, runs, hub = rehearsal.release, asked.runs, "http://127.0.0.1:8765"
    serve = "make hub" if runs == Path("runs") else f"python -m train hub --data {runs / 'hub'}"
    recipe = "" if asked.recipe == "blog" else f" RECIPE={asked.recipe}"
    lines = [
        "",
        *_row("stage", "what came out", "seconds"),
        *(line for each in rehearsal.steps for line in _row(each.name, each.came_out, f"{each.seconds:.1f}")),
        *_row("total", "", f"{rehearsal.seconds:.1f}"),
        "",
        f"{release.version} is on the embedded Hub; `{serve}` shows it:",
        f"  dataset  {hub}/datasets/{release.dataset.repo}",
        f"  adapter  {hub}/{release.adapter.repo}",
        *([f"  space    {hub}/spaces/{release.space.repo}"] if release.space else []),
        "",
        f"Next:  make space{recipe} opens the demo on this adapter;",
        f"       {runs / release.recipe / 'bundle' / 'adapter' / 'README.md'} is its card.",
    ]
    return "\n".join(lines)


def _row(name: str, came_out: str, seconds: str) -> list[str]:
    """One step as a line, or as several if it has much to say."""
    first, *others = textwrap.wrap(came_out, WIDTH, break_on_hyphens=False) or [""]
    return [f"{name:<9} {first:<{WIDTH}} {seconds:>8}", *(f"{'':<9} {each}" for each in others)]
