"""What a repository holds at one commit."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from dulwich.objects import Blob, ObjectID, Tree

from train.rehearse.hub.errors import HubError, entry_not_found
from train.rehearse.hub.names import path_parts
from train.rehearse.hub.objects import ObjectStore, Pointer, parse_pointer
from train.rehearse.hub.repository import CommitNote, Repository


@dataclass(frozen=True)
class Entry:
    """A file or folder; a large file has the size of its content and, beside it, its pointer."""

    path: str
    oid: str
    size: int = 0
    is_folder: bool = False
    pointer: Pointer | None = None

    @property
    def etag(self) -> str:
        """What names the content: sha256 of a large file, git's own id of another."""
        return self.pointer.sha256 if self.pointer else self.oid


@dataclass(frozen=True)
class BlobFacts:
    """What a listing needs to know about a blob, so that it is unpacked once only."""

    size: int
    pointer: Pointer | None


@dataclass(frozen=True)
class Snapshot:
    """A commit of a repository, to be read."""

    repository: Repository
    objects: ObjectStore
    commit_id: str
    known_blobs: dict[ObjectID, BlobFacts] = field(default_factory=dict, repr=False)

    @cached_property
    def note(self) -> CommitNote:
        """What the commit says about itself."""
        return self.repository.note(self.commit_id)

    def entry(self, path: str) -> Entry | None:
        """The file or folder at a path."""
        try:
            found = self._find(self.note.tree, path_parts(path))
        except HubError:
            return None
        return self._entry(path, *found) if found else None

    def file(self, path: str) -> Entry:
        """The file at a path, or an EntryNotFound."""
        entry = self.entry(path)
        if entry is None or entry.is_folder:
            raise entry_not_found(commit=self.commit_id)
        if entry.pointer and self.objects.size(entry.pointer.sha256) is None:
            raise entry_not_found(f"{path} was deleted for good", commit=self.commit_id)
        return entry

    def listing(self, folder: str = "", *, recursive: bool = False) -> Iterator[Entry]:
        """What lies in a folder, in git's order, folders before what is in them."""
        if not folder:
            return self._walk(self.note.tree, "", recursive=recursive)
        entry = self.entry(folder)
        if entry is None or not entry.is_folder:
            raise entry_not_found(f"{folder} does not exist on this revision", commit=self.commit_id)
        return self._walk(ObjectID(entry.oid.encode()), f"{folder}/", recursive=recursive)

    def files(self) -> list[Entry]:
        """Every file."""
        return [entry for entry in self.listing(recursive=True) if not entry.is_folder]

    def blob(self, entry: Entry) -> bytes:
        """What git keeps for a file: the content, or the pointer of a large file."""
        return self.repository.object(ObjectID(entry.oid.encode())).as_raw_string()

    def text(self, path: str) -> str:
        """A small text file; empty if there is none."""
        entry = self.entry(path)
        if entry is None or entry.is_folder or entry.pointer:
            return ""
        return self.blob(entry).decode(errors="replace")

    def last_commits(self, paths: list[str]) -> dict[str, CommitNote]:
        """The commit that last changed each path."""
        found: dict[str, CommitNote] = {}
        newer: CommitNote | None = None
        for note in self.repository.history(self.commit_id):
            if newer:
                found |= {
                    path: newer for path in paths if path not in found and self._differs(path, newer, note)
                }
            newer = note
        return {path: newer for path in paths if newer} | found

    def _differs(self, path: str, newer: CommitNote, older: CommitNote) -> bool:
        parts = path_parts(path)
        return self._find(newer.tree, parts) != self._find(older.tree, parts)

    def _find(self, tree: ObjectID, parts: tuple[bytes, ...]) -> tuple[int, ObjectID] | None:
        mode, oid = stat.S_IFDIR, tree
        for part in parts:
            folder = self.repository.tree(oid) if stat.S_ISDIR(mode) else Tree()
            if part not in folder:
                return None
            mode, oid = folder[part]
        return mode, oid

    def _walk(self, tree: ObjectID, prefix: str, *, recursive: bool) -> Iterator[Entry]:
        for name, mode, oid in self.repository.tree(tree).items():
            path = prefix + name.decode(errors="replace")
            yield self._entry(path, mode, oid)
            if recursive and stat.S_ISDIR(mode):
                yield from self._walk(oid, f"{path}/", recursive=True)

    def _entry(self, path: str, mode: int, oid: ObjectID) -> Entry:
        if stat.S_ISDIR(mode):
            return Entry(path, oid.decode(), is_folder=True)
        facts = self._facts(oid)
        return Entry(path, oid.decode(), facts.size, pointer=facts.pointer)

    def _facts(self, oid: ObjectID) -> BlobFacts:
        if oid not in self.known_blobs:
            blob = self.repository.object(oid)
            data = blob.data if isinstance(blob, Blob) else b""
            pointer = parse_pointer(data)
            self.known_blobs[oid] = BlobFacts(pointer.size if pointer else len(data), pointer)
        return self.known_blobs[oid]
