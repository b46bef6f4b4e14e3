"""Making a commit: operations on a tree, one pack, then one ref."""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dulwich.objects import Blob, Commit, ObjectID, ShaFile, Tree

from train.rehearse.hub.errors import HubError, bad_request, entry_not_found
from train.rehearse.hub.names import path_parts
from train.rehearse.hub.repository import Repository, Signature

_FILE_MODE = stat.S_IFREG | 0o644
_MOST_ENTRIES = 10_000
_TOO_MANY_ENTRIES = (
    "Your push was rejected because it contains too many files per directory. "
    f"Each directory in your git repo must have at most {_MOST_ENTRIES} files."
)
_MOVED_ON = "The branch was updated since you opened this page. Please refresh and try again."


@dataclass(frozen=True)
class Put:
    """A file gets this content; a large file's content is its pointer."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Remove:
    """A file or folder goes."""

    path: str


Operation = Put | Remove


@dataclass(frozen=True)
class Draft:
    """A commit as asked for."""

    title: str
    operations: Sequence[Operation]
    description: str = ""
    parent: str = ""

    @property
    def message(self) -> bytes:
        """The title and, after an empty line, the description."""
        return f"{self.title}\n\n{self.description}".strip().encode()


def commit(repository: Repository, branch: str, draft: Draft, by: Signature) -> str:
    """Add a commit to a branch; its id. Nobody sees any of it until the branch moves."""
    with repository.lock:
        head = head_for(repository, branch, draft)
        commit_id = prepare_commit(repository, head, draft, by)
        repository.move_branch(branch, head, commit_id)
    return commit_id


def head_for(repository: Repository, branch: str, draft: Draft) -> str:
    """The head a draft goes on, which must be the one it was made for."""
    head = repository.branch_head(branch)
    if draft.parent and repository.resolve(draft.parent) != head:
        raise HubError(412, _MOVED_ON)
    return head


def first_commit(repository: Repository, branch: str, draft: Draft, by: Signature) -> str:
    """Begin a branch without a past."""
    commit_id = _write(repository, Folder(repository.tree, None), draft, by, [])
    repository.move_branch(branch, None, commit_id)
    return commit_id


def prepare_commit(repository: Repository, base: str, draft: Draft, by: Signature) -> str:
    """A commit after another, on no branch yet; its id."""
    with repository.lock:
        folder = Folder(repository.tree, repository.note(base).tree)
        return _write(repository, folder, draft, by, [base])


def begin_with(repository: Repository, branch: str, tree: ObjectID, message: str, by: Signature) -> None:
    """Make a branch one commit that holds a tree and has no past."""
    commit = _commit_object(tree, message.encode(), by, [])
    repository.add_objects([commit])
    repository.move_branch(branch, None, commit.id.decode())


def squash(repository: Repository, branch: str, message: str, by: Signature) -> None:
    """Replace a branch's history by one commit that holds what its head does."""
    with repository.lock:
        tree = repository.note(repository.branch_head(branch)).tree
        begin_with(repository, branch, tree, message, by)


def _write(repository: Repository, folder: Folder, draft: Draft, by: Signature, parents: list[str]) -> str:
    objects: list[ShaFile] = []
    for operation in draft.operations:
        _apply(folder, operation, objects)
    tree = folder.write(objects)
    commit = _commit_object(tree, draft.message, by, parents)
    repository.add_objects([*objects, commit])
    return commit.id.decode()


def _apply(folder: Folder, operation: Operation, objects: list[ShaFile]) -> None:
    parts = path_parts(operation.path)
    if isinstance(operation, Put):
        blob = Blob.from_string(operation.content)
        objects.append(blob)
        folder.put(parts, blob.id)
    elif not folder.remove(parts):
        raise entry_not_found(f'A file with the name "{operation.path}" does not exist')


def _commit_object(tree: ObjectID, message: bytes, by: Signature, parents: list[str]) -> Commit:
    commit = Commit()
    commit.tree = tree
    commit.parents = [ObjectID(parent.encode()) for parent in parents]
    commit.author = commit.committer = by.identity
    commit.author_time = commit.commit_time = by.date
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = message + b"\n"
    return commit


@dataclass
class Folder:
    """A directory being changed; subfolders are read only when something in them changes."""

    read: Callable[[ObjectID], Tree]
    oid: ObjectID | None
    _entries: dict[bytes, tuple[int, ObjectID]] = field(init=False)
    _opened: dict[bytes, Folder] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Read the entries as they were."""
        items = self.read(self.oid).items() if self.oid else []
        self._entries = {name: (mode, oid) for name, mode, oid in items}

    def put(self, parts: tuple[bytes, ...], blob: ObjectID) -> None:
        """Place a file, over whatever is there."""
        name, *rest = parts
        if rest:
            self._entries.setdefault(name, (stat.S_IFDIR, ObjectID(b"")))
            self._open(name).put(tuple(rest), blob)
        else:
            self._opened.pop(name, None)
            self._entries[name] = (_FILE_MODE, blob)

    def remove(self, parts: tuple[bytes, ...]) -> bool:
        """Take away a file or folder; whether there was one."""
        name, *rest = parts
        if name not in self._entries:
            return False
        if rest:
            return stat.S_ISDIR(self._entries[name][0]) and self._open(name).remove(tuple(rest))
        self._opened.pop(name, None)
        del self._entries[name]
        return True

    def write(self, objects: list[ShaFile]) -> ObjectID:
        """Turn what changed into tree objects; an emptied folder is gone, as in git."""
        for name, folder in self._opened.items():
            oid = folder.write(objects)
            if folder._entries:
                self._entries[name] = (stat.S_IFDIR, oid)
            else:
                del self._entries[name]
        if len(self._entries) > _MOST_ENTRIES:
            raise bad_request(_TOO_MANY_ENTRIES)
        tree = Tree()
        for name, (mode, oid) in self._entries.items():
            tree.add(name, mode, oid)
        objects.append(tree)
        return tree.id

    def _open(self, name: bytes) -> Folder:
        if name not in self._opened:
            mode, oid = self._entries[name]
            self._opened[name] = Folder(self.read, oid if oid and stat.S_ISDIR(mode) else None)
        return self._opened[name]
