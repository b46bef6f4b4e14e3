"""Copying what one repository holds into a new one."""

from __future__ import annotations

from collections.abc import Iterator

from dulwich.objects import Commit, ObjectID, ShaFile, Tree

from train.rehearse.hub.commit import begin_with
from train.rehearse.hub.repository import MAIN, Repository, Signature


def copy_history(source: Repository, target: Repository) -> None:
    """Main with all its past."""
    with source.lock:
        head = source.branch_head(MAIN)
        target.add_objects(list(_reachable(source, ObjectID(head.encode()))))
    target.move_branch(MAIN, None, head)


def copy_files(source: Repository, target: Repository, message: str, by: Signature) -> None:
    """What main holds now, as one commit."""
    with source.lock:
        tree = source.note(source.branch_head(MAIN)).tree
        target.add_objects(list(_reachable(source, tree)))
    begin_with(target, MAIN, tree, message, by)


def _reachable(source: Repository, start: ObjectID) -> Iterator[ShaFile]:
    seen, waiting = {start}, [start]
    while waiting:
        item = source.object(waiting.pop())
        yield item
        following = set(_following(item)) - seen
        seen |= following
        waiting += sorted(following)


def _following(item: ShaFile) -> list[ObjectID]:
    if isinstance(item, Commit):
        return [item.tree, *item.parents]
    if isinstance(item, Tree):
        return [oid for _name, _mode, oid in item.items()]
    return []
