"""One sentence for each stage's result, as the command line and a rehearsal say it."""

from functools import singledispatch

from train.evaluate.checks import share
from train.evaluate.report import Metric, Metrics
from train.prepare.report import DatasetReport
from train.release.report import Bundle, Release
from train.tune.report import TrainingReport

TOLD = ("structure", "words_over_limit", "kept", "bits_per_byte")  # of an evaluation, in one line


@singledispatch
def outcome(result: object) -> str:
    """What came out of a stage, in one line."""
    raise TypeError(f"no sentence for {type(result).__name__}")


@outcome.register
def _(result: DatasetReport) -> str:
    rows = " + ".join(f"{result.rows[split]:,} {split}" for split in ("train", "validation", "test"))
    private = f" + {result.private:,} private" if result.private else ""
    return f"{result.kept:,} rows from {sum(result.read.values()):,} documents: {rows}{private}"


@outcome.register
def _(result: TrainingReport) -> str:
    fall = f"loss {result.loss[0].loss:.2f} → {result.loss[-1].loss:.2f}" if result.loss else "no loss logged"
    lacks = f"; no adapter.gguf: {result.no_gguf}" if result.no_gguf else ""
    return f"{result.parameters:,} LoRA weights, {result.steps:,} steps, {fall}{lacks}"


@outcome.register
def _(result: Metrics) -> str:
    told = [each for each in result.metrics if each.name in TOLD] or result.metrics
    figures = [f"{each.label} {_figure(each, each.base)} → {_figure(each, each.adapter)}" for each in told]
    return ", ".join(["a demo: too small a corpus for any claim"] * result.demo + figures)


def _figure(metric: Metric, value: float) -> str:
    """A share in per cent, any other figure as it is."""
    return share(value) if metric.unit == "share" else f"{value:.2f}"


@outcome.register
def _(result: Bundle) -> str:
    files = len(result.dataset) + len(result.adapter) + len(result.space)
    return f"{files} files for {result.version}, digest {result.digest[:12]}{_anyway(result)}"


@outcome.register
def _(result: Release) -> str:
    repositories = [each for each in (result.dataset, result.adapter, result.space) if each]
    places = ", ".join(f"{each.repo}@{each.commit[:7]}" for each in repositories)
    unasked = f"; the Space was not asked: {result.not_asked}" if result.not_asked else ""
    return f"{result.version}: {places}{unasked}{_anyway(result)}"


def _anyway(result: Bundle | Release) -> str:
    return f", though its gate is shut: {result.anyway}" if result.anyway else ""
