"""Substack's export: posts.csv says what the pages in posts/ are. Lists of subscribers are never opened."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape

from train.errors import StageError
from train.prepare.document import Document, Dropped
from train.prepare.sources import archive, exports, files
from train.prepare.sources.archive import Archive, MemberError
from train.sections import Source

LIST = "posts.csv"
PAGE = re.compile(r"posts/(?P<id>[^/]+)\.html?")
KINDS = ("newsletter", "podcast", "thread", "page", "restack", "note", "ad_hoc_email")
AUDIENCES = ("only_paid", "only_free", "founding")
NEEDED = ("post_id", "is_published", "title")
Row = Mapping[str, str]


def name(source: Source) -> str:
    """The file's own name, or the folder's."""
    return files.place_of(source).stem


def pin(source: Source) -> Source:
    """The source with a digest of the export for a revision."""
    return archive.pinned(source, lambda name: name == LIST or bool(PAGE.fullmatch(name)))


def read(source: Source) -> Iterator[Document | Dropped]:
    """Every published post for everyone, in the list's order; a page the list does not name is reported."""
    take = exports.taken(source, "newsletter", *KINDS[1:], "draft", *AUDIENCES)
    place = files.place_of(source)
    with archive.opened(place) as export:
        if LIST not in export.members:
            raise exports.mistaken(place, export, f"a Substack export ({LIST} and posts/*.html)")
        yield from exports.left_out(export, source.name)
        pages = {found["id"]: each for each in export.members if (found := PAGE.fullmatch(each))}
        listed = set()
        for row in _rows(export, str(place)):
            page = _page_of(row, pages)
            listed.add(page)
            yield _document(export, row, page, source.name, take)
        for page in sorted(set(pages.values()) - listed):
            yield Dropped(f"{source.name}/{page}", "", source.name, "not in posts.csv")


def _rows(export: Archive, place: str) -> list[Row]:
    try:
        text = export.read(LIST).decode("utf-8-sig", "replace").replace("\0", "")
    except MemberError as error:
        raise StageError(f"{place}: {LIST} cannot be read: {error}.", fix=files.EDIT) from error
    csv.field_size_limit(1 << 30)
    rows = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in NEEDED if column not in (rows.fieldnames or ())]
    if missing:
        what = f"{place}: {LIST} has no column {', '.join(missing)}; it begins with {text[:60]!r}."
        raise StageError(what, fix="download the export again, then edit sources in the recipe")
    return [{key: value for key, value in row.items() if isinstance(value, str)} for row in rows]


def _page_of(row: Row, pages: Mapping[str, str]) -> str:
    """A post's page: named like its id, or by its number alone where the export was older."""
    wanted = row.get("post_id", "")
    number = wanted.partition(".")[0]
    return pages.get(wanted) or next(
        (page for key, page in pages.items() if key.partition(".")[0] == number), ""
    )


def _document(export: Archive, row: Row, page: str, source: str, take: frozenset[str]) -> Document | Dropped:
    origin = page or f"posts/{row.get('post_id', '')}"
    dropped = Dropped(f"{source}/{origin}", exports.plain(row.get("title")), source, "")
    kind = row.get("type") or "newsletter"
    why = _why_not(row, kind, take)
    if why:
        return replace(dropped, reason=why)
    if not page:
        return replace(dropped, reason="missing from the export", detail=f"no {origin}.html")
    try:
        body = export.read(page).decode("utf-8-sig", "replace")
    except MemberError as error:
        return replace(dropped, reason="unreadable", detail=str(error))
    if not body.strip():
        return replace(dropped, reason="empty")
    text = _under(exports.plain(row.get("subtitle")), body)
    date = exports.day(row.get("post_date"))
    return Document(dropped.id, dropped.title, text, origin, source, _kind(kind), date, markup="html")


def _why_not(row: Row, kind: str, take: frozenset[str]) -> str:
    published = row.get("is_published", "").strip().lower() in ("true", "1", "yes", "t")
    audience = row.get("audience", "").strip() or "everyone"
    kinds = take.intersection(KINDS) or {"newsletter"}
    if kind not in kinds:
        return f"{kind}, not taken"
    if not published and "draft" not in take:
        return "unpublished"
    return "" if audience == "everyone" or audience in take else "for subscribers only"


def _kind(kind: str) -> str:
    return "post" if kind == "newsletter" else kind


def _under(subtitle: str, body: str) -> str:
    """The subtitle as the first paragraph, unless the post begins with it."""
    begins = re.sub(r"<[^<>]*>|\s+", " ", body[: 4 * len(subtitle) + 400]).split()
    spoken = subtitle.split()
    return body if not spoken or begins[: len(spoken)] == spoken else f"<p>{escape(subtitle)}</p>\n{body}"
