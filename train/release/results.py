"""What the stages before left, read and held against one another: a version is made of one run."""

from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from train.errors import StageError
from train.evaluate.audited import RETURNED
from train.evaluate.report import GATE, SAMPLES, Metrics, Sample, Verdict, seal
from train.prepare.report import DatasetReport
from train.run import Run, check_files, digest_of_all, digest_of_file, read_result
from train.tune.report import TrainingReport, Writer

WEIGHTS = "adapter_model.safetensors"


@dataclass(frozen=True)
class Results:
    """The results of `prepare`, `tune` and `evaluate`, found to belong together."""

    dataset: DatasetReport
    training: TrainingReport
    writer: Writer
    metrics: Metrics
    verdict: Verdict
    samples: tuple[Sample, ...]
    weights: str  # SHA-256
    anyway: str = ""  # why it is published though the gate is shut; empty: the gate is open

    @property
    def rows(self) -> str:
        """The digest of the dataset's files, as the later stages record it."""
        return digest_of_all(self.dataset.files)


def read(run: Run, recipe: str, anyway: str = "") -> Results:
    """The run's results; an error names what is missing, stale or changed, and the stage to run again.

    A shut gate is such an error, unless there is a reason to publish anyway.
    """
    prepare, tune, evaluate = (f"python -m train {verb} {recipe}" for verb in ("prepare", "tune", "evaluate"))
    dataset = read_result(DatasetReport, run.dataset / "report.json", prepare)
    check_files(run.dataset, dataset.files, prepare)
    training = read_result(TrainingReport, run.adapter / "training.json", tune)
    check_files(run.adapter, training.files, tune)
    metrics = read_result(Metrics, run.evidence / "metrics.json", evaluate)
    check_files(run.evidence, dict.fromkeys((GATE, SAMPLES), "not listed") | metrics.files, evaluate)
    results = Results(
        dataset=dataset,
        training=training,
        writer=read_result(Writer, run.adapter / "writer.json", tune),
        metrics=metrics,
        verdict=read_result(Verdict, run.evidence / "gate.json", evaluate),
        samples=_samples(run.evidence / "samples.jsonl", evaluate),
        weights=_digest(run.adapter / WEIGHTS, tune),
    )
    _check_chain(results, run, tune, evaluate)
    return replace(results, anyway=override(results.verdict, anyway, tune))


def _digest(path: Path, fix: str) -> str:
    try:
        return digest_of_file(path)
    except FileNotFoundError as error:
        raise StageError(f"{path} is missing.", fix=fix) from error


def _samples(path: Path, fix: str) -> tuple[Sample, ...]:
    try:
        lines = path.read_bytes().splitlines()
        return tuple(map(TypeAdapter(Sample).validate_json, lines))
    except FileNotFoundError as error:
        raise StageError(f"{path} is missing.", fix=fix) from error
    except ValidationError as error:
        raise StageError(f"{path} has a line that is no sample.", fix=fix) from error


def _check_chain(results: Results, run: Run, tune: str, evaluate: str) -> None:
    if results.training.dataset != results.rows:
        raise StageError(f"The adapter learned from other rows than those in {run.dataset}.", fix=tune)
    if results.metrics.adapter != results.weights:
        raise StageError(
            f"The evidence belongs to another adapter than the one in {run.adapter}.", fix=evaluate
        )
    if results.metrics.dataset != results.rows:
        raise StageError(f"The evidence belongs to other rows than those in {run.dataset}.", fix=evaluate)
    if results.verdict.key != seal(results.metrics):
        raise StageError(
            f"{run.evidence / 'gate.json'} judges other figures than metrics.json.", fix=evaluate
        )


def override(verdict: Verdict, reason: str, fix: str) -> str:
    """The reason for which a version goes out though the gate is shut; empty if the gate is open.

    No reason publishes personal data that had been removed, or a version that nobody judged.
    """
    failed = [check for check in verdict.checks if check.level == "block" and not check.passed]
    if verdict.passed and not failed:
        return ""
    final = [check.sentence for check in failed if check.metric == RETURNED]
    said = " ".join(check.sentence for check in failed) or "no check was made."
    if not reason or not failed:
        raise _closed(said, fix, may_go_out=bool(failed) and not final)
    if final:
        raise StageError(f"The gate is closed, whatever the reason: {' '.join(final)}", fix=fix)
    return reason


def _closed(said: str, fix: str, *, may_go_out: bool) -> StageError:
    """What is wrong, and what else than mending it there is to do."""
    error = StageError(f"The gate is closed: {said}", fix=fix)
    if may_go_out:
        way = '`bundle` with --publish-anyway "why" publishes it all the same'
        error.add_note(f"{way}, and its card prints the reason.")
    return error
