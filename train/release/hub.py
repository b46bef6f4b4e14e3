"""Writes on the Hub that look before they act."""

from contextlib import suppress

from huggingface_hub import CommitOperationAdd, CommitOperationDelete
from huggingface_hub.errors import RevisionNotFoundError

from train.errors import StageError
from train.patience import ensured
from train.release.payload import Files
from train.release.repository import MAIN, Note, Refs, Repository, differences, refs, resolve, tree


def ensure_repo(repository: Repository, private: bool) -> Refs:
    """A repository, made if there is none; one that is there keeps the visibility it has."""
    return ensured(
        look=lambda: refs(repository),
        write=lambda: repository.api.create_repo(
            repository.id,
            repo_type=repository.kind,
            private=private,
            space_sdk="gradio" if repository.kind == "space" else None,
        ),
        what=lambda: f"repository {repository.id}",
    )


def ensure_branch(repository: Repository, branch: str) -> str:
    """The head of a branch, begun at `main` if there is none."""
    return ensured(
        look=lambda: _head(repository, branch),
        write=lambda: repository.api.create_branch(
            repository.id, repo_type=repository.kind, branch=branch, revision=MAIN
        ),
        what=lambda: f"branch {branch} of {repository.id}",
    )


def ensure_commit(repository: Repository, branch: str, files: Files, note: Note) -> str:
    """The head of a branch that holds these files and no others, read back from the Hub."""

    def wrong() -> str:
        return ", ".join(differences(tree(repository, _existing_head(repository, branch)), files))

    return ensured(
        look=lambda: _head_with(repository, branch, files),
        write=lambda: _commit(repository, branch, files, note),
        what=lambda: (
            f"the files of {note.release_id} on {branch} of {repository.id}: {wrong()} are not the same"
        ),
    )


def ensure_tag(repository: Repository, tag: str, commit: str, note: Note) -> None:
    """A tag at a commit; one that points elsewhere stays where it is, and is an error."""
    found = ensured(
        look=lambda: resolve(repository, tag),
        write=lambda: repository.api.create_tag(
            repository.id,
            repo_type=repository.kind,
            tag=tag,
            revision=commit,
            tag_message=f"{note.title}\n\n{note.trailers}",
        ),
        what=lambda: f"tag {tag} of {repository.id}",
    )
    if found != commit:
        raise StageError(
            f"{tag} of {repository.kind} {repository.id} is at {found}, not {commit}; a tag is never moved.",
            fix="run this command again",
        )


def drop_branch(repository: Repository, branch: str) -> None:
    """Make sure that there is no such branch; its tagged commits stay."""

    def write() -> None:
        with suppress(RevisionNotFoundError):
            repository.api.delete_branch(repository.id, repo_type=repository.kind, branch=branch)

    ensured(
        look=lambda: True if _head(repository, branch) is None else None,
        write=write,
        what=lambda: f"the removal of branch {branch} of {repository.id}",
    )


def _head(repository: Repository, branch: str) -> str | None:
    found = refs(repository)
    return found.branches.get(branch) if found else None


def _head_with(repository: Repository, branch: str, files: Files) -> str | None:
    head = _existing_head(repository, branch)
    return None if differences(tree(repository, head), files) else head


def _existing_head(repository: Repository, branch: str) -> str:
    head = _head(repository, branch)
    if head is None:
        raise StageError(
            f"{repository.kind} {repository.id} has no branch {branch} any more.",
            fix="run this command again",
        )
    return head


def _commit(repository: Repository, branch: str, files: Files, note: Note) -> None:
    parent = _existing_head(repository, branch)
    held = tree(repository, parent)
    operations = [
        CommitOperationAdd(path, files[path].content) if path in files else CommitOperationDelete(path)
        for path in differences(held, files)
    ]
    if operations:
        repository.api.create_commit(
            repository.id,
            operations,
            repo_type=repository.kind,
            revision=branch,
            parent_commit=parent,
            commit_message=note.title,
            commit_description=note.trailers,
        )
