"""What a stranger who knows only the Hub's address does with a version, each in a fresh process."""

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as parquet

from train.errors import ImprintError
from train.evaluate.metrics.topic import on_topic
from train.prepare.outline import outline
from train.prepare.words import count
from train.recipe import Recipe
from train.rehearse.demo import PROOFS, address, free_port, opened
from train.rehearse.steps import QUIET, Step, step
from train.release.report import Release
from train.run import Run


def proofs(recipe: Recipe, run: Run, release: Release, endpoint: str) -> tuple[Step, ...]:
    """Load the adapter both ways, the dataset, and ask the Space, all by tag; an error if any is wrong."""
    with TemporaryDirectory(prefix="imprint-stranger-") as home:
        stranger = environment(endpoint, Path(home))
        return (
            _adapter(release, stranger, Path(home)),
            _rows(run, release, stranger, Path(home)),
            _space(recipe, release, stranger, Path(home)),
        )


def environment(endpoint: str, home: Path) -> dict[str, str]:
    """A process environment without token or cache: only the Hub's address."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    return mine | QUIET | {"HF_ENDPOINT": endpoint, "HF_HOME": str(home / "hf")}


def _adapter(release: Release, stranger: Mapping[str, str], home: Path) -> Step:
    def read(line: str) -> str:
        seen = json.loads(line)
        _insist(seen["same_logits"], "AutoPeftModelForCausalLM and PeftModel give different logits")
        _insist(seen["changes_the_base"], "the adapter changes nothing")
        return f"AutoPeftModelForCausalLM and PeftModel give the same logits over {seen['base'][:-33]}"

    arguments = (release.adapter.repo, release.version)
    return step("load", (str(PROOFS / "adapter.py"), *arguments), stranger, home, read)


def _rows(run: Run, release: Release, stranger: Mapping[str, str], home: Path) -> Step:
    def read(line: str) -> str:
        seen, ours = json.loads(line), _digests(run)
        _insist(seen == ours, "load_dataset gives other rows than were prepared")
        return f"load_dataset gives the same rows in {len(ours)} splits"

    arguments = (release.dataset.repo, release.version)
    return step("rows", (str(PROOFS / "rows.py"), *arguments), stranger, home, read)


def _digests(run: Run) -> dict[str, str]:
    return {
        path.name.split("-")[0]: _digest(path) for path in sorted((run.dataset / "data").glob("*.parquet"))
    }


def _digest(path: Path) -> str:
    lines = [json.dumps(row, sort_keys=True) for row in parquet.read_table(path).to_pylist()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _space(recipe: Recipe, release: Release, stranger: Mapping[str, str], home: Path) -> Step:
    title = recipe.inputs[recipe.message].examples[0]
    request = json.dumps([title] + [each.default for each in recipe.inputs.values() if each.choices])

    def read(line: str) -> str:
        return _promised(recipe, title, json.loads(line)["text"])

    if release.space is None:
        return Step("ask", "a pre-release leaves the Space alone", 0.0)
    if not release.not_asked:  # then it runs on the embedded Hub, at this version
        url = address(release.space.repo, stranger["HF_ENDPOINT"])
        return step("ask", (str(PROOFS / "ask.py"), url, request), stranger, home, read)
    began = time.monotonic()
    with opened(release, stranger, home / "space", free_port()) as url:
        asked = step("ask", (str(PROOFS / "ask.py"), url, request), stranger, home, read)
    return replace(asked, seconds=round(time.monotonic() - began, 1))  # from download to answer


def _promised(recipe: Recipe, asked: str, text: str) -> str:
    """What the Space wrote, in a phrase; an error if it is not what this recipe promises."""
    parts = outline(text)
    if recipe.keep.structure == "required":
        _insist(parts.title == asked and len(parts.sections) > 1, f"the Space did not write a post:\n{text}")
        return f"the Space wrote “{asked}” in {len(parts.sections)} sections"
    _insist(count(text) > 0, "the Space wrote nothing")
    if recipe.pairs:
        _insist(text != asked, f"the Space said the same again:\n{text}")
        return f"the Space said “{text}”"
    _insist(on_topic(text, asked), f"the Space did not write about “{asked}”:\n{text}")
    return f"the Space wrote {count(text)} words on “{asked}”"


def _insist(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ImprintError(f"The version is published, but {otherwise}.", fix="python -m train hub")
