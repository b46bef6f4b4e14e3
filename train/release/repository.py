"""A repository on the Hub, as it is: its refs, its history, its files."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub import HfApi
from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.hf_api import RepoFile

from train.client import speaking_for
from train.oidc import Kind
from train.patience import GarbledError, LaggingError, asked, caught_up
from train.release.payload import File, Files, file_at

MAIN = "main"
Tree = dict[str, RepoFile]
_HUBS_OWN = ".gitattributes"


@dataclass(frozen=True)
class Repository:
    """A repository on the Hub, and the client that speaks for its account."""

    api: HfApi
    kind: Kind
    id: str

    @property
    def url(self) -> str:
        """Where people look at it."""
        return f"{self.api.endpoint}/{'' if self.kind == 'model' else f'{self.kind}s/'}{self.id}"


@dataclass(frozen=True)
class Refs:
    """The commits that the branches and tags of a repository point to."""

    branches: dict[str, str]
    tags: dict[str, str]


@dataclass(frozen=True)
class Snapshot:
    """A repository in one moment: its refs, and the files at the head of one branch."""

    refs: Refs
    head: str
    tree: Tree


@dataclass(frozen=True)
class Past:
    """A commit, and what it says about itself."""

    commit: str
    message: str


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


def own(api: HfApi, kind: Kind, repo: str) -> Repository:
    """A repository to write to, with the client that may: in a workflow without a token, one for it alone."""
    return Repository(speaking_for(api, kind, repo), kind, repo)


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


def existing_refs(repository: Repository, branch: str = MAIN) -> Refs:
    """Where branches and tags point in a repository that has to be there, with this branch."""
    return caught_up(lambda: _listed(repository, branch))


def _listed(repository: Repository, branch: str) -> Refs:
    found = refs(repository)
    if found is None or branch not in found.branches:
        raise LaggingError(f"{repository.kind} {repository.id} has no branch {branch}")
    return found


def snapshot(repository: Repository, branch: str) -> Snapshot:
    """A branch as it is now, with all refs of the same moment."""

    def look() -> Snapshot:
        held = _listed(repository, branch)
        head = held.branches[branch]
        return Snapshot(held, head, asked(lambda: _tree(repository, head)))

    return caught_up(look)


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
    return asked(lambda: _tree(repository, commit), may_lag=True)


def _tree(repository: Repository, commit: str) -> Tree:
    entries = repository.api.list_repo_tree(
        repository.id, repo_type=repository.kind, revision=commit, recursive=True
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
    return next((each.commit for each in past(repository, branch) if note.trailers in each.message), None)


def past(repository: Repository, revision: str) -> list[Past]:
    """The commits that led to a revision, newest first."""
    found = asked(
        lambda: list(
            repository.api.list_repo_commits(repository.id, repo_type=repository.kind, revision=revision)
        ),
        may_lag=True,
    )
    return [Past(each.commit_id, f"{each.title}\n\n{each.message}") for each in found]


def digests_at(repository: Repository, commit: str, files: Files) -> dict[str, str]:
    """The SHA-256 of every file at a commit; only files that are not among `files` have to be fetched."""
    held = tree(repository, commit)
    return {path: _sha256(repository, commit, entry, files.get(path)) for path, entry in held.items()}


def content(repository: Repository, commit: str, entry: RepoFile) -> bytes:
    """The bytes of a file, once they have been found to be those that the Hub lists."""

    def fetch() -> bytes:
        with TemporaryDirectory() as folder:
            path = Path(_fetched(repository, commit, entry.path, folder))
            if not is_same(entry, file_at(path)):
                raise GarbledError(f"{entry.path} came with other bytes than the Hub lists")
            return path.read_bytes()

    return asked(fetch, may_lag=True)


def _sha256(repository: Repository, commit: str, entry: RepoFile, file: File | None) -> str:
    if entry.lfs:
        return entry.lfs.sha256
    if file and is_same(entry, file):
        return file.sha256
    return sha256(content(repository, commit, entry)).hexdigest()


def _fetched(repository: Repository, commit: str, path: str, folder: str) -> str:
    return repository.api.hf_hub_download(
        repository.id, path, repo_type=repository.kind, revision=commit, cache_dir=folder
    )
