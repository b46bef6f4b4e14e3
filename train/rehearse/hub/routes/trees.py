"""What is in a repository, and how it came there."""

from __future__ import annotations

import html
from collections.abc import Sequence
from urllib.parse import parse_qs

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.home import wire_date
from train.rehearse.hub.paging import paged
from train.rehearse.hub.repository import CommitNote
from train.rehearse.hub.routing import Route
from train.rehearse.hub.snapshot import Entry, Snapshot

_PAGE_SIZE, _EXPANDED_PAGE_SIZE, _COMMITS_PAGE_SIZE = 1000, 50, 50
_MOST_PATHS = 1000
_YES = ("true", "1")


async def list_tree(call: Call) -> Response:
    """The files and folders in a folder, with all below it if asked."""
    query = call.request.query_params
    snapshot = await in_thread(call.snapshot)
    recursive, expand = query.get("recursive", "").lower() in _YES, query.get("expand", "").lower() in _YES
    folder = call.params.get("path", "").strip("/")
    entries = await in_thread(_listing, snapshot, folder, recursive=recursive)
    page_size = _EXPANDED_PAGE_SIZE if expand else _PAGE_SIZE
    return await paged(call, entries, lambda page: _rows(snapshot, page, expand=expand), page_size)


async def paths_info(call: Call) -> Response:
    """The files and folders at these paths; those that do not exist are left out."""
    form = parse_qs((await call.body()).decode(errors="replace"), keep_blank_values=True)
    paths, expand = form.get("paths", []), form.get("expand", [""])[0].lower() in _YES
    if len(paths) > _MOST_PATHS:
        raise HubError(413, "too many parameters")
    return JSONResponse(await in_thread(_info_of, call, paths, expand=expand))


async def list_commits(call: Call) -> Response:
    """The commits up to a revision, newest first."""
    notes = await in_thread(_history, call)
    formatted = "formatted" in call.request.query_params.getlist("expand[]")
    return await paged(
        call,
        notes,
        lambda page: [_commit_row(note, formatted=formatted) for note in page],
        _COMMITS_PAGE_SIZE,
    )


def _listing(snapshot: Snapshot, folder: str, *, recursive: bool) -> list[Entry]:
    return list(snapshot.listing(folder, recursive=recursive))


def _info_of(call: Call, paths: list[str], *, expand: bool) -> list[dict[str, object]]:
    snapshot = call.snapshot()
    entries = [snapshot.entry(path.strip("/")) for path in paths]
    rows = _rows(snapshot, [entry for entry in entries if entry], expand=expand)
    return [_with_xet_hash(row) for row in rows]


def _history(call: Call) -> list[CommitNote]:
    snapshot = call.snapshot()
    return list(snapshot.repository.history(snapshot.commit_id))


def _rows(snapshot: Snapshot, entries: Sequence[Entry], *, expand: bool) -> list[dict[str, object]]:
    notes = snapshot.last_commits([entry.path for entry in entries]) if expand else {}
    return [{**_row(entry), **_last_commit(notes.get(entry.path))} for entry in entries]


def _row(entry: Entry) -> dict[str, object]:
    row: dict[str, object] = {
        "type": "directory" if entry.is_folder else "file",
        "oid": entry.oid,
        "size": entry.size,
        "path": entry.path,
    }
    if entry.pointer:
        row["lfs"] = {
            "oid": entry.pointer.sha256,
            "size": entry.size,
            "pointerSize": len(entry.pointer.text()),
        }
    return row


def _with_xet_hash(row: dict[str, object]) -> dict[str, object]:
    """A large file with what copying it asks for; its sha256 serves, since nothing downloads by it."""
    lfs = row.get("lfs")
    return {**row, "xetHash": lfs["oid"]} if isinstance(lfs, dict) else row


def _last_commit(note: CommitNote | None) -> dict[str, object]:
    return {"lastCommit": {"id": note.id, "title": note.title, "date": wire_date(note.date)}} if note else {}


def _commit_row(note: CommitNote, *, formatted: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "id": note.id,
        "title": note.title,
        "message": note.message,
        "date": wire_date(note.date),
        "authors": [{"user": note.author, "avatar": ""}],
    }
    if formatted:
        row["formatted"] = {"title": html.escape(note.title), "message": html.escape(note.message)}
    return row


ROUTES = (
    Route("GET", "/api/{kind}/{repo}/tree/{rev}", list_tree),
    Route("GET", "/api/{kind}/{repo}/tree/{rev}/{path}", list_tree),
    Route("POST", "/api/{kind}/{repo}/paths-info/{rev}", paths_info),
    Route("GET", "/api/{kind}/{repo}/commits/{rev}", list_commits),
)
