"""Ghost's export: one JSON file with posts, pages, people and settings; only texts and names are read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from train.errors import StageError
from train.prepare.document import Document, Dropped
from train.prepare.sources import archive, exports, files
from train.prepare.sources.archive import Archive, MemberError
from train.prepare.sources.ghost_cards import from_lexical, from_mobiledoc
from train.sections import Source

HERE = "__GHOST_URL__"
AGAIN = "download the export again, then edit sources in the recipe"
Row = Mapping[str, Any]
Tables = Mapping[str, Any]


def name(source: Source) -> str:
    """The file's own name, or the folder's."""
    return files.place_of(source).stem


def pin(source: Source) -> Source:
    """The source with a digest of the export for a revision."""
    return archive.pinned(source, _is_json)


def read(source: Source) -> Iterator[Document | Dropped]:
    """Every published post for the public, in the export's order."""
    take = exports.taken(source, "post", "page", "draft", "scheduled", "sent", "members", "paid", "tiers")
    place = files.place_of(source)
    with archive.opened(place) as export:
        if not any(_is_json(each) for each in export.members):
            raise exports.mistaken(place, export, "a Ghost export (JSON)")
        yield from exports.left_out(export, source.name)
        for member in (each for each in export.members if _is_json(each)):
            for tables in _tables(export, member, source):
                yield from _posts(tables, source.name, take)


def _is_json(name: str) -> bool:
    return name.lower().endswith(".json") and not exports.is_about_readers(name)


def _tables(export: Archive, member: str, source: Source) -> list[Tables]:
    place = files.place_of(source)
    try:
        whole = json.loads(export.read(member).decode("utf-8-sig", "replace"))
    except (MemberError, RecursionError) as error:
        raise StageError(f"{place}: {member} cannot be read: {error}.", fix=AGAIN) from error
    except ValueError as error:
        if not export.read(member).lstrip()[:1] == b"{":
            raise exports.mistaken(place, export, "a Ghost export (JSON)") from error
        raise StageError(f"{place}: {member} breaks off or is damaged: {error}.", fix=AGAIN) from error
    databases = whole.get("db", [whole]) if isinstance(whole, dict) else whole
    found = (
        [each.get("data", each) for each in databases if isinstance(each, dict)]
        if _is_list(databases)
        else []
    )
    tables: list[Tables] = [each for each in found if isinstance(each, dict) and _is_list(each.get("posts"))]
    if not tables:
        raise exports.mistaken(place, export, "a Ghost export: it has no posts")
    return tables


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _posts(tables: Tables, source: str, take: frozenset[str]) -> Iterator[Document | Dropped]:
    people = {row.get("id"): exports.person(_word(row, "name")) for row in _rows(tables, "users")}
    authors: dict[Any, list[str]] = {}
    for link in sorted(
        _rows(tables, "posts_authors"), key=lambda row: str(row.get("sort_order", 0)).zfill(6)
    ):
        authors.setdefault(link.get("post_id"), []).append(people.get(link.get("author_id"), ""))
    for row in _rows(tables, "posts"):
        names = authors.get(row.get("id")) or [people.get(row.get("author_id"), "")]
        yield _document(row, ", ".join(filter(None, names)), source, take)


def _rows(tables: Tables, table: str) -> list[Row]:
    rows = tables.get(table)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _word(row: Row, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _document(row: Row, author: str, source: str, take: frozenset[str]) -> Document | Dropped:
    origin = _word(row, "slug") or str(row.get("id", ""))
    kind = _word(row, "type") or ("page" if row.get("page") in (1, True) else "post")
    dropped = Dropped(f"{source}/{kind}s/{origin}", exports.plain(_word(row, "title")), source, "")
    why = _why_not(row, kind, take)
    if why:
        return replace(dropped, reason=why)
    text, markup = _body(row)
    if not text.strip():
        return replace(dropped, reason="empty")
    language = _word(row, "locale") or _word(row, "language")
    date = exports.day(row.get("published_at") or row.get("created_at"))
    text = text.replace(HERE, "")
    return Document(
        dropped.id, dropped.title, text, origin, source, kind, date, author, language, markup=markup
    )


def _why_not(row: Row, kind: str, take: frozenset[str]) -> str:
    status, visibility = _word(row, "status") or "published", _word(row, "visibility") or "public"
    kinds = take.intersection(("post", "page")) or {"post"}
    if kind not in kinds:
        return f"{kind}, not taken"
    if status != "published" and status not in take:
        return "unpublished" if status == "draft" else f"{status}, not published"
    return "" if visibility == "public" or visibility in take else f"for {visibility} only"


def _body(row: Row) -> tuple[str, Any]:
    """The text as HTML if there is some, else made from what the editor stored; Markdown in old exports."""
    if _word(row, "html").strip():
        return _word(row, "html"), "html"
    for key, convert in (("lexical", from_lexical), ("mobiledoc", from_mobiledoc)):
        stored = _loaded(_word(row, key))
        if stored:
            return convert(stored), "html"
    return _word(row, "markdown"), "markdown"


def _loaded(text: str) -> Row:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
