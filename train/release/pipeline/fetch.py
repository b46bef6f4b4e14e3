"""`python -m train fetch`: an adapter that was trained elsewhere and staged on the Hub."""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from huggingface_hub import HfApi
from huggingface_hub.errors import RemoteEntryNotFoundError

from train import recipe as recipes
from train.client import visitor
from train.errors import ImprintError, StageError
from train.evaluate.report import Metrics
from train.patience import asked as answered
from train.patience import explained
from train.release.pipeline.plan import STAGED
from train.run import Run, read_result, replacing
from train.tune.key import ingredients
from train.tune.reuse import take_in
from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe

PAGE = Page(
    does="""Takes an adapter that was trained elsewhere and staged on the Hub, if it is of this very recipe,
    dataset and code; its evidence too, if it lies there.""",
    reads="a repository at a commit, with folders adapter/ and evidence/; runs/RECIPE/dataset",
    leaves="runs/RECIPE/adapter, as `tune` would have; runs/RECIPE/evidence",
    examples=(
        ("accelerate launch -m train tune blog", "on the machine with the GPUs, then"),
        ("python -m train evaluate blog", "there, too"),
        (
            "hf upload acme/staged runs/blog . --private \\\n    --include 'adapter/*' 'evidence/*'",
            "and hand it over",
        ),
        ("python -m train fetch blog --adapter acme/staged@COMMIT", "here, behind the same prepare"),
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    take_recipe(parser)
    told = "where it is staged: OWNER/NAME@COMMIT, a folder adapter/ and, if there is one, evidence/"
    parser.add_argument("--adapter", required=True, help=told)


def run(asked: argparse.Namespace) -> Answer:
    """Fetch the adapter and its evidence."""
    recipe = recipes.load(asked.recipe)
    run, api = Run(asked.runs / recipe.name), visitor()
    if not STAGED.fullmatch(asked.adapter):
        raise ImprintError(f"{asked.adapter!r} is not OWNER/NAME@COMMIT.", fix="python -m train fetch --help")
    repo, commit = asked.adapter.split("@")
    key = ingredients(recipe, run).key
    with explained(api.endpoint, again=f"python -m train fetch {asked.recipe} --adapter {asked.adapter}"):
        record = _read(api, repo, commit, "adapter/training.json")
        if record is None:
            what = f"{asked.adapter} has no adapter/training.json."
            raise StageError(what, fix=f"hf upload {repo} runs/{recipe.name} . --include 'adapter/*'")
        report = take_in(run, key, record, lambda names, to: _fetch(api, repo, commit, "adapter", names, to))
        judged = _take_evidence(api, repo, commit, run)
    told = "its evidence too" if judged else "it is still to be judged"
    return Answer(f"{report.parameters:,} LoRA weights from {asked.adapter}, {told}", report)


def _take_evidence(api: HfApi, repo: str, commit: str, run: Run) -> bool:
    """Take what is there; `evaluate` keeps it if it belongs to this adapter, and else judges anew."""
    listed = _read(api, repo, commit, "evidence/metrics.json")
    if listed is None:
        return False
    evaluate = f"python -m train evaluate {run.folder.name}"
    with replacing(run.evidence) as folder:
        (folder / "metrics.json").write_bytes(listed)
        metrics = read_result(Metrics, folder / "metrics.json", evaluate)
        _fetch(api, repo, commit, "evidence", _inside(metrics.files, evaluate), folder)
    return True


def _inside(names: Iterable[str], fix: str) -> list[str]:
    for name in names:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise StageError(f"metrics.json lists {name!r}.", fix=fix)
    return sorted(names)


def _fetch(api: HfApi, repo: str, commit: str, below: str, names: Sequence[str], folder: Path) -> None:
    for name in names:
        content = _read(api, repo, commit, f"{below}/{name}")
        if content is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)


def _read(api: HfApi, repo: str, commit: str, path: str) -> bytes | None:
    try:
        return Path(answered(lambda: api.hf_hub_download(repo, path, revision=commit))).read_bytes()
    except RemoteEntryNotFoundError:
        return None
