"""One git repository: its refs, its history, and commits that appear whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dulwich.errors import RefFormatError
from dulwich.object_store import BaseObjectStore
from dulwich.objects import Commit, ObjectID, ShaFile, Tag, Tree, valid_hexsha
from dulwich.refs import Ref
from dulwich.repo import Repo

from train.rehearse.hub.errors import HubError, repository_not_found, revision_not_found
from train.rehearse.hub.lagging import LaggingRefs
from train.rehearse.hub.names import branch_ref, head_ref, tag_ref

MAIN = "main"
_SHORTEST_COMMIT_ID = 7


@dataclass(frozen=True)
class CommitNote:
    """What a commit says about itself."""

    id: str
    tree: ObjectID
    author: str
    date: int
    text: str

    @property
    def title(self) -> str:
        """The first line."""
        return self.text.partition("\n")[0]

    @property
    def message(self) -> str:
        """Everything after the first line."""
        return self.text.partition("\n")[2].strip()


@dataclass(frozen=True)
class Signature:
    """Who does something to a repository, and when."""

    name: str
    date: int

    @property
    def identity(self) -> bytes:
        """The name as git records it: of the account alone, so that commit ids can be repeated."""
        return f"{self.name} <{self.name}@users.noreply.huggingface.co>".encode()


class _Lock:
    """A lock on something that can go away; who waits for it then learns so."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.is_gone = False

    def __enter__(self) -> None:
        self._lock.acquire()
        if self.is_gone:
            self._lock.release()
            raise repository_not_found(signed_in=True)

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class Repository:
    """A bare repository on disk; every use of the git objects goes through its one lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._git = Repo(str(path))
        self._git.refs = LaggingRefs(self._git)
        self._git.object_store.fsync_object_files = True
        self.lock = _Lock()

    def close(self) -> None:
        """Let go of the files, which are about to be moved or removed."""
        with self.lock:
            self._git.close()
            self.lock.is_gone = True

    @property
    def store(self) -> BaseObjectStore:
        """The git objects, for whoever holds the lock."""
        return self._git.object_store

    def object(self, oid: ObjectID) -> ShaFile:
        """A git object by its id."""
        with self.lock:
            return self._git.object_store[oid]

    def tree(self, oid: ObjectID) -> Tree:
        """A directory by its id."""
        tree = self.object(oid)
        if not isinstance(tree, Tree):
            raise TypeError(f"{oid!r} is a {type(tree).__name__}, not a tree")
        return tree

    def add_objects(self, objects: list[ShaFile]) -> None:
        """Store objects in one pack: a thousand loose files would take seconds."""
        with self.lock:
            store = self._git.object_store
            new = {item.id: item for item in objects if item.id not in store}
            store.add_objects([(item, None) for item in new.values()])

    def branches(self) -> dict[str, str]:
        """The commit of each branch."""
        return self._refs(b"refs/heads")

    def tags(self) -> dict[str, str]:
        """The commit of each tag, annotated or not."""
        return self._refs(b"refs/tags")

    def pulls(self) -> dict[str, str]:
        """The commit of each pull request, by its number."""
        return self._refs(b"refs/pr")

    def resolve(self, revision: str) -> str:
        """The commit id a branch, tag, ref or commit id (seven digits or more) stands for."""
        with self.lock:
            for name in _ref_names(revision):
                commit = self._commit_of(name)
                if commit:
                    return commit
            return self._commit_id(revision)

    def targets(self) -> dict[Ref, ObjectID]:
        """What every branch, tag and pull request points to: of an annotated tag, the tag itself."""
        with self.lock:
            refs = self._git.refs.as_dict()
        return {ref: target for ref, target in sorted(refs.items()) if ref.startswith(b"refs/")}

    def point(self, ref: Ref, target: ObjectID) -> None:
        """Point a ref elsewhere, wherever it points."""
        with self.lock:
            self._git.refs.set_if_equals(ref, None, target)

    def branch_head(self, branch: str) -> str:
        """The commit a branch or pull request points to; a tag or commit id is neither."""
        commit = self._commit_of(head_ref(branch))
        if commit is None:
            raise revision_not_found(branch)
        return commit

    def note(self, commit_id: str) -> CommitNote:
        """What a commit says about itself."""
        commit = self.object(ObjectID(commit_id.encode()))
        if not isinstance(commit, Commit):
            raise revision_not_found(commit_id)
        author = commit.author.decode(errors="replace").partition(" <")[0]
        text = commit.message.decode(errors="replace")
        return CommitNote(commit_id, commit.tree, author, commit.commit_time, text)

    def history(self, commit_id: str) -> Iterator[CommitNote]:
        """A commit and those before it, newest first."""
        parents = [ObjectID(commit_id.encode())]
        while parents:
            commit = self.object(parents[0])
            if not isinstance(commit, Commit):
                return
            yield self.note(parents[0].decode())
            parents = commit.parents

    def move_branch(self, branch: str, before: str | None, after: str) -> None:
        """Point a branch or pull request to another commit; this is the moment a commit exists."""
        with self.lock:
            old = ObjectID(before.encode()) if before else None
            self._git.refs.set_if_equals(head_ref(branch), old, ObjectID(after.encode()))

    def add_branch(self, branch: str, commit_id: str) -> None:
        """Create a branch."""
        self._add_ref(branch_ref(branch), ObjectID(commit_id.encode()))

    def add_tag(self, tag: str, commit_id: str, message: str, by: Signature) -> None:
        """Create a tag, annotated if there is a message."""
        ref, target = tag_ref(tag), ObjectID(commit_id.encode())
        if message:
            annotated = _annotated(tag, target, message, by)
            self.add_objects([annotated])
            target = annotated.id
        self._add_ref(ref, target)

    def delete_ref(self, ref: Ref, name: str) -> None:
        """Delete a branch or tag."""
        with self.lock:
            if self._commit_of(ref) is None:
                raise revision_not_found(name)
            self._git.refs.remove_if_equals(ref, None)

    def _add_ref(self, ref: Ref, target: ObjectID) -> None:
        with self.lock:
            taken = self._git.refs.allkeys()
            if ref in taken:
                raise HubError(409, f"Reference {ref.decode()} already exists")
            for old in taken:  # git keeps a ref in a file, which cannot be a folder as well
                if old.startswith(ref + b"/") or ref.startswith(old + b"/"):
                    raise HubError(409, f"Reference {ref.decode()} conflicts with {old.decode()}")
            self._git.refs.add_if_new(ref, target)

    def _refs(self, base: bytes) -> dict[str, str]:
        with self.lock:
            names = sorted(self._git.refs.subkeys(Ref(base)))
            found = {name.decode(): self._commit_of(Ref(base + b"/" + name)) for name in names}
        return {name: commit for name, commit in found.items() if commit}

    def _commit_of(self, name: Ref) -> str | None:
        with self.lock:
            try:
                target = self._git.object_store[self._git.refs[name]]
            except (KeyError, RefFormatError):
                return None
            while isinstance(target, Tag):
                target = self._git.object_store[target.object[1]]
        return target.id.decode()

    def _commit_id(self, text: str) -> str:
        if not (_SHORTEST_COMMIT_ID <= len(text) <= 40 and valid_hexsha(text.lower().ljust(40, "0"))):
            raise revision_not_found(text)
        store = self._git.object_store
        found = {oid for oid in store.iter_prefix(text.lower().encode()) if isinstance(store[oid], Commit)}
        if len(found) != 1:
            raise revision_not_found(text)
        return found.pop().decode()


def _ref_names(revision: str) -> list[Ref]:
    full = [revision] if revision.startswith("refs/") else []
    return [Ref(name.encode()) for name in (*full, f"refs/heads/{revision}", f"refs/tags/{revision}")]


def _annotated(name: str, target: ObjectID, message: str, by: Signature) -> Tag:
    tag = Tag()
    tag.name = name.encode()
    tag.object = (Commit, target)
    tag.message = message.encode() + b"\n"
    tag.tagger = by.identity
    tag.tag_time = by.date
    tag.tag_timezone = 0
    return tag
