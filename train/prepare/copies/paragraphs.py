"""The paragraphs of a Markdown text, and the text without some of them."""

import re
from collections.abc import Collection, Sequence

_MARK = re.compile(r"^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)*(`{3,}|~{3,})(.*)$")
_HEADING = re.compile(r"(#{1,6})[ \t][^\n]*")
_REFERENCE = re.compile(r"\[[^\]\n]+\]:")  # a footnote or a link: something else in the text needs it


def paragraphs(text: str) -> list[str]:
    """A text parted at its blank lines, but not inside a fence, nor before what is indented under an item."""
    found: list[str] = []
    fence = ""
    for piece in text.split("\n\n"):
        if found and (fence or not piece or piece[0] in " \t\n"):
            found[-1] = f"{found[-1]}\n\n{piece}"
        else:
            found.append(piece)
        if fence or "```" in piece or "~~~" in piece:
            fence = _fence_after(piece, fence)
    return found


def may_go(paragraph: str) -> bool:
    """Whether a paragraph can be taken out of a text: a heading or the target of a reference cannot."""
    return not paragraph.startswith("#") and not _REFERENCE.match(paragraph)


def without(text: str, gone: Collection[int]) -> str:
    """The text without the paragraphs of those numbers and the headings that have nothing left below."""
    pieces = paragraphs(text)
    kept = [place for place in range(len(pieces)) if place not in gone]
    levels = [_level(piece) for piece in pieces]
    empty = {place for place in kept[1:] if levels[place] and _emptied(place, levels, gone)}
    return "\n\n".join(pieces[place] for place in kept if place not in empty)


def _fence_after(piece: str, fence: str) -> str:
    for line in piece.split("\n"):
        mark = _MARK.match(line)
        if mark is None:
            continue
        if not fence:
            opens = mark[1][0] == "~" or "`" not in mark[2]
            fence = mark[1] if opens else ""
        elif mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
    return fence


def _level(piece: str) -> int:
    heading = _HEADING.fullmatch(piece)
    return len(heading[1]) if heading else 0


def _emptied(place: int, levels: Sequence[int], gone: Collection[int]) -> bool:
    end = place + 1
    while end < len(levels) and not 0 < levels[end] <= levels[place]:
        end += 1
    below = [each for each in range(place + 1, end) if not levels[each]]
    return bool(below) and all(each in gone for each in below)
