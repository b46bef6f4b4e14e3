"""Writes on the Hub that look before they act."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from huggingface_hub import CommitOperationAdd, CommitOperationDelete
from huggingface_hub.errors import RevisionNotFoundError

from train.client import transfers_shown
from train.errors import SAME, StageError
from train.patience import ensured
from train.release.payload import Files
from train.release.repository import (
    MAIN,
    Note,
    Refs,
    Repository,
    Snapshot,
    Tree,
    differences,
    refs,
    resolve,
    snapshot,
    tree,
)

Operation = CommitOperationAdd | CommitOperationDelete
Wanted = Callable[[Snapshot], Files | None]


@dataclass(frozen=True)
class Head:
    """What a branch was found or made to be; no commit if it was left as it is."""

    commit: str | None


def ensure_repo(repository: Repository, private: bool) -> Refs:
    """A repository, made if there is none; one that is there keeps the visibility it has."""

    def write() -> None:
        repository.api.create_repo(
            repository.id,
            repo_type=repository.kind,
            private=private,
            space_sdk="gradio" if repository.kind == "space" else None,
        )

    return ensured(lambda: refs(repository), write, what=lambda: f"repository {repository.id}")


def ensure_branch(repository: Repository, branch: str) -> str:
    """The head of a branch, begun at `main` if there is none."""

    def write() -> None:
        repository.api.create_branch(repository.id, repo_type=repository.kind, branch=branch, revision=MAIN)

    return ensured(
        lambda: _head(repository, branch), write, what=lambda: f"branch {branch} of {repository.id}"
    )


def ensure_commit(repository: Repository, branch: str, files: Files, note: Note) -> str:
    """The head of a branch that holds these files and no others, read back from the Hub."""
    commit = ensure_head(repository, branch, lambda _: files, note).commit
    if commit is None:
        raise StageError(f"{branch} of {repository.id} was left as it is.", fix=SAME)
    return commit


def ensure_head(repository: Repository, branch: str, wanted: Wanted, note: Note) -> Head:
    """A branch that holds the files which `wanted` says for it as it is, read back; none: it stays.

    Whoever writes to the branch between the look and the commit makes the Hub refuse the commit, and then
    `wanted` is asked again: what they wrote is never overwritten unseen.
    """
    seen: list[tuple[Snapshot, Files]] = []

    def look() -> Head | None:
        now = snapshot(repository, branch)
        files = wanted(now)
        if files is None:
            return Head(None)
        seen[:] = [(now, files)]
        return None if differences(now.tree, files) else Head(now.head)

    def write() -> Head | None:
        now, files = seen[0]
        commit = _commit(repository, branch, now.head, _changes(now.tree, files), note.title, note.trailers)
        return None if differences(tree(repository, commit), files) else Head(commit)

    def what() -> str:
        wrong = ", ".join(differences(snapshot(repository, branch).tree, seen[0][1]))
        return f"the files of {note.release_id} on {branch} of {repository.id}: {wrong} are not the same"

    return ensured(look, write, what)


def ensure_tag(repository: Repository, tag: str, commit: str, note: Note) -> str:
    """The commit that a tag names, as anybody gets it who asks for it; the tag is made if there is none."""

    def write() -> None:
        repository.api.create_tag(
            repository.id,
            repo_type=repository.kind,
            tag=tag,
            revision=commit,
            tag_message=f"{note.title}\n\n{note.trailers}",
        )

    def found() -> str:
        return ensured(lambda: resolve(repository, tag), write, what=lambda: f"tag {tag} of {repository.id}")

    first = found()
    return first if first == commit else found()  # an answer that surprises is asked for again


def drop_branch(repository: Repository, branch: str, *, surely: bool = False) -> None:
    """Make sure that there is no such branch; its tagged commits stay.

    `surely` there: this very process has written to it, and a look may lag behind that.
    """

    def write() -> None:
        with suppress(RevisionNotFoundError):
            repository.api.delete_branch(repository.id, repo_type=repository.kind, branch=branch)

    left = [surely]

    def look() -> bool | None:
        was_left, left[:] = left[0], [False]
        return None if was_left or _head(repository, branch) else True

    ensured(look, write, what=lambda: f"the removal of branch {branch} of {repository.id}")


def _head(repository: Repository, branch: str) -> str | None:
    found = refs(repository)
    return found.branches.get(branch) if found else None


def _changes(held: Tree, files: Files) -> list[Operation]:
    return [
        CommitOperationAdd(path, files[path].content) if path in files else CommitOperationDelete(path)
        for path in differences(held, files)
    ]


def _commit(
    repository: Repository, branch: str, parent: str, operations: list[Operation], title: str, why: str
) -> str:
    sent = sum(each.upload_info.size for each in operations if isinstance(each, CommitOperationAdd))
    with transfers_shown(sent):
        made = repository.api.create_commit(
            repository.id,
            operations,
            repo_type=repository.kind,
            revision=branch,
            parent_commit=parent,
            commit_message=title,
            commit_description=why,
        )
    return str(made.oid)
