"""What the HTML pages show, as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from urllib.parse import quote

from cards.page import render_markdown
from train.rehearse.hub.discussions import Discussion, all_discussions
from train.rehearse.hub.front_matter import card_of
from train.rehearse.hub.home import Home, wire_date
from train.rehearse.hub.names import Kind
from train.rehearse.hub.snapshot import Entry
from train.rehearse.hub.store import Store

_MOST_COMMITS = 100

Row = Mapping[str, object]


def shelves(store: Store) -> list[tuple[str, list[Row]]]:
    """Every public repository, by type."""
    return [
        (f"{kind.plural.capitalize()}", [_book(home) for home in store.all(kind) if home.is_visible_to(None)])
        for kind in Kind
    ]


def repository_facts(home: Home, revision: str) -> Mapping[str, object]:
    """One repository at a revision: its card, files, tags, discussions and history."""
    snapshot = home.at(revision)
    card = card_of(snapshot)
    history = islice(home.repository.history(snapshot.commit_id), _MOST_COMMITS)
    return {
        "kind": home.kind.value,
        "gated": home.settings.gated,
        "id": home.id,
        "revision": revision,
        "commit": snapshot.commit_id,
        "facts": [(name, _readable(value)) for name, value in card.values.items()],
        "card": render_markdown(card.body, _resolved(home, snapshot.commit_id).__add__),
        "files": [_file(home, snapshot.commit_id, entry) for entry in snapshot.files()],
        "tags": [_tag(home, name, commit) for name, commit in home.repository.tags().items()],
        "discussions": [_discussion(home, discussion) for discussion in all_discussions(home.records)],
        "history": [_commit(home, note.id, note.title, note.author, note.date) for note in history],
    }


def _book(home: Home) -> Row:
    date = wire_date(home.at().note.date)[:10]
    return {"id": home.id, "href": _page(home), "tags": ", ".join(home.repository.tags()), "date": date}


def _file(home: Home, commit: str, entry: Entry) -> Row:
    return {"path": entry.path, "size": entry.size, "href": _resolved(home, commit) + quote(entry.path)}


def _tag(home: Home, name: str, commit: str) -> Row:
    return {"name": name, "commit": commit, "href": f"{_page(home)}/tree/{quote(name, safe='')}"}


def _commit(home: Home, commit: str, title: str, author: str, date: int) -> Row:
    href = f"{_page(home)}/commit/{commit}"
    return {"commit": commit, "title": title, "author": author, "date": wire_date(date)[:10], "href": href}


def _discussion(home: Home, discussion: Discussion) -> Row:
    kind = "pull request" if discussion.is_pull else "discussion"
    href = f"{_page(home)}/discussions/{discussion.number}"
    return {"title": discussion.title, "kind": kind, "status": discussion.status, "href": href}


def _page(home: Home) -> str:
    return f"/{home.kind.web_prefix}{home.id}"


def _resolved(home: Home, commit: str) -> str:
    return f"{_page(home)}/resolve/{commit}/"


def _readable(value: object) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
