"""The tune stage: rows in, a LoRA adapter with its prompt and its training record out."""

import shutil
from contextlib import nullcontext
from typing import Any

from pyarrow import parquet

from train.loading import at_once
from train.prepare.report import DatasetReport
from train.prepare.write import PRIVATE, PUBLIC, file_of
from train.recipe import Recipe
from train.run import Run, as_sealed_json, finished, read_result, replacing, write_text
from train.tune import ranks
from train.tune.checkpoints import Shelf
from train.tune.key import Ingredients, ingredients
from train.tune.plan import Plan
from train.tune.report import TrainingReport

TRAIN = file_of("train")


def tune(recipe: Recipe, run: Run) -> TrainingReport:
    """Train the recipe's adapter on `run.dataset` and leave it, with its prompt, in `run.adapter`."""
    made_of = ingredients(recipe, run)
    shelf = Shelf(run.folder / "checkpoints", made_of.key)
    report = finished(TrainingReport, run.adapter / "training.json", made_of.key) or _made(
        recipe, run, shelf, made_of
    )
    if ranks.first():
        shutil.rmtree(shelf.root, ignore_errors=True)  # the adapter is there
    return report


def plan(recipe: Recipe, run: Run) -> Plan:
    """What training on `run.dataset` would take; nothing is written."""
    from train.tune.planning import plan as drawn

    read_result(DatasetReport, run.dataset / "report.json", f"python -m train prepare {recipe.name}")
    return drawn(recipe, _rows(run, "train"), len(_rows(run, "validation")))


def _made(recipe: Recipe, run: Run, shelf: Shelf, made_of: Ingredients) -> TrainingReport:
    with at_once():
        from train.tune.trainer import Rows, train  # takes seconds: only if there is something to do

    rows = Rows(_rows(run, "train"), _rows(run, "validation"))
    with replacing(run.adapter) if ranks.first() else nullcontext(run.adapter) as folder:
        report = train(recipe, rows, folder, shelf, made_of.dataset, made_of.versions)
        if ranks.first():
            write_text(folder / "training.json", as_sealed_json(report))
    return report


def _rows(run: Run, split: str) -> list[dict[str, Any]]:
    """The rows of a split, the private ones too: they are learned from and never published."""
    files = [run.dataset / file_of(split, folder) for folder in (PUBLIC, PRIVATE)]
    return [row for file in files if file.is_file() for row in parquet.read_table(file).to_pylist()]
