"""One repository of a version, and the steps it takes: open, stage, tag, move `main`."""

import sys
from dataclasses import dataclass

from train import version
from train.errors import StageError
from train.release.hub import drop_branch, ensure_branch, ensure_commit, ensure_repo, ensure_tag
from train.release.payload import Files
from train.release.repository import (
    MAIN,
    Note,
    Refs,
    Repository,
    differences,
    digests_at,
    existing_refs,
    is_private,
    landed,
    refs,
    tree,
)
from train.run import digest_of_all
from train.version import Version

_SHOWN_PATHS = 3


@dataclass(frozen=True)
class Part:
    """A repository with the files it is to hold, and what its commits say."""

    name: str
    repository: Repository
    files: Files
    version: Version
    note: Note
    recipe: str

    @property
    def tag(self) -> str:
        """The name under which these files stay for ever."""
        return str(self.version)

    @property
    def staging(self) -> str:
        """The branch on which the version is put together before anybody sees it."""
        return f"release/{self.version}"


def published(part: Part) -> str | None:
    """The commit that carries the tag already; a tag on other bytes is an error."""
    held = refs(part.repository)
    commit = held.tags.get(part.tag) if held else None
    if held and commit and (different := differences(tree(part.repository, commit), part.files)):
        raise _taken(part, held, commit, different)
    return commit


def open_repository(part: Part, private: bool) -> None:
    """Make sure that there is a repository, and that what is meant to be private is not made public."""
    held = ensure_repo(part.repository, private)
    was_released = bool(version.among(held.tags))  # then it was made public on purpose
    if private and not was_released and not is_private(part.repository):
        name, kind = part.repository.id, part.repository.kind
        raise StageError(
            f"{part.name} {name} is public already, and the recipe says private.",
            fix=f"hf repos settings {name} --type {kind} --private",
        )


def stage(part: Part) -> str:
    """The commit that holds the version, read back, on a branch that nobody looks at."""
    _drop_stale_staging(part)
    ensure_branch(part.repository, part.staging)
    commit = ensure_commit(part.repository, part.staging, part.files, part.note)
    _say(part, f"staged {commit[:7]}, {len(part.files)} files read back")
    return commit


def tag(part: Part, commit: str) -> None:
    """Give the version its name, for ever."""
    ensure_tag(part.repository, part.tag, commit, part.note)
    _say(part, f"{part.tag} is {commit[:7]}")


def move_main(part: Part) -> str | None:
    """The commit of this version on `main`; none if a later version is there."""
    held = existing_refs(part.repository)
    newest = version.latest(held.tags)
    if newest and newest > part.version:
        _say(part, f"main stays at {newest}")
        return None
    head = held.branches[MAIN]
    if not differences(tree(part.repository, head), part.files):
        return head
    return _earlier_on_main(part) or _commit_to_main(part)


def drop_staging(part: Part) -> None:
    """Make sure that the staging branch is gone; the tag keeps its commits."""
    drop_branch(part.repository, part.staging)


def _earlier_on_main(part: Part) -> str | None:
    commit = landed(part.repository, MAIN, part.note)
    if not commit or differences(tree(part.repository, commit), part.files):
        return None
    _say(part, f"main was {part.tag}, and has been edited since: left as it is")
    return commit


def _commit_to_main(part: Part) -> str:
    commit = ensure_commit(part.repository, MAIN, part.files, part.note)
    _say(part, f"main is {part.tag}")
    return commit


def _drop_stale_staging(part: Part) -> None:
    held = existing_refs(part.repository)
    head = held.branches.get(part.staging)
    if head and head != held.branches[MAIN] and differences(tree(part.repository, head), part.files):
        drop_branch(part.repository, part.staging)
        _say(part, f"dropped {part.staging}, which held other files")


def _taken(part: Part, held: Refs, commit: str, different: list[str]) -> StageError:
    theirs = digest_of_all(digests_at(part.repository, commit, part.files))
    ours = digest_of_all({path: file.sha256 for path, file in part.files.items()})
    free = version.next_free(part.version, held.tags)
    return StageError(
        f"{part.tag} of {part.name} {part.repository.id} is published with other bytes: "
        f"{theirs} there, {ours} here ({_first(different)}).",
        fix=f"python -m train bundle {part.recipe} --version {free}",
    )


def _first(paths: list[str]) -> str:
    more = len(paths) - _SHOWN_PATHS
    return ", ".join(paths[:_SHOWN_PATHS]) + (f" and {more} more" if more > 0 else "")


def _say(part: Part, words: str) -> None:
    print(f"{part.name:8} {part.repository.id}  {words}", file=sys.stderr, flush=True)
