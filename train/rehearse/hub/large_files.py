"""Where a repository's history names large files, and how to take some of them out of it for good."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from dulwich.objects import Commit, ObjectID, ShaFile, Tag, Tree
from dulwich.refs import Ref

from train.rehearse.hub.home import Home
from train.rehearse.hub.objects import Pointer, parse_pointer
from train.rehearse.hub.repository import MAIN, Repository


@dataclass(frozen=True)
class LargeFile:
    """A large file as it first came in."""

    pointer: Pointer
    path: str
    ref: str
    date: int


def large_files(home: Home) -> list[LargeFile]:
    """Every large file that any commit names and that is still there, by path."""
    with home.repository.lock:
        found = _named(home.repository, tuple(home.repository.targets().items()))
    return [large for large in found if home.objects.size(large.pointer.sha256) is not None]


@lru_cache(maxsize=256)
def _named(repository: Repository, targets: tuple[tuple[Ref, ObjectID], ...]) -> list[LargeFile]:
    """Remembered until a ref moves, since it takes a walk through the whole history."""
    found: dict[str, LargeFile] = {}
    seen: set[ObjectID] = set()
    refs = [ref.decode() for ref, _target in targets]
    for ref in sorted(refs, key=lambda ref: ref != f"refs/heads/{MAIN}"):
        for note in reversed(list(repository.history(repository.resolve(ref)))):
            for path, pointer in _pointers(repository, note.tree, "", seen):
                found.setdefault(pointer.sha256, LargeFile(pointer, path, ref, note.date))
    return sorted(found.values(), key=lambda large: (large.path, large.pointer.sha256))


def _pointers(
    repository: Repository, tree: ObjectID, prefix: str, seen: set[ObjectID]
) -> Iterator[tuple[str, Pointer]]:
    for name, mode, oid in repository.tree(tree).items():
        if oid in seen:
            continue
        seen.add(oid)
        path = prefix + name.decode(errors="replace")
        if stat.S_ISDIR(mode):
            yield from _pointers(repository, oid, f"{path}/", seen)
        elif pointer := parse_pointer(repository.object(oid).as_raw_string()):
            yield path, pointer


@dataclass
class Rewriting:
    """A history without some large files: every commit, tree and tag that named them is made anew."""

    read: Callable[[ObjectID], ShaFile]
    unwanted: frozenset[str]
    objects: list[ShaFile] = field(default_factory=list)
    _known: dict[ObjectID, ObjectID | None] = field(default_factory=dict)

    def of(self, oid: ObjectID) -> ObjectID | None:
        """What takes an object's place; None if nothing is left of it."""
        if oid not in self._known:
            self._known[oid] = self._made_anew(self.read(oid))
        return self._known[oid]

    def _made_anew(self, old: ShaFile) -> ObjectID | None:
        if isinstance(old, Commit):
            return self._commit(old)
        if isinstance(old, Tree):
            return self._tree(old)
        if isinstance(old, Tag):
            return self._kept(_tag_on(old, self.of(old.object[1]) or old.object[1]), old)
        pointer = parse_pointer(old.as_raw_string())
        return None if pointer and pointer.sha256 in self.unwanted else old.id

    def _tree(self, old: Tree) -> ObjectID | None:
        new = Tree()
        for name, mode, oid in old.items():
            left = self.of(oid)
            if left:
                new.add(name, mode, left)
        return self._kept(new, old) if len(new) else None

    def _commit(self, old: Commit) -> ObjectID:
        new = Commit.from_string(old.as_raw_string())
        new.tree = self.of(old.tree) or self._kept(Tree(), old)
        new.parents = [self._known.get(parent) or parent for parent in old.parents]
        return self._kept(new, old)

    def _kept(self, new: ShaFile, old: ShaFile) -> ObjectID:
        if new.id != old.id:
            self.objects.append(new)
        return new.id


def remove_from_history(repository: Repository, unwanted: frozenset[str]) -> None:
    """Rewrite every branch, tag and pull request without these large files; refs move when all is stored."""
    with repository.lock:
        rewriting = Rewriting(repository.object, unwanted)
        moves = {}
        for ref, target in repository.targets().items():
            for note in reversed(list(repository.history(repository.resolve(ref.decode())))):
                rewriting.of(ObjectID(note.id.encode()))
            moves[ref] = rewriting.of(target) or target
        repository.add_objects(rewriting.objects)
        for ref, target in moves.items():
            repository.point(ref, target)


def _tag_on(old: Tag, target: ObjectID) -> Tag:
    new = Tag.from_string(old.as_raw_string())
    new.object = (old.object[0], target)
    return new
