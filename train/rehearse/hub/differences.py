"""What two trees have not in common: by file, and as text."""

from __future__ import annotations

from io import BytesIO

from dulwich.diff_tree import tree_changes
from dulwich.objects import ObjectID
from dulwich.patch import write_tree_diff

from train.rehearse.hub.repository import Repository

Changes = dict[str, ObjectID | None]


def changes(repository: Repository, old: ObjectID, new: ObjectID) -> Changes:
    """The new content of each file that differs; None where it is gone."""
    found: Changes = {}
    with repository.lock:
        for change in tree_changes(repository.store, old, new):
            if change.old and change.old.path:
                found.setdefault(change.old.path.decode(errors="replace"), None)
            if change.new and change.new.path:
                found[change.new.path.decode(errors="replace")] = change.new.sha
    return dict(sorted(found.items()))


def conflicts(ours: Changes, theirs: Changes) -> list[str]:
    """The files that both sides changed, but not to the same; a file against a folder is one too."""
    both = {path for path in ours if path in theirs and ours[path] != theirs[path]}
    return sorted(both | _in_the_way(ours, theirs) | _in_the_way(theirs, ours))


def diff(repository: Repository, old: ObjectID, new: ObjectID) -> str:
    """The difference as git prints it."""
    text = BytesIO()
    with repository.lock:
        write_tree_diff(text, repository.store, old, new)
    return text.getvalue().decode(errors="replace")


def _in_the_way(files: Changes, others: Changes) -> set[str]:
    written = {path for path, content in others.items() if content}
    folders = {parent for path in written for parent in _parents(path)}
    return {path for path, content in files.items() if content and path in folders}


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
