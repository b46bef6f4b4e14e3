"""`python -m train summary`: a bundle, its figures and what became of it, as Markdown for the workflows."""

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cards.markdown import text
from train import recipe as recipes
from train.evaluate.report import Metric, Metrics, Verdict
from train.release.report import Bundle, Published, Release
from train.run import Run, read_result
from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe

PAGE = Page(
    does="""Sums up a bundle as Markdown: its repositories and files, its figures beside the base's, what the
    gate said. For the page of a workflow's run, and the notes of a release.""",
    reads="runs/RECIPE/bundle, and release.json if it was released",
    leaves="nothing; with --assets a folder with checksums, provenance and metrics",
    examples=(
        ("python -m train summary blog", "as Markdown"),
        ("python -m train summary blog --assets assets > notes.md", "and the files of a release on GitHub"),
        ("python -m train summary blog --json | jq .verdict.passed", "whether the gate is open"),
    ),
)
ASSETS = {  # name at a release, where all lie side by side -> path in the bundle
    "SHA256SUMS.adapter": "adapter/SHA256SUMS",
    "SHA256SUMS.dataset": "dataset/SHA256SUMS",
    "metrics.json": "adapter/evidence/metrics.json",
    "provenance.adapter.json": "adapter/provenance.json",
    "provenance.dataset.json": "dataset/provenance.json",
}
_VERDICTS = {"block": "FAILED", "warn": "warned"}


@dataclass(frozen=True)
class Summary:
    """A bundle, how it did, and where its parts are if they are published."""

    bundle: Bundle
    metrics: Metrics
    verdict: Verdict
    published: dict[str, Published | None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    take_recipe(parser)
    parser.add_argument("--assets", metavar="FOLDER", type=Path, help="a folder to put a release's files in")


def run(asked: argparse.Namespace) -> Answer:
    """Sum up, and copy the files if a folder is named."""
    recipe = recipes.load(asked.recipe)
    run = Run(asked.runs / recipe.name)
    summary = _read(run, recipe.name)
    if asked.assets:
        asked.assets.mkdir(parents=True, exist_ok=True)
        for name, path in ASSETS.items():
            shutil.copyfile(run.bundle / path, asked.assets / name)
    return Answer("\n".join(lines(run, recipe.name)), summary)


def _read(run: Run, recipe: str) -> Summary:
    again, evidence = f"python -m train bundle {recipe}", run.bundle / "adapter" / "evidence"
    bundle = read_result(Bundle, run.bundle / "bundle.json", again)
    metrics = read_result(Metrics, evidence / "metrics.json", again)
    verdict = read_result(Verdict, evidence / "gate.json", again)
    return Summary(bundle, metrics, verdict, _published(run, recipe, bundle))


def lines(run: Run, recipe: str) -> Iterator[str]:
    """The summary: version, repositories, figures, and what the gate said."""
    summary = _read(run, recipe)
    bundle, metrics, verdict = summary.bundle, summary.metrics, summary.verdict
    yield from (f"## {text(bundle.title)} {bundle.version}", "")
    yield from _repositories(bundle, summary.published)
    yield from ("", *_figures(metrics), "", *_gate(verdict, bundle.anyway))
    yield from ("", f"Base `{bundle.base}` at `{bundle.base_revision}`. Bundle `{bundle.digest}`.")


def _published(run: Run, recipe: str, bundle: Bundle) -> dict[str, Published | None]:
    """Where the parts are, if this very bundle was published."""
    path = run.folder / "release.json"
    if not path.is_file():
        return {}
    release = read_result(Release, path, f"python -m train release {recipe}")
    if release.digest != bundle.digest:
        return {}
    return {"dataset": release.dataset, "adapter": release.adapter, "space": release.space}


def _repositories(bundle: Bundle, published: dict[str, Published | None]) -> Iterator[str]:
    sizes = {"dataset": len(bundle.dataset), "adapter": len(bundle.adapter), "space": len(bundle.space)}
    yield from ("| part | repository | files | commit |", "|---|---|--:|---|")
    for (part, files), repo in zip(sizes.items(), bundle.publish.repositories, strict=True):
        place = published.get(part)
        commit = f"`{place.commit}`" if place else "left alone" if published else "to be approved"
        yield f"| {part} | {text(repo)} | {files} | {commit} |"


def _figures(metrics: Metrics) -> Iterator[str]:
    last = f" {metrics.last.version} |" if metrics.last else ""
    yield f"| on what training never saw | this adapter | base |{last}"
    yield "|---|--:|--:|" + ("--:|" if last else "")
    for each in metrics.metrics:
        figures = [each.adapter, each.base, *([each.last] if last else [])]
        yield f"| {text(each.label)} | " + " | ".join(_figure(each, value) for value in figures) + " |"
    if metrics.demo:
        yield from ("", "Too small a corpus for any claim: a demo.")


def _figure(metric: Metric, value: float | None) -> str:
    if value is None or value != value:  # no figure
        return "none"
    return f"{value:.1%}" if metric.unit == "share" else f"{value:.3f}"


def _gate(verdict: Verdict, anyway: str) -> Iterator[str]:
    yield "The gate is open." if verdict.passed else "**The gate is shut.**"
    if anyway:
        yield f"Published anyway: {text(anyway)}"
    yield ""
    for check in verdict.checks:
        if not check.passed and check.level in _VERDICTS:
            yield f"- {_VERDICTS[check.level]}: {text(check.sentence)}"
