"""An adapter that was trained before: the same rows, recipe, packages and code, so nothing is trained."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

import httpx2
from huggingface_hub import HfApi, is_offline_mode
from huggingface_hub.errors import (
    HfHubHTTPError,
    OIDCError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
)
from pydantic import TypeAdapter, ValidationError

from train import version
from train.client import connect
from train.errors import SAME, ImprintError, StageError, first_line
from train.patience import asked
from train.recipe import Recipe
from train.run import Run, finished, replacing
from train.tune.key import ingredients
from train.tune.report import TrainingReport

RECORD = "training.json"
STAGED = "release/"
LOOKED_AT = 12  # versions, from the newest: each costs two requests
Fetch = Callable[[Sequence[str], Path], None]


def reuse(recipe: Recipe, run: Run) -> None:
    """Leave in `run.adapter` what was released of this very training, if it was; else say why not."""
    key = ingredients(recipe, run).key
    if finished(TrainingReport, run.adapter / RECORD, key):
        return
    try:
        place = _found(recipe, run, key)
    except (ImprintError, HfHubHTTPError, OIDCError, httpx2.TransportError, OSError) as error:
        place, why = "", first_line(error)
        print(f"note: no adapter is taken from the Hub: {why}", file=sys.stderr)
    if place:
        print(f"found at {place}, nothing to train", file=sys.stderr)


def take_in(run: Run, key: str, record: bytes, fetch: Fetch) -> TrainingReport:
    """Put an adapter that was trained elsewhere into `run.adapter`, if every file is what its record says."""
    names = _names(record)
    with replacing(run.adapter) as folder:
        fetch(names, folder)
        (folder / RECORD).write_bytes(record)
        report = finished(TrainingReport, folder / RECORD, key)
        if report is None:
            raise StageError(f"The adapter is not what its {RECORD} says.", fix=SAME)
    return report


def recorded(record: bytes) -> TrainingReport | None:
    """What a record says, if it is one that this code writes."""
    try:
        return TypeAdapter(TrainingReport).validate_json(record)
    except ValidationError:
        return None


def _names(record: bytes) -> list[str]:
    report = recorded(record)
    names = sorted(report.files) if report else []
    for name in names:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            what = f"{RECORD} lists {name!r}, which would lie outside the adapter."
            raise StageError(what, fix=SAME)
    return names


def _found(recipe: Recipe, run: Run, key: str) -> str:
    """The version or staged branch at which the adapter was, which is now here; empty if there is none."""
    repo = recipe.publish.adapter
    if is_offline_mode():
        raise ImprintError("HF_HUB_OFFLINE is set.")
    if repo.startswith("OWNER/"):
        raise ImprintError(f"the recipe publishes to {repo}.")
    api = connect()
    with suppress(RepositoryNotFoundError):
        for name, commit in _candidates(api, repo):
            record = _file(api, repo, commit, RECORD)
            report = recorded(record.read_bytes()) if record else None
            if record and report and report.key == key:
                take_in(run, key, record.read_bytes(), _from(api, repo, commit))
                return f"{name} of {repo}"
    return ""


def _candidates(api: HfApi, repo: str) -> Iterator[tuple[str, str]]:
    refs = asked(lambda: api.list_repo_refs(repo))
    branches = {ref.name: ref.target_commit for ref in refs.branches if ref.name.startswith(STAGED)}
    tags = {ref.name: ref.target_commit for ref in refs.tags}
    newest = [str(each) for each in version.among(tags)][::-1]
    yield from sorted(branches.items())
    yield from ((name, tags[name]) for name in newest[:LOOKED_AT])


def _from(api: HfApi, repo: str, commit: str) -> Fetch:
    def fetch(names: Sequence[str], folder: Path) -> None:
        for name in names:
            if path := _file(api, repo, commit, name):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(path.read_bytes())

    return fetch


def _file(api: HfApi, repo: str, commit: str, name: str) -> Path | None:
    with suppress(RemoteEntryNotFoundError):
        return Path(asked(lambda: api.hf_hub_download(repo, name, revision=commit)))
    return None
