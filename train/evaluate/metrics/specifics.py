"""Specifics: what a text states so exactly that it should have been told: numbers, dates, quotes, names."""

import re
from collections.abc import Collection, Iterator
from decimal import Decimal

from train.evaluate.metrics.numerals import numbers
from train.evaluate.metrics.prose import prose
from train.evaluate.metrics.tokens import STRAIGHT, folded
from train.evaluate.metrics.topic import STOP_WORDS
from train.prepare.words import count

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
DATE = rf"\b(?:{DAY}(?: of)? {MONTH}(?:,? \d{{4}})?|{MONTH} {DAY}(?:,? \d{{4}})?|{MONTH} \d{{4}})\b"
DATED = rf"{DATE}|\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b"
QUOTED = r"(?<!\w)\"[^\"\n]{2,300}\"(?!\w)"
NUMBER = r"(?<!\w)\d+(?:[.,:]\d+)*"
UPPER = "".join(each for each in map(chr, range(0x41, 0x0530)) if each.isupper())  # Latin, Greek, Cyrillic
CAPITAL = rf"(?:[{UPPER}][\w'-]*\w|[{UPPER}]\.)"
NAME = rf"(?<![\w'-]){CAPITAL}(?: (?:(?:of|the|de|la|van|von|der|al) ){{0,2}}{CAPITAL})+"
SPECIFIC = re.compile(rf"(?P<quote>{QUOTED})|(?P<date>{DATED})|(?P<number>{NUMBER})|(?P<name>{NAME})")
OPENS = re.compile(r"(?:\A|[.!?:\u2026][\"')]*\s+|[\"(])\Z")
SPOKEN = {"dear", "every", "here", "last", "next", "now", "today", "tomorrow", "while", "yesterday", "yes"}
BEFORE_NAMES = STOP_WORDS | SPOKEN


def specifics(text: str, told: str) -> tuple[str, ...]:
    """The numbers, dates, quotes and names of two words and more in `text` that stand in no word of `told`.

    After the unsupported facts of data-to-text evaluation (Wiseman et al., arXiv 1707.08052), by shape
    alone: it cannot tell a true one from an invented one, only that nobody gave it. Headings, code, numbered
    lists' numbers and link targets are none. Names need capitals, so scripts without them show none.
    """
    known, values = folded(told), numbers(told)
    stated = (each for paragraph in prose(text) for each in _stated(paragraph.translate(STRAIGHT)))
    return tuple(said for kind, said in stated if not _is_told(kind, said, known, values))


def said(text: str) -> int:
    """How many words the prose of a text has."""
    return sum(map(count, prose(text)))


def _stated(paragraph: str) -> Iterator[tuple[str, str]]:
    for found in SPECIFIC.finditer(paragraph):
        kind = str(found.lastgroup)
        if kind != "name":
            yield kind, found[0].strip('"')
        elif name := _name(found[0], paragraph[: found.start()][-4:]):
            yield kind, name


def _name(found: str, before: str) -> str:
    """A name without the word that has its capital from beginning a sentence; nothing if one word is left."""
    words = found.removesuffix("'s").split()
    if OPENS.search(before):
        while words and words[0].casefold().partition("'")[0] in BEFORE_NAMES:
            words = words[1:]
    return "" if len(words) < 2 or found.isupper() else " ".join(words)


def _is_told(kind: str, said: str, told: str, values: Collection[Decimal]) -> bool:
    if kind == "number" and any(value in values for value in numbers(said)):
        return True
    return re.search(rf"(?<!\w){re.escape(folded(said))}(?!\w)", told) is not None
