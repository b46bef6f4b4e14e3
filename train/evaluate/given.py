"""What `evaluate` is given: results that belong together, and the rows that training never saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyarrow import parquet

from train.errors import StageError
from train.evaluate.ask import Questions, passages, requests
from train.prepare.report import DatasetReport
from train.recipe import Recipe
from train.run import Run, as_json, check_files, digest_of, digest_of_all, read_result
from train.sections import Decoding, Gate
from train.tune.report import TrainingReport, Writer

WEIGHTS = "adapter_model.safetensors"
TEST = "data/test-00000-of-00001.parquet"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Given:
    """An adapter with its papers, and the rows that were held back for it."""

    dataset: DatasetReport
    training: TrainingReport
    writer: Writer
    rows: tuple[Row, ...]
    folder: Path  # of the dataset

    @property
    def weights(self) -> str:
        """The SHA-256 of the adapter's weights."""
        return self.training.files[WEIGHTS]


def settings_of(gate: Gate, decoding: Decoding) -> str:
    """Stands for what a verdict rests on besides adapter and rows; other settings, other evidence."""
    return digest_of(as_json([gate, decoding]))


def given(recipe: Recipe, run: Run) -> Given:
    """What the earlier stages left, if it belongs together and nobody touched it since."""
    prepare, tune = (f"python -m train {verb} {recipe.name}" for verb in ("prepare", "tune"))
    dataset = read_result(DatasetReport, run.dataset / "report.json", prepare)
    training = read_result(TrainingReport, run.adapter / "training.json", tune)
    writer = read_result(Writer, run.adapter / "writer.json", tune)
    check_files(run.adapter, {WEIGHTS: "not listed"} | training.files, tune)
    check_files(run.dataset, dataset.files, prepare)
    if training.dataset != digest_of_all(dataset.files):
        what = f"The adapter in {run.adapter} was trained on another dataset than the one in {run.dataset}."
        raise StageError(what, fix=tune)
    return Given(dataset, training, writer, _held_out(run, prepare), run.dataset)


def questions(recipe: Recipe, found: Given) -> Questions:
    """What the writers are asked, from the held-out rows."""
    writer, titles = found.writer, [str(row[recipe.asks_with]) for row in found.rows]
    return Questions(writer.message, requests(titles, writer), passages(found.rows, recipe, writer))


def references(recipe: Recipe, found: Given) -> dict[str, str]:
    """The held-out text that answers each title; of several, the one whose id sorts first."""
    rows = sorted(found.rows, key=lambda row: str(row["id"]), reverse=True)
    return {str(row[recipe.asks_with]): str(row["text"]) for row in rows}


def _held_out(run: Run, fix: str) -> tuple[Row, ...]:
    path = run.dataset / TEST
    rows = tuple(parquet.read_table(path).to_pylist()) if path.is_file() else ()
    if not rows:
        what = f"{run.dataset} holds no text back, so there is nothing to judge the adapter on: give the "
        raise StageError(what + "recipe more documents, or a larger split.test.", fix=fix)
    return rows
