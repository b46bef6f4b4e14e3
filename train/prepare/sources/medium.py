"""Medium's export: a page for each story. Drafts and answers to others' stories are only read if taken."""

import re
from collections.abc import Iterator
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from train.prepare.document import Document, Dropped
from train.prepare.sources import archive, exports, files
from train.prepare.sources.archive import Archive, MemberError
from train.sections import Source

POST = re.compile(r"posts/[^/]+\.html?")
DRAFT = re.compile(r"posts/draft_")
LONGEST_RESPONSE = 3  # paragraphs, of what has no title, no subtitle, no tags and no picture


def name(source: Source) -> str:
    """The file's own name, or the folder's."""
    return files.place_of(source).stem


def pin(source: Source) -> Source:
    """The source with a digest of the export for a revision."""
    return archive.pinned(source, lambda name: bool(POST.fullmatch(name)))


def read(source: Source) -> Iterator[Document | Dropped]:
    """Every published story, by its file's name."""
    take = exports.taken(source, "post", "draft", "response")
    place = files.place_of(source)
    with archive.opened(place) as export:
        posts = [name for name in export.members if POST.fullmatch(name)]
        if not posts or "posts.csv" in export.members:
            raise exports.mistaken(place, export, "a Medium export (posts/*.html)")
        yield from exports.left_out(export, source.name)
        for post in posts:
            yield _document(export, post, source.name, take)


def _document(export: Archive, post: str, source: str, take: frozenset[str]) -> Document | Dropped:
    dropped = Dropped(f"{source}/{post}", "", source, "")
    try:
        page = LexborHTMLParser(export.read(post).decode("utf-8", "replace"))
    except MemberError as error:
        return replace(dropped, reason="unreadable", detail=str(error))
    body = page.css_first('section[data-field="body"]')
    title = _text(page.css_first("h1.p-name, .p-name")) or _text(page.css_first("title"))
    if body is None:
        return replace(dropped, title=title, reason="not a story", detail="it has no section for a body")
    kind = "draft" if DRAFT.match(post) else "response" if _is_response(body, page) else "post"
    if kind not in take:
        why = "draft" if kind == "draft" else "answer to somebody's story"
        return replace(dropped, title=title, reason=why)
    _open(body, title, _text(page.css_first('section[data-field="subtitle"]')))
    if not body.text(deep=True).strip():
        return replace(dropped, title=title, reason="empty")
    return replace(
        _published(page), id=dropped.id, title=title, text=body.inner_html or "", source=source, kind=kind
    )


def _published(page: LexborHTMLParser) -> Document:
    """A document with what the footer tells: who, when and where."""
    link, stamp = page.css_first("footer a.p-canonical"), page.css_first("footer time.dt-published")
    return Document(
        id="",
        title="",
        text="",
        origin=(link.attributes.get("href") if link else None) or "",
        source="",
        date=exports.day(stamp.attributes.get("datetime") if stamp else ""),
        author=exports.person(_text(page.css_first("footer .p-author"))),
        markup="html",
    )


def _text(node: LexborNode | None) -> str:
    return exports.plain(node.text(deep=True)) if node is not None else ""


def _is_response(body: LexborNode, page: LexborHTMLParser) -> bool:
    """A story has a title in its body, a picture or tags; an answer's title is how its words begin."""
    if body.css_first("h1, h2, h3, h4, figure, pre") or page.css_first(".p-tags, .p-tag"):
        return False
    title = _text(page.css_first(".p-name")).rstrip("\u2026. ")
    subtitle = _text(page.css_first('section[data-field="subtitle"]'))
    begins = bool(title) and _text(body).startswith(title)
    return begins or (not subtitle and len(body.css("p")) <= LONGEST_RESPONSE)


def _open(body: LexborNode, title: str, summary: str) -> None:
    """Take the title out of the body's head, and leave the subtitle there once, as a paragraph."""
    for rule in body.css(".section--first > .section-divider"):
        rule.decompose()
    first = body.css_first(".graf--title, .graf--leading")
    if first is not None and _same(_text(first), title):
        first.decompose()
    subtitle = body.css_first(".graf--subtitle")
    if subtitle is not None:
        paragraph = body.parser.create_node("p")
        paragraph.insert_child(_text(subtitle))
        subtitle.replace_with(paragraph)
    elif summary and not summary.endswith("\u2026") and not _spoken(_text(body)).startswith(_spoken(summary)):
        paragraph = body.parser.create_node("p")
        paragraph.insert_child(summary)
        _first_element(body).insert_before(paragraph)


def _first_element(body: LexborNode) -> LexborNode:
    return next(iter(body.iter()), body)


def _spoken(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _same(one: str, other: str) -> bool:
    return bool(_spoken(one)) and _spoken(one) == _spoken(other)
