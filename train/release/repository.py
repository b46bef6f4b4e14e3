"""A repository on the Hub, as it is: its refs, its history, its files."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from huggingface_hub import HfApi
from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.hf_api import RepoFile

from train.errors import StageError
from train.patience import asked
from train.release.payload import File, Files
from train.run import digest_of_file

MAIN = "main"
Tree = dict[str, RepoFile]
_HUBS_OWN = ".gitattributes"


@dataclass(frozen=True)
class Repository:
    """A repository on the Hub, and the client that speaks for its account."""

    api: HfApi
    kind: Literal["dataset", "model", "space"]
    id: str


@dataclass(frozen=True)
class Refs:
    """The commits that the branches and tags of a repository point to."""

    branches: dict[str, str]
    tags: dict[str, str]


@dataclass(frozen=True)
class Note:
    """What each commit and tag of a version says about it; a later run knows its own work by it."""

    title: str
    release_id: str
    digest: str

    @property
    def trailers(self) -> str:
        """The lines that tell this version from any other."""
        return f"Release-Id: {self.release_id}\nBundle-SHA256: {self.digest}"


def refs(repository: Repository) -> Refs | None:
    """Where branches and tags point, or nothing if there is no such repository."""
    try:
        found = asked(lambda: repository.api.list_repo_refs(repository.id, repo_type=repository.kind))
    except RepositoryNotFoundError:
        return None
    return Refs(
        branches={ref.name: ref.target_commit for ref in found.branches},
        tags={ref.name: ref.target_commit for ref in found.tags},
    )


def existing_refs(repository: Repository) -> Refs:
    """Where branches and tags point in a repository that has to be there, with its `main`."""
    found = refs(repository)
    if found is None or MAIN not in found.branches:
        raise StageError(
            f"{repository.kind} {repository.id} has no {MAIN} any more.", fix="run this command again"
        )
    return found


def is_private(repository: Repository) -> bool:
    """Whether only its owners can see it."""
    info = asked(lambda: repository.api.repo_info(repository.id, repo_type=repository.kind))
    return bool(info.private)


def resolve(repository: Repository, revision: str) -> str | None:
    """The commit that anybody gets who asks for `revision`."""
    try:
        info = asked(
            lambda: repository.api.repo_info(repository.id, repo_type=repository.kind, revision=revision)
        )
    except RevisionNotFoundError:
        return None
    return info.sha


def tree(repository: Repository, commit: str) -> Tree:
    """Every file at a commit, but for the one that the Hub itself writes."""
    entries = asked(
        lambda: list(
            repository.api.list_repo_tree(
                repository.id, repo_type=repository.kind, revision=commit, recursive=True
            )
        )
    )
    return {entry.path: entry for entry in entries if isinstance(entry, RepoFile) and entry.path != _HUBS_OWN}


def differences(held: Tree, files: Files) -> list[str]:
    """The paths that are missing, in excess or of other bytes on the Hub."""
    return sorted(path for path in {*held, *files} if not is_same(held.get(path), files.get(path)))


def is_same(entry: RepoFile | None, file: File | None) -> bool:
    """Whether the Hub holds just these bytes."""
    if entry is None or file is None:
        return False
    return entry.lfs.sha256 == file.sha256 if entry.lfs else entry.blob_id == file.blob_id


def landed(repository: Repository, branch: str, note: Note) -> str | None:
    """The commit of this version in a branch's past, if there is one."""
    past = asked(
        lambda: list(
            repository.api.list_repo_commits(repository.id, repo_type=repository.kind, revision=branch)
        )
    )
    return next((commit.commit_id for commit in past if note.trailers in commit.message), None)


def digests_at(repository: Repository, commit: str, files: Files) -> dict[str, str]:
    """The SHA-256 of every file at a commit; only files that are not among `files` have to be fetched."""
    held = tree(repository, commit)
    return {path: _sha256(repository, commit, entry, files.get(path)) for path, entry in held.items()}


def _sha256(repository: Repository, commit: str, entry: RepoFile, file: File | None) -> str:
    if entry.lfs:
        return entry.lfs.sha256
    if file and is_same(entry, file):
        return file.sha256
    with TemporaryDirectory() as folder:
        return digest_of_file(Path(_fetched(repository, commit, entry.path, folder)))


def _fetched(repository: Repository, commit: str, path: str, folder: str) -> str:
    return asked(
        lambda: repository.api.hf_hub_download(
            repository.id, path, repo_type=repository.kind, revision=commit, cache_dir=folder
        )
    )
