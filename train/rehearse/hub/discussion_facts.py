"""Discussions as the API tells of them."""

from __future__ import annotations

from collections.abc import Mapping

from cards.page import render_markdown
from train.rehearse.hub.discussions import COMMENT, STATUS, Discussion, Event, Version
from train.rehearse.hub.home import Home, wire_date
from train.rehearse.hub.pulls import Comparison
from train.rehearse.hub.repository import CommitNote

Facts = Mapping[str, object]


def row(home: Home, discussion: Discussion) -> Facts:
    """A discussion in a list."""
    return {
        "num": discussion.number,
        "title": discussion.title,
        "status": discussion.status,
        "author": user(discussion.author),
        "createdAt": wire_date(discussion.date),
        "isPullRequest": discussion.is_pull,
        "repo": {"name": home.id, "type": home.kind.value},
        "repoOwner": {"name": home.id.partition("/")[0]},
        "numComments": sum(event.kind == COMMENT for event in discussion.events),
        "pinned": False,
    }


def details(home: Home, discussion: Discussion, compared: Comparison | None) -> Facts:
    """A discussion with all that happened in it, and for a pull request what it proposes."""
    dated = [(event.date, event_facts(event)) for event in discussion.events]
    if compared is None:
        return {**row(home, discussion), "events": [facts for _date, facts in dated]}
    dated += [(note.date, _commit_facts(note)) for note in compared.commits]
    dated.sort(key=lambda pair: pair[0])  # stable: what was said stands before what was done
    return {
        **row(home, discussion),
        "events": [facts for _date, facts in dated],
        "diff": compared.diff,
        "filesWithConflicts": compared.conflicts,
        "changes": {
            "base": f"refs/heads/{discussion.base}",
            **({"mergeCommitId": discussion.merge_commit} if discussion.status == "merged" else {}),
        },
    }


def event_facts(event: Event) -> Facts:
    """Something that happened in a discussion."""
    return {
        "id": event.id,
        "type": event.kind,
        "createdAt": wire_date(event.date),
        "author": user(event.author),
        "data": _event_data(event),
    }


def user(name: str) -> Facts:
    """A user as answers name them."""
    return {"name": name, "fullname": name, "avatarUrl": "", "type": "user", "isPro": False, "isHf": False}


def _event_data(event: Event) -> Facts:
    if event.kind == COMMENT:
        return {
            "edited": len(event.versions) > 1,
            "hidden": event.is_hidden,
            "numEdits": len(event.versions) - 1,
            "latest": _version_facts(event.versions[-1]),
            "history": [_version_facts(version) for version in event.versions[-2::-1]],
        }
    return {"status": event.new} if event.kind == STATUS else {"from": event.old, "to": event.new}


def _version_facts(version: Version) -> Facts:
    return {
        "raw": version.text,
        "html": render_markdown(version.text, str),
        "updatedAt": wire_date(version.date),
        "author": user(version.author),
    }


def _commit_facts(note: CommitNote) -> Facts:
    return {
        "id": note.id[:24],
        "type": "commit",
        "createdAt": wire_date(note.date),
        "author": user(note.author),
        "data": {"subject": note.title, "oid": note.id},
    }
