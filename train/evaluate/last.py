"""The last release: which version on the Hub came before this one, and its files."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from huggingface_hub import HfApi
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError
from huggingface_hub.hf_api import RepoFile

from train import version
from train.errors import StageError, first_line
from train.evaluate.given import WEIGHTS
from train.evaluate.report import Last
from train.recipe import Recipe
from train.run import digest_of_file, read_result
from train.tune.report import TrainingReport, Writer

NEEDED = (  # all that is fetched of a release, whatever else lies beside it
    "adapter_config.json",
    WEIGHTS,
    "added_tokens.json",
    "chat_template.jinja",
    "merges.txt",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "training.json",
    "vocab.json",
    "writer.json",
)
_WITHOUT = "HF_HUB_OFFLINE=1 python -m train evaluate"


@dataclass(frozen=True)
class Release:
    """A version on the Hub, and the digest of its weights."""

    version: str
    repo: str
    commit: str
    weights: str  # SHA-256; empty if it has none


@dataclass(frozen=True)
class Before:
    """A release whose files are on this machine, and how it is asked."""

    release: Release
    folder: Path
    writer: Writer
    training: TrainingReport


def before(releases: Sequence[Release], weights: str) -> Release | None:
    """The newest of these releases, oldest first; of those before this adapter, if it is among them."""
    standing = next((at for at, each in enumerate(releases) if each.weights == weights), len(releases))
    return releases[standing - 1] if standing else None


def newest(recipe: Recipe, weights: str, api: HfApi) -> Release | None:
    """The version that stands before these weights in the recipe's repository, and says so."""
    repo = recipe.publish.adapter
    if repo.startswith("OWNER/"):
        return None
    with _explained(recipe, api):
        try:
            found = before(releases(repo, api), weights)
        except GatedRepoError:
            raise
        except RepositoryNotFoundError:
            found = None
    name = f"{found.version} of {repo}" if found else f"none in {repo} that this account can see"
    print(f"Last release: {name}", file=sys.stderr)
    return found


def releases(repo: str, api: HfApi) -> list[Release]:
    """Every version of a repository that stands and is no pre-release, oldest first."""
    commits = {tag.name: tag.target_commit for tag in api.list_repo_refs(repo).tags}
    return [
        Release(str(each), repo, commits[str(each)], _weights(repo, commits[str(each)], api))
        for each in version.good(commits)
    ]


def fetch(release: Release, recipe: Recipe, api: HfApi) -> Path:
    """A folder with the files of a release that are needed to ask it."""
    with _explained(recipe, api):
        folder = api.snapshot_download(release.repo, revision=release.commit, allow_patterns=list(NEEDED))
    return Path(folder)


def known(release: Release, folder: Path) -> Before:
    """How a release is asked; an error if it does not say, or has other weights than the Hub lists."""
    fix = f"look at {release.repo}"
    path = folder / WEIGHTS
    if not path.is_file() or digest_of_file(path) != release.weights:
        raise StageError(f"{release.repo} has no {WEIGHTS} at {release.version} that is whole.", fix=fix)
    writer = read_result(Writer, folder / "writer.json", fix)
    training = read_result(TrainingReport, folder / "training.json", fix)
    return Before(release, folder, writer, training)


def recorded(found: Before) -> Last:
    """What the evidence says about the release that it was held against."""
    release, writer = found.release, found.writer
    return Last(
        version=release.version,
        repo=release.repo,
        commit=release.commit,
        adapter=release.weights,
        dataset=found.training.dataset,
        base=writer.base,
        base_revision=writer.base_revision,
    )


def _weights(repo: str, commit: str, api: HfApi) -> str:
    files = api.get_paths_info(repo, [WEIGHTS], revision=commit)
    return next((file.lfs.sha256 for file in files if isinstance(file, RepoFile) and file.lfs), "")


@contextmanager
def _explained(recipe: Recipe, api: HfApi) -> Iterator[None]:
    """Say in one sentence why the Hub gave nothing."""
    repo = recipe.publish.adapter
    without = f"{_WITHOUT} {recipe.name} (judges without the last release)"
    try:
        yield
    except HfHubHTTPError as error:
        status = error.response.status_code
        fix = "hf auth login" if status in (401, 403) else without
        what = f"The Hub does not show the releases of {repo} ({status} {error.server_message or ''}".rstrip()
        raise StageError(f"{what}).", fix=fix) from error
    except (httpx2.TransportError, OSError) as error:
        what = f"{api.endpoint} cannot be asked for the releases of {repo}: {first_line(error)}"
        raise StageError(what, fix=without) from error
