"""The five stages as verbs: load the recipe, hold the run, do the work, say what came out."""

import argparse
import json
import logging
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from train import recipe as recipes
from train.advice import advice
from train.errors import StageError
from train.evaluate.report import Metrics, Verdict
from train.jobs.cli import Asked
from train.outcome import outcome
from train.recipe import Recipe
from train.run import Run, read_result
from train.tune import options, ranks
from train.verbs.answer import DONE, WRONG, Answer

LOG = logging.getLogger(__name__)


def prepare(recipe: Recipe, run: Run, asked: argparse.Namespace) -> object:
    """clean the recipe's sources into rows, with a reason for every one dropped"""
    from train.prepare.prepare import prepare as make
    from train.prepare.showing.readable import counted

    made = make(recipe, run)
    for line in counted(made):
        LOG.info(line)
    return made


def tune(recipe: Recipe, run: Run, asked: argparse.Namespace) -> object:
    """train the adapter; any TRL option given here (--learning_rate 1e-4) overrides the recipe"""
    from train.tune.reuse import reuse
    from train.tune.tune import tune as make

    asked_for = options.overridden(recipe, asked.options)
    if ranks.first():
        reuse(asked_for, run)
    ranks.meet()
    if asked.on:
        from train.jobs.remote import there
        from train.jobs.training import Training

        return there(Training.of(asked_for, run, Asked.of(asked)))
    return make(asked_for, run)


def evaluate(recipe: Recipe, run: Run, asked: argparse.Namespace) -> object:
    """judge the adapter beside its base, and decide whether it may be published"""
    from train.evaluate.judge import evaluate as make
    from train.evaluate.showing.table import columns, table

    metrics = _heard_there(recipe, run, asked) if asked.on else make(recipe, run, canaries=asked.canaries)
    verdict = read_result(Verdict, run.evidence / "gate.json", f"python -m train evaluate {recipe.name}")
    shown = table(metrics, verdict, columns(sys.stderr))
    print(f"{shown}\n\nThe whole report: {run.evidence / 'report.html'}", file=sys.stderr)
    return metrics


def _heard_there(recipe: Recipe, run: Run, asked: argparse.Namespace) -> Metrics:
    from train.jobs.judging import Judging
    from train.jobs.remote import there

    return there(Judging.of(recipe, run, Asked.of(asked), canaries=asked.canaries))


def bundle(recipe: Recipe, run: Run, asked: argparse.Namespace) -> object:
    """put together exactly the files that one version will upload"""
    from huggingface_hub import HfApi

    from train.release.bundle import bundle as make
    from train.release.existing import existing_cards

    existing = partial(existing_cards, HfApi(), recipe.publish, asked.version)
    text = recipes.path_of(asked.recipe).read_text(encoding="utf-8")
    return make(recipe, run, asked.version, text, asked.publish_anyway, existing)


def release(recipe: Recipe, run: Run, asked: argparse.Namespace) -> object:
    """publish the bundle as one version of three repositories"""
    from train.client import connect
    from train.release.publish import release as make

    return make(recipe, run, connect(), asked.version or "")


STAGES: tuple[Callable[[Recipe, Run, argparse.Namespace], object], ...] = (
    prepare,
    tune,
    evaluate,
    bundle,
    release,
)

RESULTS = {
    "prepare": "dataset/report.json",
    "tune": "adapter/training.json",
    "evaluate": "evidence/metrics.json",
    "bundle": "bundle/bundle.json",
    "release": "release.json",
}
RENTED = ("tune", "evaluate")  # what a Job can do


def run_stage(asked: argparse.Namespace) -> Answer | int:
    """Do one stage of one recipe, and say what came out."""
    if asked.verb == "prepare" and (asked.show or (asked.explain and not asked.samples)):
        return look(asked)
    ranks.check(asked.verb, asked.recipe, samples=asked.samples)
    if asked.samples:
        return _on_samples(asked)
    recipe = options.checked(recipes.load(asked.recipe))
    run = Run(asked.runs / recipe.name)
    if (beforehand := _instead(recipe, run, asked)) is not None:
        return beforehand
    stage = next(stage for stage in STAGES if stage.__name__ == asked.verb)
    with ranks.together(run.folder):
        before = _written(run, asked.verb)
        result = stage(recipe, run, asked)
        again = "already done: " if _written(run, asked.verb) == before else ""
        told = again + outcome(result)
    return Answer(told, left(run, asked.verb)) if ranks.first() else 0


def left(run: Run, stage: str) -> object:
    """The value of the result file that a stage has left."""
    return json.loads((run.folder / RESULTS[stage]).read_bytes())


def look(asked: argparse.Namespace) -> Answer:
    """What `prepare` dropped, or what it did to one document."""
    from train.prepare.showing import explain
    from train.prepare.showing.shown import dropped, told

    recipe = recipes.load(asked.recipe)
    if asked.explain:
        explained = explain.explain(recipe, asked.explain)
        return Answer(explain.told(explained), explained, shown="by the page")
    rows = dropped(Run(asked.runs / recipe.name), recipe.name)
    return Answer(told(rows), rows, shown="by the page")


def _instead(recipe: Recipe, run: Run, asked: argparse.Namespace) -> Answer | None:
    """What is asked for in place of the stage itself, if anything is."""
    if asked.verb == "tune" and asked.plan:
        from train.tune.plan import text
        from train.tune.tune import plan

        drawn = plan(options.overridden(recipe, asked.options), run)
        return Answer(text(drawn), {**vars(drawn), "fits": drawn.fits, "seconds": drawn.seconds})
    if asked.verb in RENTED and asked.cancel:
        return _cancelled(options.overridden(recipe, asked.options), run, asked)
    if asked.verb == "release" and asked.dry_run:
        return forecast(recipe, run, asked)
    return None


def forecast(recipe: Recipe, run: Run, asked: argparse.Namespace) -> Answer:
    """What `release` would do; it is wrong if it would be refused."""
    from train.client import connect
    from train.release.forecast import forecast as told
    from train.release.forecast import foreseen
    from train.release.publish import planned

    plan = planned(recipe, run, connect(), asked.version or "")
    runs = ["--runs", str(asked.runs)] if asked.runs != Path("runs") else []

    def advised(fix: str) -> str:
        return advice(fix, asked.recipe, None, runs)

    return Answer(told(plan, advised), foreseen(plan, advised), WRONG if plan.refused else DONE)


def _on_samples(asked: argparse.Namespace) -> Answer | int:
    from train.rehearse.rehearse import one_stage

    if asked.verb in RENTED and (asked.on or asked.cancel):
        what = "The embedded Hub is on this machine alone: no Job can read from it."
        raise StageError(what, fix=f"python -m train {asked.verb} {asked.recipe} --samples")
    return one_stage(asked)


def _cancelled(recipe: Recipe, run: Run, asked: argparse.Namespace) -> Answer:
    from train.jobs.judging import Judging
    from train.jobs.remote import Cancelled, cancel
    from train.jobs.training import Training

    if asked.verb == "tune":
        done = cancel(Training.of(recipe, run, Asked.of(asked)))
    elif (run.folder / RESULTS["tune"]).exists():
        done = cancel(Judging.of(recipe, run, Asked.of(asked)))
    else:
        done = Cancelled(Judging.name, why_none="there is no adapter here that it could judge")
    return Answer(done.told, done)


def _written(run: Run, stage: str) -> int:
    path = run.folder / RESULTS[stage]
    return path.stat().st_mtime_ns if path.exists() else 0
