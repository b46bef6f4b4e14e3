"""What the page of a discussion shows, as plain values."""

from __future__ import annotations

from collections.abc import Mapping

from cards.page import render_markdown
from train.rehearse.hub.discussions import COMMENT, STATUS, Event
from train.rehearse.hub.home import Home, wire_date
from train.rehearse.hub.pulls import compare, look_up


def discussion_page(home: Home, number: int) -> Mapping[str, object]:
    """A discussion with what was said, and for a pull request what it changes."""
    discussion = look_up(home, number)
    compared = compare(home, discussion) if discussion.is_pull else None
    return {
        "id": home.id,
        "href": f"/{home.kind.web_prefix}{home.id}",
        "number": number,
        "title": discussion.title,
        "status": discussion.status,
        "author": discussion.author,
        "date": wire_date(discussion.date)[:10],
        "is_pull": discussion.is_pull,
        "events": [_shown(event) for event in discussion.events],
        "conflicts": compared.conflicts if compared else [],
        "diff": compared.diff if compared else "",
    }


def _shown(event: Event) -> Mapping[str, object]:
    words = render_markdown(event.versions[-1].text, str) if event.kind == COMMENT else ""
    return {"author": event.author, "date": wire_date(event.date)[:10], "did": _deed(event), "words": words}


def _deed(event: Event) -> str:
    if event.kind == COMMENT:
        return ""
    return event.new if event.kind == STATUS else f"renamed from {event.old}"
