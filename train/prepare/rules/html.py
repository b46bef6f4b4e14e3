"""Whole HTML, a page or an article's body, to Markdown: what is not prose goes, what is verbatim stays."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from train.prepare.rules.html_markdown import ToMarkdown
from train.prepare.rules.html_notes import mark_notes
from train.prepare.rules.html_prose import drop_what_is_no_prose, is_page, prose_of
from train.prepare.rules.html_verbatim import keep_verbatim

DEEPEST = 80  # levels; below it only the words count: conversion calls itself for each level
OPENERS = re.compile(r"(?:<[a-zA-Z][^<>]*+>\s*+){400,}+")  # nobody's prose, and a parser's quadratic worst
NO_TEXT = re.compile("[\0\ud800-\udfff]")
NO_MEANING = ["span", "font", "wbr", "nobr", "big", "small", "acronym", "abbr", "bdi", "bdo", "time", "data"]
BLOCKS_IN_CELLS = "pre, code[data-kept], ul, ol, table, blockquote, h1, h2, h3, h4, h5, h6, hr"


def from_html(html: str) -> str:
    """The Markdown of a page, an article's body or any piece of HTML; its words, and code as it was."""
    tree = LexborHTMLParser(OPENERS.sub("", NO_TEXT.sub("", html)))
    page = is_page(html)
    body = prose_of(tree, page)
    if body is None:
        return ""
    kept = keep_verbatim(body)
    drop_what_is_no_prose(body, page)
    mark_notes(body)
    _number_items(body)
    _mark_gaps(body)
    _open_tables(body)
    body.unwrap_tags(NO_MEANING)
    _flatten(body)
    return ToMarkdown(kept).convert(body.html or "")


def _number_items(body: LexborNode) -> None:
    for numbered in body.css("ol"):
        number = _whole(numbered.attributes.get("start"), 1)
        for item in numbered.iter():
            if item.tag == "li":
                number = _whole(item.attributes.get("value"), number)
                item.attrs["data-number"] = str(number)
                number += 1


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else otherwise


def _mark_gaps(body: LexborNode) -> None:
    for line_break in body.css("br"):
        following = line_break.next
        while following is not None and following.is_text_node and not following.text(deep=False).strip():
            following = following.next
        if following is not None and following.tag == "br":
            line_break.attrs["data-gap"] = following.attrs["data-gap"] = "yes"


def _open_tables(body: LexborNode) -> None:
    for table in reversed(body.css("table")):  # those inside come first
        parts = [*table.css("thead"), *table.css("tbody"), *table.css("tfoot")]
        if _is_layout(table):
            for cell in table.css("td, th, caption"):
                _part(cell)
            parts += [*table.css("tr, td, th, caption, colgroup"), table]
        for part in parts:
            part.unwrap()


def _is_layout(table: LexborNode) -> bool:
    rows = table.css("tr")
    widest = max((sum(1 for _ in row.iter()) for row in rows), default=0)
    holds_blocks = any(found.mem_id != table.mem_id for found in table.css(BLOCKS_IN_CELLS))
    return widest < 2 or len(rows) < 2 or holds_blocks


def _part(cell: LexborNode) -> None:
    for place in (cell.insert_before, cell.insert_after):
        gap = cell.parser.create_node("br")
        gap.attrs["data-gap"] = "yes"
        place(gap)


def _flatten(body: LexborNode) -> None:
    for node in list(_at_depth(body, DEEPEST)):
        words = node.text(deep=True, separator=" ")
        node.inner_html = ""
        node.insert_child(words)


def _at_depth(body: LexborNode, depth: int) -> Iterator[LexborNode]:
    level = [body]
    for _ in range(depth):
        level = [child for node in level for child in node.iter()]
        if not level:
            return
    yield from level
