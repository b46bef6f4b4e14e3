"""WordPress's export (WXR): posts, and pages if taken. Readers' comments and addresses stay unread."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from train.errors import StageError
from train.prepare.document import Document, Dropped
from train.prepare.sources import archive, exports, files
from train.prepare.sources.archive import Archive, MemberError
from train.prepare.sources.wordpress_body import to_html
from train.prepare.sources.wordpress_xml import RefusedError, elements
from train.sections import Source

AGAIN = "export it again (WordPress: Tools, Export), then edit sources in the recipe"
NO_TEXTS = {  # what a site is made of besides texts
    *(
        "attachment",
        "nav_menu_item",
        "revision",
        "custom_css",
        "customize_changeset",
        "oembed_cache",
        "wp_block",
    ),
    *(
        "wp_template",
        "wp_template_part",
        "wp_global_styles",
        "wp_navigation",
        "wp_font_family",
        "wp_font_face",
    ),
    *("feedback", "user_request", "jp_pay_order", "acf-field", "acf-field-group", "elementor_library"),
}
OWN = re.compile(r"wordpress\.org/export/|purl\.org/(?:dc|rss)")  # other names are plugins', or worse
STATES = ("draft", "pending", "future", "private")


def name(source: Source) -> str:
    """The file's own name, or the folder's."""
    return files.place_of(source).stem


def pin(source: Source) -> Source:
    """The source with a digest of the export for a revision."""
    return archive.pinned(source, _is_xml)


def read(source: Source) -> Iterator[Document | Dropped]:
    """Every published post, in the export's order; then what else was in it, counted."""
    place = files.place_of(source)
    with archive.opened(place) as export:
        parts = [each for each in export.members if _is_xml(each) or len(export.members) == 1]
        if not parts:
            raise exports.mistaken(place, export, "a WordPress export (XML)")
        yield from exports.left_out(export, source.name)
        site = _Site(source)
        for part in parts:
            yield from _items(export, part, site, place)
        if not site.items:
            raise exports.mistaken(place, export, "a WordPress export: it has no posts")
        yield from site.left_out()


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".wxr"))


class _Site:
    """What is known of a site while its export goes by."""

    def __init__(self, source: Source) -> None:
        self.source = source.name
        self.take = frozenset(source.take or ("post",))
        self.types = self.take.difference(STATES) or frozenset({"post"})
        self.people: dict[str, str] = {}
        self.language = ""
        self.items = 0
        self.others: Counter[str] = Counter()
        self.comments = 0
        self.seen: Counter[str] = Counter()

    def left_out(self) -> Iterator[Dropped]:
        """One line for each kind of thing that is no text of the site's own."""
        for kind, number in sorted(self.others.items()):
            yield Dropped(f"{self.source}/{kind}", "", self.source, "not a text", f"{number} of type {kind}")
        if self.comments:
            detail = f"{self.comments} comments, with their writers' names and addresses"
            yield Dropped(f"{self.source}/comments", "", self.source, "readers' comments left out", detail)


def _items(export: Archive, part: str, site: _Site, place: Path) -> Iterator[Document | Dropped]:
    try:
        with export.open(part) as file:
            for element in elements(file):
                kind = _local(element)
                if kind == "author":
                    _remember(element, site)
                elif kind == "language":
                    site.language = (element.text or "").strip()
                elif kind == "item":
                    yield from _item(element, site)
    except RefusedError as error:
        what = f"{part} declares a document type or entities, which no export does: it is not read."
        raise StageError(what, fix=AGAIN) from error
    except (ParseError, MemberError, OSError) as error:
        if not site.items:
            raise exports.mistaken(place, export, "a WordPress export") from error
        what = f"{part} breaks off or is damaged after {site.items} items: {error}."
        raise StageError(what, fix=AGAIN) from error


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _fields(element: Element) -> Mapping[str, str]:
    """The texts of an element's children by name; of the two called `encoded` one is the excerpt."""
    found: dict[str, str] = {}
    for child in element:
        space, _, key = child.tag.rpartition("}")
        if space and not OWN.search(space):
            continue
        if key == "encoded":
            key = "excerpt" if "excerpt" in space else "content"
        found.setdefault(key, "".join(child.itertext()))
    return found


def _remember(author: Element, site: _Site) -> None:
    values = _fields(author)
    whole = f"{values.get('author_first_name', '')} {values.get('author_last_name', '')}"
    shown = exports.person(values.get("author_display_name")) or exports.person(whole)
    site.people[values.get("author_login", "").strip()] = shown


def _item(item: Element, site: _Site) -> Iterator[Document | Dropped]:
    site.items += 1
    site.comments += sum(_local(child) == "comment" for child in item)
    values = {key: value.strip("\r\n") for key, value in _fields(item).items()}
    kind = values.get("post_type", "").strip() or "post"
    if kind in NO_TEXTS and kind not in site.take:
        site.others[kind] += 1
        return
    dropped = Dropped(_id(values, site), exports.plain(values.get("title")), site.source, "")
    text = to_html(values.get("content", "")) + _notes(item)
    why = _why_not(values, kind, site) or ("" if text.strip() else "empty")
    if why:
        yield replace(dropped, reason=why)
        return
    origin = values.get("link", "").strip() or dropped.id.partition("/")[2]
    creator = values.get("creator", "").strip()
    yield Document(
        dropped.id,
        dropped.title,
        text,
        origin,
        site.source,
        kind,
        date=_day(values),
        author=site.people.get(creator) or exports.person(creator),
        language=site.language,
        markup="html",
    )


def _id(values: Mapping[str, str], site: _Site) -> str:
    number = values.get("post_id", "").strip() or str(site.items)
    origin = values.get("post_name", "").strip() or number
    site.seen[origin] += 1
    return f"{site.source}/{origin}" + (f"-{number}" if site.seen[origin] > 1 else "")


def _why_not(values: Mapping[str, str], kind: str, site: _Site) -> str:
    state = values.get("status", "").strip() or "publish"
    if kind not in site.types:
        return f"{kind}, not taken"
    if values.get("post_password", "").strip():
        return "behind a password"
    if state == "publish" or (state in STATES and state in site.take):
        return ""
    return "unpublished" if state == "draft" else f"{state}, not published"


def _day(values: Mapping[str, str]) -> str:
    day = exports.day(values.get("post_date", "").strip())
    if day:
        return day
    try:
        return parsedate_to_datetime(values.get("pubDate", "")).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return ""


def _notes(item: Element) -> str:
    """The block editor's footnotes, which are kept beside the text."""
    for meta in item:
        values = _fields(meta) if _local(meta) == "postmeta" else {}
        if values.get("meta_key") == "footnotes":
            try:
                notes = json.loads(values.get("meta_value", ""))
                return (
                    "<ol>"
                    + "".join(f'<li id="{note["id"]}">{note["content"]}</li>' for note in notes)
                    + "</ol>"
                )
            except (ValueError, TypeError, KeyError):
                return ""
    return ""
