"""`summary.html`: what is known of every released writer, put together for its page."""

from collections.abc import Sequence
from pathlib import Path

from train.evaluate.measures import LIMIT
from train.evaluate.report import GATE, Metrics, Sample, Verdict
from train.rehearse.page import Link, Writer, page
from train.rehearse.promises import Asked
from train.rehearse.prove import Proved, Version, evidence
from train.rehearse.scale import SPACE
from train.rehearse.table import HUB
from train.run import read_result, write_text

NAME = "summary.html"
AGAIN = "make rehearse RECIPE=all"
TEXTS = 2  # of each writer


def write_summary(runs: Path, versions: Sequence[Version], proved: Sequence[Proved]) -> Path:
    """Leave the page in `runs`; its path."""
    writers = [_writer(*each) for each in zip(versions, proved, strict=True)]
    space = Link(SPACE, f"{HUB}/spaces/{SPACE}")
    write_text(runs / NAME, page(writers, space))
    return runs / NAME


def _writer(version: Version, proved: Proved) -> Writer:
    bundle = version.run.bundle / "adapter"
    metrics = read_result(Metrics, bundle / "evidence" / "metrics.json", AGAIN)
    verdict = read_result(Verdict, bundle / "evidence" / GATE, AGAIN)
    recipe = version.recipe
    return Writer(
        name=recipe.name,
        title=recipe.title,
        version=version.release.version,
        promise=proved.promise,
        gate=_gate(verdict),
        is_open=verdict.passed,
        judged=f"{metrics.titles:,} texts asked for, {metrics.documents:,} unseen texts read",
        points=proved.points,
        asked=_written(evidence(version.run).samples),
        loss=(bundle / "loss.svg").read_text(encoding="utf-8"),
        base=recipe.base,
        links=_links(version),
        flaws=proved.flaws,
    )


def _written(samples: Sequence[Sample]) -> tuple[Asked, ...]:
    """The first texts that came to an end; a Space may write others on a machine that is busy."""
    whole = [each for each in samples if each.writer == "adapter" and each.finished][:TEXTS]
    return tuple(Asked(each.title, _limit(each), each.text) for each in whole)


def _limit(sample: Sample) -> int | None:
    words = sample.inputs.get(LIMIT)
    return words if isinstance(words, int) else None


def _gate(verdict: Verdict) -> str:
    blocking = [each for each in verdict.checks if each.level == "block"]
    held = sum(each.passed for each in blocking)
    better = "; it may be called better than its base" if verdict.better_than_base else ""
    return f"{held} of {len(blocking)} checks passed{better}"


def _links(version: Version) -> tuple[Link, ...]:
    name, release = version.recipe.name, version.release
    tag = release.version
    return (
        Link("the whole report", f"{name}/evidence/report.html"),
        Link("its card, in Markdown", f"{name}/bundle/adapter/README.md"),
        Link("adapter on the Hub", f"{HUB}/{release.adapter.repo}/tree/{tag}"),
        Link("dataset on the Hub", f"{HUB}/datasets/{release.dataset.repo}/tree/{tag}"),
    )
