"""What the tags inside a paragraph become: emphasis, links, code, breaks, small figures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "del": "~~", "s": "~~", "strike": "~~"}
CODES = frozenset({"code", "tt", "samp"})
INLINE = frozenset(
    {*MARKS, *CODES, "a", "br", "wbr", "img", "sup", "sub"}
    | {
        "kbd",
        "var",
        "span",
        "font",
        "u",
        "small",
        "big",
        "mark",
        "ins",
        "abbr",
        "acronym",
        "cite",
        "q",
        "dfn",
        "time",
        "label",
        "bdi",
        "bdo",
        "data",
        "ruby",
        "rb",
        "rt",
        "rp",
        "nobr",
        "blink",
    }
)
RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
FIGURE = re.compile(r"[0-9n+\-=()]+")
TARGET = re.compile(r"""\bhref\s*=\s*(?:["“']([^"”']*)["”']|(\S+))""", re.IGNORECASE)
NOTE = re.compile(r"[\[(]?\[?\^?(?:\d+|\*+|[a-z]|\u21a9\ufe0e?)\]?\)?(?:\(#[^)\s]*\))?")
LONGEST_LINE = 2000  # looked at for each tag on it
TRADE = {"tm": "™", "r": "®", "sm": "℠"}


@dataclass(frozen=True)
class Tag:
    """One tag in a text."""

    start: int
    end: int
    name: str
    closes: bool
    attributes: str
    alone: bool  # it closes itself


def written(prose: str, found: Sequence[Tag]) -> str:
    """The text with inline tags as Markdown's marks; one that is never closed just goes."""
    pieces: list[str] = []
    opened: list[tuple[Tag, int]] = []
    last = 0
    for tag in found:
        pieces.append(prose[last : tag.start])
        last = tag.end
        if tag.name.lower() in ("br", "img", "wbr"):
            pieces.append(_alone(prose, tag))
        elif not tag.closes:
            opened.append((tag, len(pieces)))
        else:
            _close(tag, opened, pieces)
    return "".join([*pieces, prose[last:]])


def line_before(prose: str, place: int) -> str:
    """The line up to a place, or nothing if it is too long to say."""
    start = prose.rfind("\n", max(0, place - LONGEST_LINE), place) + 1
    return prose[start:place] if start or place < LONGEST_LINE else ""


def _alone(prose: str, tag: Tag) -> str:
    if tag.name.lower() != "br":
        return ""
    line = line_before(prose, tag.start).lstrip()
    ends_line = prose[tag.end : tag.end + 1] in ("\n", "")
    return " " if line.startswith(("|", "#")) else "  " if ends_line else "  \n"


def _close(tag: Tag, opened: list[tuple[Tag, int]], pieces: list[str]) -> None:
    for depth in range(len(opened) - 1, max(-1, len(opened) - 8), -1):
        opening, place = opened[depth]
        if opening.name.lower() == tag.name.lower():
            del opened[depth:]
            inner = "".join(pieces[place:])
            before = next((piece for piece in reversed(pieces[max(0, place - 3) : place]) if piece), "")
            pieces[place:] = [_marked(opening, inner, before)]
            return


def _marked(tag: Tag, inner: str, before: str) -> str:
    name, words = tag.name.lower(), inner.strip()
    if not words or "\n\n" in inner:
        return inner
    if name in MARKS:
        return inner if words != inner or "*" in words else f"{MARKS[name]}{words}{MARKS[name]}"
    if name in CODES:
        return inner if "`" in inner or "\ufdd0" in inner or "](" in inner else f"`{words}`"
    if name == "a":
        return _link(tag, inner, words)
    return _small(name, inner, words, before) if name in ("sup", "sub") else inner


def _link(tag: Tag, inner: str, words: str) -> str:
    match = TARGET.search(tag.attributes)
    target = (match[1] or match[2] or "").strip() if match else ""
    if not target or "](" in words or " " in target:
        return inner
    return f"[{words}]({target})"


def _small(name: str, inner: str, words: str, before: str) -> str:
    if name == "sup" and ("#" in words or words[0] in "[*^") and NOTE.fullmatch(words):
        return ""
    if FIGURE.fullmatch(words):
        return words.translate(RAISED if name == "sup" else LOWERED)
    if words.lower() in TRADE:
        return TRADE[words.lower()]
    glued = before[-1:].isalpha() and len(words) > 2
    return f" {words}" if glued else inner
