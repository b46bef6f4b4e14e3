"""A whole release on this machine: embedded Hub, base and corpus, then loaded and asked as a user would."""

import argparse
import shlex
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from train import recipe as recipes
from train.rehearse import prove
from train.rehearse.demo import check_free, free_or_any, only_run, opened
from train.rehearse.embedded import EPOCH, embedded
from train.rehearse.everything import ALL, Lot, rehearse_all
from train.rehearse.hub.process import running_hub
from train.rehearse.scale import SPACE
from train.rehearse.steps import Step, Task, passed_on, step
from train.rehearse.table import HUB, Rehearsal, several, summary
from train.release.report import Published, Release
from train.run import Run, alone, as_json, read_result, write_text
from train.stages import left
from train.tune import options
from train.verbs.answer import Answer

STAGES = ("prepare", "tune", "evaluate", "bundle", "release")


@dataclass(frozen=True)
class Serving:
    """A Space that can be asked, and the Hub that it was loaded from."""

    url: str
    serves: str
    hub: str


def rehearse(asked: argparse.Namespace) -> Answer:
    """A whole release on this machine: no network, no GPU, no token, and nothing leaves it."""
    if asked.recipe == ALL:
        rehearsed = rehearse_all(Lot(asked.runs.resolve(), asked.version))
        return Answer(several(rehearsed, asked), rehearsed)
    rehearsal = _rehearsed(asked)
    return Answer(summary(rehearsal, asked), rehearsal)


def _rehearsed(asked: argparse.Namespace) -> Rehearsal:
    recipe = options.checked(recipes.load(asked.recipe))
    run, began = Run(asked.runs.resolve() / recipe.name), time.monotonic()
    again = f"make rehearse RECIPE={shlex.quote(asked.recipe)}"
    with embedded(run.folder.parent, again, "--run-spaces") as environment:
        seeded = _seeded(asked, environment)
        only_run(SPACE, environment)
        stages = [_stage(verb, asked, run, environment) for verb in STAGES]
        release = read_result(Release, run.folder / "release.json", again)
        version = prove.Version(recipes.load(str(run.folder / "recipe.yaml")), run, release)
        proofs = prove.proofs(version, environment["HF_ENDPOINT"])
    rehearsal = Rehearsal(release, (seeded, *stages, *proofs), round(time.monotonic() - began, 1))
    write_text(run.folder / "rehearsal.json", as_json(rehearsal))
    return rehearsal


def one_stage(asked: argparse.Namespace) -> Answer | int:
    """One stage on the embedded parts, as a rehearsal would run it."""
    recipe = options.checked(recipes.load(asked.recipe))
    runs = f" --runs {shlex.quote(str(asked.runs))}" if asked.runs != Path("runs") else ""
    again = f"python -m train {{verb}} {shlex.quote(asked.recipe)} --samples{runs}"
    json = ["--json"] if asked.json else []
    with embedded(asked.runs.resolve(), again) as environment:
        _seeded(asked, environment)
        run = Run(asked.runs.resolve() / recipe.name)
        if look := _look(asked, run):
            scaled = str(run.folder / "recipe.yaml")
            return passed_on((asked.verb, scaled, *look, *json), environment)
        done = _stage(asked.verb, asked, run, environment)
    return Answer(done.came_out, left(run, asked.verb))


def _look(asked: argparse.Namespace, run: Run) -> tuple[str, ...]:
    """What was typed behind a verb that only shows something; nothing if there is work to do."""
    runs = ("--runs", str(run.folder.parent))
    if asked.verb == "prepare" and asked.explain:
        return ("--explain", asked.explain)
    if asked.verb == "tune" and asked.plan:
        return (*runs, "--plan", *asked.options)
    if asked.verb == "release" and asked.dry_run:
        return (*runs, "--dry-run")
    return ()


def space(asked: argparse.Namespace) -> int:
    """Open the demo on the rehearsed version, until Ctrl-C."""
    served, name = _served(asked)
    check_free(asked.port, fix=f"make space PORT={asked.port + 1}")
    runs, port = asked.runs.resolve(), free_or_any(int(HUB.rpartition(":")[2]))
    with alone(runs), running_hub(runs / "hub", epoch=EPOCH, port=port) as hub, TemporaryDirectory() as home:
        environment = prove.environment(hub.url, Path(home))
        with opened(served, environment, Path(home) / "space", asked.port) as url:
            told = f"{name} is at {url}, its Hub at {hub.url} (Ctrl-C ends both)"
            asked.give(Answer(told, Serving(url, name, hub.url), shown="while it serves"))
            while True:
                time.sleep(3600)


def _served(asked: argparse.Namespace) -> tuple[Published, str]:
    """The Space at the commit to open, and what to call it."""
    fix = f"make rehearse RECIPE={shlex.quote(asked.recipe)}"
    if asked.recipe == ALL:
        found = [read_result(Release, asked.runs / name / "release.json", fix) for name in recipes.names()]
        return Published(prove.space_of(found[-1]).repo, "main"), f"The Space of {len(found)} writers"
    recipe = recipes.load(asked.recipe)
    release = read_result(Release, asked.runs / recipe.name / "release.json", fix)
    return prove.space_of(release), f"{recipe.title} {release.version}"


def _seeded(asked: argparse.Namespace, environment: dict[str, str]) -> Step:
    arguments = ("-m", "train", "seed", asked.recipe, "--runs", str(asked.runs.resolve()))
    return step(Task("base", arguments, environment))


def _stage(verb: str, asked: argparse.Namespace, run: Run, environment: dict[str, str]) -> Step:
    arguments = [verb, str(run.folder / "recipe.yaml"), "--runs", str(run.folder.parent)]
    version = ["--version", asked.version] if verb in ("bundle", "release") and asked.version else []
    if anyway := getattr(asked, "publish_anyway", ""):  # an option of the one stage, not of the rehearsal
        version += ["--publish-anyway", anyway]
    if getattr(asked, "canaries", False):
        version += ["--canaries"]
    more = asked.options if verb == "tune" else []
    return step(Task(verb, ("-m", "train", *arguments, *version, *more), environment))
