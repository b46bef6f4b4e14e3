"""Filters: each gives the reason why a cleaned document cannot stay, or None."""

from collections.abc import Callable
from dataclasses import dataclass

from train.prepare.document import Document
from train.prepare.filters.language import foreign
from train.prepare.filters.not_a_post import for_machines, placeholder, redirected
from train.prepare.filters.quoted import quoted_words
from train.prepare.outline import outline
from train.prepare.words import count
from train.sections import Keep

SECTIONS = 2  # fewer do not show a writer what a section is for


@dataclass(frozen=True)
class _Case:
    """A document and what the filters ask of it, counted once."""

    document: Document
    keep: Keep
    language: str
    titled: bool
    body: str
    words: int
    body_words: int


def reason_to_drop(
    document: Document, keep: Keep, language: str = "en", *, heading: bool = True, titled: bool = True
) -> str | None:
    """The first filter's reason against a document, or None if it may stay.

    With `heading` the text's first line is its title; with `titled` the writer is asked with the title.
    """
    first, _, rest = document.text.partition("\n")
    body = rest if heading else document.text
    below = count(body)
    words = below + count(first) if heading else below
    case = _Case(document, keep, language, titled, body, words, below)
    return next((reason for each in FILTERS if (reason := each(case))), None)


def measures(document: Document) -> str:
    """What the filters look at, for whoever asks why a document went."""
    sections = outline(document.text).sections
    return f"{count(document.text)} words, {len(sections)} sections"


def _without_title(case: _Case) -> str | None:
    asked = case.document.formal or case.document.title if case.titled else "anything"
    return None if count(asked) else "no title"


def _empty(case: _Case) -> str | None:
    return None if case.body_words else "empty"


def _redirect(case: _Case) -> str | None:
    return redirected(case.body, case.body_words)


def _placeholder(case: _Case) -> str | None:
    return placeholder(case.body, case.body_words)


def _too_short(case: _Case) -> str | None:
    return "too short" if case.words < case.keep.words[0] else None


def _too_long(case: _Case) -> str | None:
    return "too long" if case.words > case.keep.words[1] else None


def _for_machines(case: _Case) -> str | None:
    return for_machines(case.body, case.document.origin)


def _foreign(case: _Case) -> str | None:
    if case.keep.language != "required":
        return None
    judged = foreign(case.body, case.language)
    return "in another language" if judged.words * 2 > judged.of else None


def _quoted(case: _Case) -> str | None:
    if case.keep.quoted >= 1:
        return None
    return "somebody else's words" if quoted_words(case.body) > case.keep.quoted * case.body_words else None


def _badly_built(case: _Case) -> str | None:
    """Not what a recipe that requires structure promises: an introduction, then sections with text."""
    if case.keep.structure != "required":
        return None
    parts = outline(case.document.text)
    if not parts.fences_closed:
        return "unclosed code"
    if sum(section.words > 0 for section in parts.sections) < SECTIONS:
        return "no sections"
    return None if parts.introduction else "no introduction"


FILTERS: tuple[Callable[[_Case], str | None], ...] = (
    _without_title,
    _empty,
    _redirect,
    _placeholder,
    _too_short,
    _too_long,
    _for_machines,
    _quoted,
    _foreign,
    _badly_built,
)
