"""The tune stage: rows in, a LoRA adapter with its prompt and its training record out."""

from importlib.metadata import version
from typing import Any

from pyarrow import parquet

from train.prepare.report import DatasetReport
from train.recipe import Recipe
from train.run import (
    Run,
    as_json,
    digest_of,
    digest_of_all,
    digest_of_code,
    finished,
    read_result,
    replacing,
    write_text,
)
from train.tune.report import TrainingReport

PACKAGES = ("accelerate", "bitsandbytes", "datasets", "peft", "torch", "transformers", "trl")
TRAIN = "data/train-00000-of-00001.parquet"
PRIVATE = "private/train-00000-of-00001.parquet"  # learned from and never published; not every corpus has one


def tune(recipe: Recipe, run: Run) -> TrainingReport:
    """Train the recipe's adapter on `run.dataset` and leave it, with its prompt, in `run.adapter`."""
    fix = f"python -m train prepare {recipe.name}"
    dataset = digest_of_all(read_result(DatasetReport, run.dataset / "report.json", fix).files)
    versions = {package: version(package) for package in PACKAGES}
    key = _key(recipe, dataset, versions)
    if done := finished(TrainingReport, run.adapter / "training.json", key):
        return done
    from train.tune.trainer import train  # torch and TRL take seconds: only if there is something to do

    rows = _rows(run)
    with replacing(run.adapter) as folder:
        report = train(recipe, rows, folder, key, dataset, versions)
        write_text(folder / "training.json", as_json(report))
    return report


def _rows(run: Run) -> list[dict[str, Any]]:
    private = run.dataset / PRIVATE
    files = [run.dataset / TRAIN, *([private] if private.is_file() else [])]
    return [row for file in files for row in parquet.read_table(file).to_pylist()]


def _key(recipe: Recipe, dataset: str, versions: dict[str, str]) -> str:
    asked = [recipe.name, recipe.title, recipe.tune, recipe.prompt, recipe.inputs, recipe.decoding]
    return digest_of(dataset, as_json(asked), as_json(versions), digest_of_code("train/tune"))
