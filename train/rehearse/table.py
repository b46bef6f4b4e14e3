"""What a rehearsal tells in a terminal when it is done."""

import argparse
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from train.rehearse.prove import Proved, figures
from train.rehearse.scale import SPACE
from train.rehearse.steps import Step
from train.release.report import Release

WIDTH = 80
HUB = "http://127.0.0.1:8765"


@dataclass(frozen=True)
class Rehearsal:
    """`rehearsal.json`: every step of a rehearsal, and the version it left on the embedded Hub."""

    release: Release
    steps: tuple[Step, ...]
    seconds: float


@dataclass(frozen=True)
class Everything:
    """What came of all recipes: their versions, what each showed, and how long it took."""

    writers: tuple[Rehearsal, ...]
    proved: tuple[Proved, ...]
    proofs: tuple[Step, ...]
    page: str
    seconds: float


def summary(rehearsal: Rehearsal, asked: argparse.Namespace) -> str:
    """What was done, where the version is, and where to look next."""
    release, runs = rehearsal.release, asked.runs
    recipe = "" if asked.recipe == "blog" else f" RECIPE={asked.recipe}"
    lines = [
        "",
        *_row("stage", "what came out", "seconds"),
        *_steps(rehearsal.steps),
        *_row("total", "", f"{rehearsal.seconds:.1f}"),
        "",
        f"{release.version} is on the embedded Hub; `{_serving(runs)}` shows it:",
        f"  dataset  {HUB}/datasets/{release.dataset.repo}",
        f"  adapter  {HUB}/{release.adapter.repo}",
        *([f"  space    {HUB}/spaces/{release.space.repo}"] if release.space else []),
        "",
        f"Next:  make space{recipe} opens the demo on this adapter;",
        f"       {runs / release.recipe / 'bundle' / 'adapter' / 'README.md'} is its card.",
    ]
    return "\n".join(lines)


def several(done: Everything, asked: argparse.Namespace) -> str:
    """The same of all recipes: a line for each, and what a stranger found."""
    lines = [
        "",
        *_row("recipe", "what it shows, from the base to the adapter", "seconds"),
        *(line for each in zip(done.writers, done.proved, strict=True) for line in _writer(*each)),
        *_steps(done.proofs),
        *_row("total", "less than the sum: recipes are made side by side", f"{done.seconds:.1f}"),
        "",
        f"{len(done.writers)} versions are on the embedded Hub; `{_serving(asked.runs)}` shows them:",
        *(f"  {each.release.recipe:<9} {HUB}/{each.release.adapter.repo}" for each in done.writers),
        f"  {'space':<9} {HUB}/spaces/{SPACE}",
        "",
        "Next:  make space RECIPE=all opens the Space in which all of them write;",
        f"       {done.page} shows what each of them wrote.",
    ]
    return "\n".join(lines)


def _writer(rehearsal: Rehearsal, proved: Proved) -> list[str]:
    told = f"{rehearsal.release.version}: {figures(proved)}"
    return _row(rehearsal.release.recipe, told, f"{rehearsal.seconds:.1f}")


def _serving(runs: Path) -> str:
    return "make hub" if runs == Path("runs") else f"python -m train hub --data {runs / 'hub'}"


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    for each in steps:
        yield from _row(each.name, each.came_out, f"{each.seconds:.1f}")


def _row(name: str, came_out: str, seconds: str) -> list[str]:
    """One step as a line, or as several if it has much to say."""
    first, *others = textwrap.wrap(came_out, WIDTH, break_on_hyphens=False) or [""]
    return [f"{name:<9} {first:<{WIDTH}} {seconds:>8}", *(f"{'':<9} {each}" for each in others)]
