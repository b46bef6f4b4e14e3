"""Pull requests: a ref of their own, compared with their base, and merged into it as one commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile

from dulwich.objects import ObjectID

from train.rehearse.hub.commit import Draft, Operation, Put, Remove, prepare_commit
from train.rehearse.hub.differences import Changes, changes, conflicts, diff
from train.rehearse.hub.discussions import (
    Discussion,
    checked_title,
    find_discussion,
    next_number,
    save_discussion,
)
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.home import Home
from train.rehearse.hub.names import pull_revision
from train.rehearse.hub.repository import CommitNote, Repository, Signature


@dataclass(frozen=True)
class Comparison:
    """A pull request beside its base: what it adds, and where the base has moved the other way."""

    commits: list[CommitNote]
    proposed: Changes
    conflicts: list[str]
    diff: str


def open_discussion(home: Home, title: str, text: str, by: Signature) -> Discussion:
    """A new discussion with its first comment."""
    with home.repository.lock:
        number = next_number(home.records)
        discussion = Discussion(number, checked_title(title), "open", by.name, by.date)
        return _saved(home, discussion.commented(by.name, by.date, text))


def open_pull(home: Home, title: str, text: str, by: Signature, *, base: str, head: str) -> Discussion:
    """A new pull request; without a commit of its own yet it is a draft."""
    with home.repository.lock:
        number = next_number(home.records)
        is_draft = head == home.repository.branch_head(base)
        status = "draft" if is_draft else "open"
        discussion = Discussion(number, checked_title(title), status, by.name, by.date, base)
        home.repository.move_branch(pull_revision(number), None, head)
        return _saved(home, discussion.commented(by.name, by.date, text))


def look_up(home: Home, number: int) -> Discussion:
    """A discussion; one whose merge was cut short counts as merged if the base has its commit."""
    with home.repository.lock:
        discussion = find_discussion(home.records, number)
        if discussion.merge_commit and discussion.status != "merged" and _arrived(home, discussion):
            note = home.repository.note(discussion.merge_commit)
            return _saved(home, discussion.turned(note.author, note.date, "merged"))
        return discussion


def author_of_pull(home: Home, number: int) -> str:
    """Who opened a pull request; empty if there is none of that number."""
    record = home.records.read(f"discussions/{number}")
    return record.text("author") if record else ""


def compare(home: Home, pull: Discussion) -> Comparison:
    """A pull request beside its base."""
    repository = home.repository
    with repository.lock:
        head = repository.resolve(pull_revision(pull.number))
        base = repository.resolve(pull.base)
        start = _common_ancestor(repository, head, base)
        history = repository.history(head)
        commits = list(takewhile(lambda note: note.id != start, history))[::-1]
        old, new = _tree(repository, start or base), _tree(repository, head)
        proposed = changes(repository, old, new)
        meanwhile = changes(repository, old, _tree(repository, base)) if pull.is_open else {}
        return Comparison(commits, proposed, conflicts(proposed, meanwhile), diff(repository, old, new))


def merge(home: Home, number: int, by: Signature, comment: str) -> Discussion:
    """Add what a pull request proposes to its base, as one commit.

    The commit is noted before the base moves to it, so that a kill in between loses nothing.
    """
    with home.repository.lock:
        pull = look_up(home, number)
        compared = compare(home, _mergeable(pull))
        if compared.conflicts:
            raise HubError(409, f"This pull request has conflicts in {', '.join(compared.conflicts)}")
        pull = pull.commented(by.name, by.date, comment) if comment.strip() else pull
        base = home.repository.branch_head(pull.base)
        commit_id = prepare_commit(home.repository, base, _merge_draft(home, pull, compared), by)
        _saved(home, replace(pull, merge_commit=commit_id))
        home.repository.move_branch(pull.base, base, commit_id)
        return look_up(home, number)


def _mergeable(pull: Discussion) -> Discussion:
    if not pull.is_pull:
        raise HubError(400, "A discussion cannot be merged, only a pull request can")
    if pull.status != "open":
        raise HubError(409, f"Cannot merge a pull request that is {pull.status}: its status must be open")
    return pull


def _merge_draft(home: Home, pull: Discussion, compared: Comparison) -> Draft:
    operations = [_operation(home.repository, path, oid) for path, oid in compared.proposed.items()]
    commits = "\n".join(f"- {note.title} ({note.id})" for note in compared.commits)
    coauthor = f"Co-authored-by: {pull.author} <{pull.author}@users.noreply.huggingface.co>"
    return Draft(f"{pull.title} (#{pull.number})", operations, f"{commits}\n\n\n{coauthor}")


def _operation(repository: Repository, path: str, oid: ObjectID | None) -> Operation:
    return Put(path, repository.object(oid).as_raw_string()) if oid else Remove(path)


def _arrived(home: Home, pull: Discussion) -> bool:
    base = home.repository.resolve(pull.base)
    return any(note.id == pull.merge_commit for note in home.repository.history(base))


def _common_ancestor(repository: Repository, head: str, base: str) -> str | None:
    known = {note.id for note in repository.history(base)}
    return next((note.id for note in repository.history(head) if note.id in known), None)


def _tree(repository: Repository, commit_id: str) -> ObjectID:
    return repository.note(commit_id).tree


def _saved(home: Home, discussion: Discussion) -> Discussion:
    save_discussion(home.records, discussion)
    return discussion
