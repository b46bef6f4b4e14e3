"""Footnotes in HTML: which link calls one, and which block is one."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

NOTES = "li[id], div[id], p[id], aside[id], .footnote-number[id], .footnote-definition[id]"
CALLS = "sup a[href^='#'], a.footnote-anchor, a.footnote-ref, a[role='doc-noteref'], a.footnote"
BACK = "a.footnote-number, a.reversefootnote, a.footnote-backref, a.footnote-back, a[role='doc-backlink']"
ARROWS = re.compile(r"[\s\u21a9\u2191\u23ce\u2934\ufe0e\ufe0f^]*")


def mark_notes(body: LexborNode) -> None:
    """Mark calls (`data-reference`) and notes (`data-note`) with their common label; links back go."""
    calls = list(_calls(body))
    if not calls:
        return
    notes = {node.id: node for node in body.css(NOTES) if node.id}
    for call, target in calls:
        if target in notes:
            label = re.sub(r"[^\w-]", "", call.text(deep=True)) or target
            call.attrs["data-reference"] = label
            _mark(notes[target], label)


def _calls(body: LexborNode) -> Iterator[tuple[LexborNode, str]]:
    for call in body.css(CALLS):
        target = (call.attributes.get("href") or "").rpartition("#")[2]
        if target and not call.css_matches(BACK):
            yield call, target


def _mark(note: LexborNode, label: str) -> None:
    block = note.parent if note.tag == "a" and note.parent is not None else note
    if "data-note" in block.attrs:
        return
    block.attrs["data-note"] = label
    for link in block.css("a"):
        back = (link.attributes.get("href") or "").startswith("#") and ARROWS.fullmatch(link.text(deep=True))
        if back or link.css_matches(BACK):
            link.decompose()
