"""Filters: each gives the reason why a cleaned document cannot stay, or None."""

from collections.abc import Callable

from train.prepare.document import Document
from train.prepare.outline import outline
from train.prepare.words import count
from train.sections import Keep

SECTIONS = 2  # fewer do not show a writer what a section is for


def without_title(document: Document, keep: Keep) -> str | None:
    """Nothing to ask a writer with."""
    return None if count(document.title) else "no title"


def empty(document: Document, keep: Keep) -> str | None:
    """Nothing below the title."""
    _, _, body = document.text.partition("\n")
    return None if count(body) else "empty"


def too_short(document: Document, keep: Keep) -> str | None:
    """Fewer words than the recipe wants."""
    return "too short" if count(document.text) < keep.words[0] else None


def too_long(document: Document, keep: Keep) -> str | None:
    """More words than the recipe wants."""
    return "too long" if count(document.text) > keep.words[1] else None


def badly_built(document: Document, keep: Keep) -> str | None:
    """Not what a recipe that requires structure promises: an introduction, then sections with text."""
    if keep.structure != "required":
        return None
    parts = outline(document.text)
    if not parts.fences_closed:
        return "unclosed code"
    if sum(section.words > 0 for section in parts.sections) < SECTIONS:
        return "no sections"
    return None if parts.introduction else "no introduction"


FILTERS: tuple[Callable[[Document, Keep], str | None], ...] = (
    without_title,
    empty,
    too_short,
    too_long,
    badly_built,
)


def reason_to_drop(document: Document, keep: Keep) -> str | None:
    """The first filter's reason against a document, or None if it may stay."""
    return next((reason for each in FILTERS if (reason := each(document, keep))), None)


def measures(document: Document) -> str:
    """What the filters look at, for whoever asks why a document went."""
    sections = outline(document.text).sections
    return f"{count(document.text)} words, {len(sections)} sections"
