"""What a stranger who knows only the Hub's address does with a version, each in a fresh process."""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as parquet
from pydantic import TypeAdapter

from train.errors import ImprintError
from train.evaluate.report import SAMPLES, Metrics, Sample
from train.recipe import Recipe
from train.rehearse.demo import PROOFS, address, opened
from train.rehearse.ports import free_port
from train.rehearse.promises import Asked, Evidence, Point, promise_of, told
from train.rehearse.steps import QUIET, Step, Task, step
from train.release.report import Published, Release
from train.run import Run, read_result

REQUESTS = 2  # of each writer's examples


@dataclass(frozen=True)
class Version:
    """One version as it was released, and the run that it came from."""

    recipe: Recipe
    run: Run
    release: Release


@dataclass(frozen=True)
class Proved:
    """What a version promised and showed: its figures, and what its Space wrote."""

    recipe: str
    promise: str
    points: tuple[Point, ...]
    asked: tuple[Asked, ...]
    flaws: tuple[str, ...] = ()  # what is not as promised


@dataclass(frozen=True)
class Stranger:
    """Somebody without token or cache: only the Hub's address, and an empty folder."""

    environment: Mapping[str, str]
    home: Path


@dataclass
class Answers:
    """What the writers of a Space wrote, by writer; none until they were asked."""

    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def hear(self, line: str) -> str:
        """Keep what a stranger brought back; how much it is."""
        self.texts = json.loads(line)
        writers = "its writer" if len(self.texts) == 1 else f"{len(self.texts)} writers"
        return f"{sum(map(len, self.texts.values()))} texts from {writers} in the Space"


@contextmanager
def stranger(endpoint: str) -> Iterator[Stranger]:
    """A stranger, for as long as the block lasts."""
    with TemporaryDirectory(prefix="imprint-stranger-") as home:
        yield Stranger(environment(endpoint, Path(home)), Path(home))


def proofs(version: Version, endpoint: str) -> tuple[Step, ...]:
    """Load the adapter both ways, the dataset, and ask the Space, all by tag; an error if any is wrong."""
    with stranger(endpoint) as who:
        loaded = tuple(map(step, loading(version, who)))
        if version.release.space is None:
            return (*loaded, Step("ask", "a pre-release leaves the Space alone", 0.0))
        proved, asked = _asked(version, who)
    return (*loaded, asked, Step("promise", f"{proved.promise}: {figures(proved)}", 0.0))


def environment(endpoint: str, home: Path) -> dict[str, str]:
    """A process environment without token or cache: only the Hub's address."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    return mine | QUIET | {"HF_ENDPOINT": endpoint, "HF_HOME": str(home / "hf")}


def loading(version: Version, who: Stranger) -> tuple[Task, Task]:
    """Load the adapter both ways, and the dataset, with the code on their cards."""
    release, run = version.release, version.run

    def same_logits(line: str) -> str:
        seen = json.loads(line)
        _insist(release, seen["same_logits"], "AutoPeftModelForCausalLM and PeftModel give different logits")
        _insist(release, seen["changes_the_base"], "the adapter changes nothing")
        return f"AutoPeftModelForCausalLM and PeftModel give the same logits over {seen['base'][:-33]}"

    def same_rows(line: str) -> str:
        seen, ours = json.loads(line), _digests(run)
        _insist(release, seen == ours, "load_dataset gives other rows than were prepared")
        return f"load_dataset gives the same rows in {len(ours)} splits"

    adapter = (str(PROOFS / "adapter.py"), release.adapter.repo, release.version)
    rows = (str(PROOFS / "rows.py"), release.dataset.repo, release.version)
    return (
        Task("load", adapter, who.environment, who.home, same_logits),
        Task("rows", rows, who.environment, who.home, same_rows),
    )


def asking(versions: Sequence[Version], url: str, who: Stranger, answers: Answers) -> Task:
    """Ask a Space's writers for some texts, which are left in `answers`."""
    requests = json.dumps({each.recipe.name: _requests(each.recipe) for each in versions})
    return Task("ask", (str(PROOFS / "ask.py"), url, requests), who.environment, who.home, answers.hear)


def prove(version: Version, answers: Answers) -> Proved:
    """What the writer showed, and what of it is not as its recipe promises."""
    texts = answers.texts[version.recipe.name]
    limit = next((each.default for name, each in version.recipe.inputs.items() if name == "words"), None)
    requests = _requests(version.recipe)
    asked = tuple(Asked(str(request[0]), limit, text) for request, text in zip(requests, texts, strict=True))
    promise = promise_of(version.recipe)
    points = tuple(promise.points(evidence(version.run)))
    flaws = [f"{point.label}: {point.base} → {point.adapter}" for point in points if not point.holds]
    flaws += [f"on “{each.request}” it wrote {flaw}" for each in asked if (flaw := promise.flaw(each))]
    return Proved(version.recipe.name, promise.words, points, asked, tuple(flaws))


def insist(proved: Sequence[Proved]) -> None:
    """Refuse writers that do not keep their promises."""
    if broken := [f"{each.recipe} ({'; '.join(each.flaws)})" for each in proved if each.flaws]:
        what = f"Published, but not what was promised: {', '.join(broken)}."
        raise ImprintError(what, fix="python -m train hub")


def figures(proved: Proved) -> str:
    """The figures, from the base's to the adapter's."""
    return ", ".join(point.told for point in proved.points)


def _asked(version: Version, who: Stranger) -> tuple[Proved, Step]:
    began, answers = time.monotonic(), Answers()
    with _served(version, who) as url:
        done = step(asking([version], url, who, answers))
    proved = prove(version, answers)
    insist([proved])
    took = round(time.monotonic() - began, 1)  # from download to answer
    return proved, replace(done, came_out=f"the Space wrote {told(proved.asked[0])}", seconds=took)


@contextmanager
def _served(version: Version, who: Stranger) -> Iterator[str]:
    """The Space where it runs on the embedded Hub, or else started here; its address."""
    if not version.release.not_asked:
        yield address(version.recipe.publish.space, who.environment["HF_ENDPOINT"])
        return
    with opened(space_of(version.release), who.environment, who.home / "space", free_port()) as url:
        yield url


def space_of(release: Release) -> Published:
    """Where a version is served; an error for one that no Space serves."""
    if release.space is None:
        what = f"{release.version} is a pre-release; the Space was left as it is."
        raise ImprintError(what, fix="make rehearse VERSION=v0.1.0")
    return release.space


def _requests(recipe: Recipe) -> list[list[str | int | None]]:
    others = [each.default for each in recipe.inputs.values() if each.choices]
    return [[example, *others] for example in recipe.inputs[recipe.message].examples[:REQUESTS]]


def evidence(run: Run) -> Evidence:
    """The figures and texts of a version, as they were published."""
    folder = run.bundle / "adapter" / "evidence"
    metrics = read_result(Metrics, folder / "metrics.json", fix="python -m train hub")
    lines = (folder / SAMPLES).read_bytes().splitlines()
    return Evidence.of(metrics, list(map(TypeAdapter(Sample).validate_json, lines)))


def _digests(run: Run) -> dict[str, str]:
    return {
        path.name.split("-")[0]: _digest(path) for path in sorted((run.dataset / "data").glob("*.parquet"))
    }


def _digest(path: Path) -> str:
    lines = [json.dumps(row, sort_keys=True) for row in parquet.read_table(path).to_pylist()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _insist(release: Release, holds: bool, otherwise: str) -> None:
    if not holds:
        what = f"{release.recipe} {release.version} is published, but {otherwise}."
        raise ImprintError(what, fix="python -m train hub")
