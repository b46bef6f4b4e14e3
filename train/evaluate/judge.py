"""The evaluate stage: an adapter and texts it has never seen in; figures, samples and a verdict out."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pyarrow import parquet

from train.errors import StageError
from train.evaluate import gate
from train.evaluate.ask import passages, requests
from train.evaluate.figures import Findings, figures
from train.evaluate.metrics.bits_per_byte import bits
from train.evaluate.report import Document, Metrics, Sample, Verdict
from train.prepare.report import DatasetReport
from train.recipe import Recipe
from train.run import (
    Run,
    as_json,
    check_files,
    digest_of,
    digest_of_all,
    digest_of_code,
    digests,
    finished,
    read_result,
    replacing,
    write_text,
)
from train.sections import Gate
from train.tune.report import TrainingReport, Writer

WEIGHTS = "adapter_model.safetensors"
TEST = "data/test-00000-of-00001.parquet"
CODE = ("train/evaluate", "train/prepare", "train/tune")  # outlines, word counts and prompts come from there


@dataclass(frozen=True)
class _Given:
    training: TrainingReport
    writer: Writer
    rows: tuple[Mapping[str, Any], ...]


def evaluate(recipe: Recipe, run: Run) -> Metrics:
    """Ask base and adapter the same things, and leave figures, samples and a verdict in `run.evidence`."""
    given = _given(recipe, run)
    adapter_files = digest_of_all(given.training.files)
    key = digest_of(given.training.dataset, adapter_files, as_json(recipe.gate), digest_of_code(*CODE))
    if done := finished(Metrics, run.evidence / "metrics.json", key):
        return done
    base, adapter = _findings(recipe, run, given)
    metrics = Metrics(
        key=key,
        recipe=recipe.name,
        adapter=given.training.files[WEIGHTS],
        dataset=given.training.dataset,
        titles=len(adapter.samples),
        documents=len(adapter.costs),
        metrics=figures(base, adapter),
        files={},
    )
    with replacing(run.evidence) as folder:
        return _write(folder, metrics, recipe.gate, base, adapter)


def table(metrics: Metrics, verdict: Verdict) -> str:
    """The figures of base and adapter side by side, then the gate's sentences, for a terminal."""
    width = max(len(metric.label) for metric in metrics.metrics)
    rows = [f"{'':{width}}     base  adapter"]
    rows += [
        f"{each.label:{width}}  {each.base:7.3f}  {each.adapter:7.3f}  ({each.better} is better, {each.over})"
        for each in metrics.metrics
    ]
    rows += ["", *(f"{'passed' if each.passed else 'FAILED'}  {each.sentence}" for each in verdict.checks)]
    rows += ["The gate is open." if verdict.passed else "The gate is shut: this version cannot be published."]
    return "\n".join(rows)


def _given(recipe: Recipe, run: Run) -> _Given:
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
    return _Given(training, writer, _held_out(run, prepare))


def _held_out(run: Run, fix: str) -> tuple[Mapping[str, Any], ...]:
    path = run.dataset / TEST
    rows = tuple(parquet.read_table(path).to_pylist()) if path.is_file() else ()
    if not rows:
        what = f"{run.dataset} holds no text back, so there is nothing to judge the adapter on: give the "
        raise StageError(what + "recipe more documents, or a larger split.test.", fix=fix)
    return rows


def _findings(recipe: Recipe, run: Run, given: _Given) -> tuple[Findings, Findings]:
    from train.evaluate.findings import findings  # torch takes seconds: only if there is something to do

    asked = requests([row[recipe.asks_with] for row in given.rows], given.writer)
    unseen = passages(given.rows, recipe, given.writer)
    return findings(run.adapter, given.writer, given.training, asked, unseen)


def _write(folder: Path, metrics: Metrics, asked: Gate, base: Findings, adapter: Findings) -> Metrics:
    pairs = zip(base.samples, adapter.samples, strict=True)
    write_text(folder / "samples.jsonl", _lines(each for pair in pairs for each in pair))
    costs = zip(base.costs, adapter.costs, strict=True)
    documents = (Document(one.id, one.bytes, bits(one), bits(other)) for one, other in costs)
    write_text(folder / "documents.jsonl", _lines(documents))
    write_text(folder / "gate.json", as_json(gate.judge(metrics, asked)))
    whole = replace(metrics, files=digests(folder))
    write_text(folder / "metrics.json", as_json(whole))
    return whole


def _lines(values: Iterable[Sample | Document]) -> str:
    return "".join(f"{json.dumps(asdict(each), sort_keys=True, ensure_ascii=False)}\n" for each in values)
