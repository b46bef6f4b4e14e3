"""One repository of a version, and the steps it takes: open, stage, tag, move `main`."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from train import version
from train.errors import StageError
from train.release.hub import drop_branch, ensure_branch, ensure_commit, ensure_head, ensure_repo, ensure_tag
from train.release.payload import Files
from train.release.published.banner import CARD, on_main
from train.release.published.standing import NAME as YANKED
from train.release.published.standing import reasons
from train.release.repository import (
    MAIN,
    Note,
    Repository,
    Snapshot,
    Tree,
    differences,
    digests_at,
    existing_refs,
    is_private,
    landed,
    refs,
    snapshot,
    tree,
)
from train.release.words import check_kept
from train.run import digest_of_all
from train.version import Version

Move = Literal["moves", "stays", "is there", "edited since"]
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
    if commit:
        check_same(part, commit)
    return commit


def check_same(part: Part, commit: str) -> None:
    """Refuse a commit that holds other bytes under this version's name."""
    if different := differences(tree(part.repository, commit), part.files):
        raise _taken(part, commit, different)


def check_stands(part: Part, tags: Mapping[str, str]) -> None:
    """Refuse a version that was withdrawn: its tag stays, and nothing brings it back."""
    if part.version in version.withdrawn(tags):
        raise StageError(
            f"{part.tag} of {part.name} {part.repository.id} was withdrawn, and is not released again.",
            fix=f"python -m train bundle {part.recipe} --version {version.next_free(part.version, tags)}",
        )


def open_repository(part: Part, private: bool) -> None:
    """Make sure that there is a repository, and that what is meant to be private is not made public."""
    held = ensure_repo(part.repository, private)
    was_released = bool(version.among(held.tags))  # then it was made public on purpose
    if private and not was_released and not is_private(part.repository):
        raise is_public(part)


def is_public(part: Part) -> StageError:
    """What is wrong with a repository that everybody can see and should not."""
    name, kind = part.repository.id, part.repository.kind
    return StageError(
        f"{part.name} {name} is public already, and the recipe says private.",
        fix=f"hf repos settings {name} --type {kind} --private",
    )


def stage(part: Part) -> str:
    """The commit that holds the version, read back, on a branch that nobody looks at."""
    _drop_stale_staging(part)
    ensure_branch(part.repository, part.staging)
    commit = ensure_commit(part.repository, part.staging, part.files, part.note)
    say(part, f"staged {commit[:7]}, {len(part.files)} files read back")
    return commit


def tag(part: Part, commit: str) -> str:
    """The commit that has the version's name for ever: this one, or one of the same bytes that was first."""
    found = ensure_tag(part.repository, part.tag, commit, part.note)
    if found != commit and differences(tree(part.repository, found), part.files):
        raise StageError(
            f"{part.tag} of {part.repository.kind} {part.repository.id} is at {found}, not {commit}; "
            "a tag is never moved.",
            fix=f"python -m train release {part.recipe}",
        )
    say(part, f"{part.tag} is {found[:7]}")
    return found


def move_main(part: Part) -> None:
    """Make this version the one on `main`, unless a later one is there, or people have edited it since."""

    def wanted(now: Snapshot) -> Files | None:
        check_stands(part, now.refs.tags)
        if move_of(part, now) in ("stays", "edited since"):
            return None
        check_kept(part.name, part.repository, now, part.files, _next_bundle(part, now))
        return files_on_main(part, now)

    commit = ensure_head(part.repository, MAIN, wanted, part.note).commit
    say(part, f"main is {part.tag}" if commit else _left(part))


def files_on_main(part: Part, now: Snapshot) -> Files:
    """What `main` holds once it shows this version: its files, and which versions were withdrawn."""
    return on_main(part.files, reasons(part.repository, now.refs))


def move_of(part: Part, now: Snapshot) -> Move:
    """What becomes of `main`: a later version stays, and so does what a person has edited since."""
    newest = version.latest(now.refs.tags)
    if part.version.is_prerelease or (newest and newest > part.version):
        return "stays"
    if not differences(now.tree, files_on_main(part, now)):
        return "is there"
    commit = landed(part.repository, now.head, part.note) if part.tag in now.refs.tags else None
    was_there = commit is not None and _shows(part, tree(part.repository, commit))
    return "edited since" if was_there else "moves"


def drop_staging(part: Part, *, surely: bool) -> None:
    """Make sure that the staging branch is gone; the tag keeps its commits."""
    drop_branch(part.repository, part.staging, surely=surely)


def say(part: Part, words: str) -> None:
    """Tell whoever watches what has just been done."""
    print(f"{part.name:8} {part.repository.id}  {words}", file=sys.stderr, flush=True)


def taken(part: Part, theirs: str, ours: str, where: str, tags: set[str]) -> StageError:
    """What is wrong with a version that is out with other bytes, and the first version that is free."""
    free = version.next_free(part.version, tags)
    return StageError(
        f"{part.tag} of {part.name} {part.repository.id} is published with other bytes: "
        f"{theirs} there, {ours} here ({where}).",
        fix=f"python -m train bundle {part.recipe} --version {free}",
    )


def first(paths: list[str]) -> str:
    """Some of many paths."""
    more = len(paths) - _SHOWN_PATHS
    return ", ".join(paths[:_SHOWN_PATHS]) + (f" and {more} more" if more > 0 else "")


def _shows(part: Part, held: Tree) -> bool:
    """Whether a tree is this version's, whatever was said on it then of withdrawn ones."""
    return {*differences(held, part.files)} <= {CARD, YANKED}


def _taken(part: Part, commit: str, different: list[str]) -> StageError:
    theirs = digest_of_all(digests_at(part.repository, commit, part.files))
    ours = digest_of_all({path: file.sha256 for path, file in part.files.items()})
    return taken(part, theirs, ours, first(different), {*existing_refs(part.repository).tags})


def _left(part: Part) -> str:
    now = snapshot(part.repository, MAIN)
    newest = version.latest(now.refs.tags)
    if newest and newest > part.version:
        return f"main stays at {newest}"
    return f"main was {part.tag}, and has been edited since: left as it is"


def _next_bundle(part: Part, now: Snapshot) -> str:
    taken = part.tag in now.refs.tags
    number = version.next_free(part.version, now.refs.tags) if taken else part.version
    return f"python -m train bundle {part.recipe} --version {number}"


def _drop_stale_staging(part: Part) -> None:
    held = existing_refs(part.repository)
    head = held.branches.get(part.staging)
    if head and head != held.branches[MAIN] and differences(tree(part.repository, head), part.files):
        drop_branch(part.repository, part.staging)
        say(part, f"dropped {part.staging}, which held other files")
