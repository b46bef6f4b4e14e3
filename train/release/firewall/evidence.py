"""Whether the results in a bundle belong to its very rows and weights, and the verdict to the results."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from train import recipe as recipes
from train.errors import ImprintError, StageError
from train.evaluate.gate import judge
from train.evaluate.given import settings_of
from train.evaluate.report import Audit, Metrics, Verdict, seal
from train.prepare.report import DatasetReport
from train.prepare.write import file_of
from train.recipe import Recipe
from train.release.existing import KINDS
from train.release.firewall.documents import UnreadableError, decoded
from train.release.firewall.found import Leak
from train.release.firewall.rows import count_rows
from train.release.firewall.seals import of_cards, of_provenance, of_sums, read_json
from train.release.payload import Files, Payload
from train.release.provenance import digest_of_parts
from train.release.report import Bundle
from train.release.results import WEIGHTS, override
from train.run import as_json, digest_of_all, read_result
from train.tune.report import TrainingReport, Writer

REPORT, TRAINING, WRITER = "dataset/report.json", "adapter/training.json", "adapter/writer.json"
METRICS, VERDICT = "adapter/evidence/metrics.json", "adapter/evidence/gate.json"
RECIPE, CONFIG, AUDIT = "adapter/recipe.yaml", "adapter/adapter_config.json", "adapter/evidence/audit.json"


@dataclass(frozen=True)
class _Results:
    report: DatasetReport
    training: TrainingReport
    writer: Writer
    metrics: Metrics
    verdict: Verdict


def unproven(bundle: Bundle, folder: Path, files: Payload) -> Iterator[Leak]:
    """What in a bundle speaks of other files than those that lie there."""
    steps: tuple[Callable[[], Iterator[Leak]], ...] = (
        partial(of_cards, folder),
        partial(of_sums, folder, files),
        partial(of_provenance, bundle, folder, files),
        partial(_of_results, bundle, folder, files),
    )
    for step in steps:
        try:
            yield from step()
        except (ImprintError, UnreadableError) as error:
            yield Leak("", str(error).removesuffix("."), file="evidence")


def _of_results(bundle: Bundle, folder: Path, files: Payload) -> Iterator[Leak]:
    results = _Results(
        read_result(DatasetReport, folder / REPORT, fix=""),
        read_result(TrainingReport, folder / TRAINING, fix=""),
        read_result(Writer, folder / WRITER, fix=""),
        read_result(Metrics, folder / METRICS, fix=""),
        read_result(Verdict, folder / VERDICT, fix=""),
    )
    yield from _of_chain(results, bundle, folder, files)
    yield from _of_rows(results.report, folder)
    yield from _of_verdict(results, bundle, folder)


def _of_chain(results: _Results, bundle: Bundle, folder: Path, files: Payload) -> Iterator[Leak]:
    training, writer, metrics = results.training, results.writer, results.metrics
    rows, base = digest_of_all(results.report.files), (bundle.base, bundle.base_revision)
    weights = files.adapter.get(WEIGHTS)
    held = (
        (TRAINING, "rows", training.dataset == rows),
        (TRAINING, "base", (training.base, training.base_revision) == base),
        (WRITER, "base", (writer.base, writer.base_revision) == base),
        (CONFIG, "base", _configured(folder / CONFIG) == base),
        (METRICS, "rows", metrics.dataset == rows),
        (METRICS, "weights", bool(weights) and metrics.adapter == getattr(weights, "sha256", "")),
    )
    for file, what, is_same in held:
        if not is_same:
            yield Leak("", f"it speaks of other {what} than the bundle's", file=file)
    if bundle.digest != digest_of_parts({part: _digests(getattr(files, part)) for part in KINDS}):
        yield Leak("", "its digest is not that of its files", file="bundle.json")
    yield from _listed(REPORT, results.report.files, files.dataset, "")
    yield from _listed(TRAINING, training.files, files.adapter, "")
    yield from _listed(METRICS, metrics.files, files.adapter, "evidence/")


def _digests(files: Files) -> dict[str, str]:
    return {path: file.sha256 for path, file in files.items()}


def _configured(path: Path) -> tuple[Any, Any]:
    config = read_json(path)
    named = config if isinstance(config, dict) else {}
    return named.get("base_model_name_or_path"), named.get("revision")


def _listed(name: str, listed: Mapping[str, str], files: Files, below: str) -> Iterator[Leak]:
    """Files that a result lists and that are published, with other bytes."""
    for path, digest in sorted(listed.items()):
        file = files.get(below + path)
        if file and file.sha256 != digest:
            yield Leak("", f"it was written beside another {below}{path}", file=name)


def _of_rows(report: DatasetReport, folder: Path) -> Iterator[Leak]:
    for split, number in sorted(report.rows.items()):
        if count_rows(folder / "dataset" / file_of(split)) != number:
            yield Leak("", f"the split {split} has not the {number} rows that it counted", file=REPORT)


def _of_verdict(results: _Results, bundle: Bundle, folder: Path) -> Iterator[Leak]:
    recipe = _recipe(folder / RECIPE)
    settings = settings_of(recipe.gate, results.writer.decoding)
    if (recipe.name, recipe.title, recipe.publish) != (bundle.recipe, bundle.title, bundle.publish):
        yield Leak("", "it is another recipe than the bundle's", file=RECIPE)
    if results.metrics.settings != settings:
        yield Leak("", "another gate or decoding than the recipe's judged it", file=METRICS)
    if results.verdict.key != seal(results.metrics):
        yield Leak("", "it judges other figures than those of metrics.json", file=VERDICT)
    elif (folder / AUDIT).is_file():
        again = judge(recipe, results.metrics, read_result(Audit, folder / AUDIT, fix=""))
        if as_json(again) != as_json(results.verdict):
            yield Leak("", "the gate, asked again, says something else", file=VERDICT)
    override(results.verdict, bundle.anyway, fix="")


def _recipe(path: Path) -> Recipe:
    if not path.is_file():
        raise StageError(f"{path} is missing.")
    return recipes.parse(decoded(path.read_bytes()), RECIPE)
