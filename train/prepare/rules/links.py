"""Rules for links, images, notes, and for what a recipe wishes of addresses and names."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from train.prepare.tree import DEFINITION

MARK = re.compile(r"!?\[|\]|\n[ \t]*\n|\\.")
# A target as CommonMark has it: one level of brackets inside, a title after it.
TARGET = re.compile(
    r"""\([ \t]*\n?[ \t]*(?:<[^<>\n]*>|[^\s()<>]*+(?:\([^\s()]*\)[^\s()]*+)*+)"""
    r"""(?:[ \t\n]+(?:"[^"\n]{0,500}"|'[^'\n]{0,500}'|\([^()\n]{0,500}\)))?[ \t]*\)"""
)
MAY_BE_EMPTY = re.compile(r"\[\s*\]\(|\]\(\s*<?>?\s*[)\"'(]")
LABEL = re.compile(r"\[[^\[\]\n]{0,200}\]")
IMAGE_LEFT = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d+\.)[ \t]+)?(?:[*_|]{0,2}\ufdd2[\ufdd2 \t*_|]*)$\n?", re.MULTILINE
)
NOTE = re.compile(r"\[\^([^\]\s]{1,60})\](?!\()")
NOTE_TEXT = re.compile(r"^[ ]{0,3}\[\^([^\]\s]{1,60})\]:[ \t]*", re.MULTILINE)
BARE = re.compile(
    r"<(?:https?|ftp|mailto):[^\s<>]*>|\b(?:https?|ftp)://[^\s<>\"“”\[\]{}|\\^`]+"
    r"|\bwww\.[\w-]+\.[^\s<>\"“”\[\]{}|\\^`]+"
)
CASED = re.compile(rf"{BARE.pattern}|\]\([^()\s]*\)")
PARENS = re.compile(r"[ \t]?\([ \t]*\ufdd2[ \t]*\)|[ \t]?\[[ \t]*\ufdd2[ \t]*\]")
ANNOUNCED = re.compile(
    r"^[ \t>]*(?:[-*+][ \t]+)?(?:\*{0,2}_{0,2}(?:source|sources|link|links|url|via|website|read more|more"
    r"|here|see|video|watch|"
    r"original|original article|github|twitter|facebook|instagram|linkedin|demo|image"
    r"|photo)\*{0,2}_{0,2}[ ]*[:\uff1a-]?\*{0,2}[ ]*)?\ufdd2[\ufdd2 \t]*[.:]?$\n?",
    re.MULTILINE | re.IGNORECASE,
)
MENTION = re.compile(r"(?<![\w@/.&=-])@[A-Za-z0-9_](?:[\w-]{0,38}\w)?(?![\w@]|\.\w)")
HASHTAG = re.compile(r"(?<![\w&/#\\(\[])#[^\W\d_]\w*(?![\w#])")
LINE = re.compile(r"[^\n]*\n|[^\n]+")
LEFT_ALONE = re.compile(r"[ \t]*\ufdd2(?=[ \t]*[,.;:!?)]|[ \t]*$)|\ufdd2[ \t]*|[ \t]*\ufdd2", re.MULTILINE)
GONE = "\ufdd2"


@dataclass(frozen=True)
class Link:
    """A link or an image in a text: what it says, and where all of it stands."""

    start: int
    end: int
    words: tuple[int, int]
    image: bool
    target: bool  # it says where it leads; else it names a definition


def links(prose: str) -> Iterator[Link]:
    """All links and images, in the order in which they end."""
    opened: list[re.Match[str]] = []
    end = 0
    for mark in MARK.finditer(prose):
        if mark[0][0] in "\n\\":
            opened = opened if mark[0][0] == "\\" else []
        elif mark[0] != "]":
            opened.append(mark)
        elif opened and mark.start() >= end:
            opening = opened.pop()
            target = TARGET.match(prose, mark.end())
            found = target or LABEL.match(prose, mark.end())
            if found:
                end = found.end()
                image = opening[0] == "!["
                yield Link(opening.start(), end, (opening.end(), mark.start()), image, target is not None)


def drop_images(prose: str) -> str:
    """Drop images, and lines and links that hold nothing else: text cannot show them."""
    if "[" not in prose or "![" not in prose:
        return prose
    images = [link for link in links(prose) if link.image]
    marked = _rewritten(prose, images, lambda _: GONE)
    emptied = [link for link in links(marked) if GONE in marked[link.words[0] : link.words[1]]]
    marked = _rewritten(marked, emptied, lambda words: words if words.replace(GONE, "").strip() else GONE)
    return LEFT_ALONE.sub("", IMAGE_LEFT.sub("", marked)) if images else prose


def _rewritten(prose: str, chosen: Iterable[Link], write: Callable[[str], str]) -> str:
    """The text with the chosen links written anew from their words; of two that overlap, the first."""
    pieces, last = [], 0
    for link in chosen:
        if link.start >= last:
            pieces += [prose[last : link.start], write(prose[slice(*link.words)])]
            last = link.end
    return "".join([*pieces, prose[last:]])


def settle_notes(prose: str) -> str:
    """Drop a footnote's mark without a note, and open a note that nothing marks."""
    if "[" not in prose or "[^" not in prose:
        return prose
    noted = set(NOTE_TEXT.findall(prose))
    marked = {
        match[1] for match in NOTE.finditer(prose) if not NOTE_TEXT.match(prose, _line_start(prose, match))
    }
    prose = NOTE_TEXT.sub(lambda match: match[0] if match[1] in marked else "", prose)
    return NOTE.sub(lambda match: match[0] if match[1] in noted else "", prose)


def _line_start(prose: str, match: re.Match[str]) -> int:
    return prose.rfind("\n", 0, match.start()) + 1


def drop_emptied_links(prose: str) -> str:
    """A link that leads nowhere keeps its words; one that says nothing goes."""
    if "[" not in prose or "](" not in prose or not MAY_BE_EMPTY.search(prose):
        return prose
    lost = [link for link in links(prose) if not link.image and link.target and _is_empty(prose, link)]
    return _rewritten(prose, lost, lambda words: words) if lost else prose


def _is_empty(prose: str, link: Link) -> bool:
    return not prose[slice(*link.words)].strip() or prose[link.words[1] + 1 : link.end].strip("( )<>") == ""


def drop_urls(prose: str) -> str:
    """Drop addresses, and what only announces them; a link's words stay."""
    if "]" in prose and ("](" in prose or "][" in prose):
        defined = set(re.findall(r"^ {0,3}\[([^\[\]\n]+)\]:", prose, re.MULTILINE))
        chosen = [
            link for link in links(prose) if link.target or prose[link.words[1] + 2 : link.end - 1] in defined
        ]
        prose = _rewritten(prose, chosen, lambda words: words)
    if "]" in prose and "]:" in prose:
        prose = "\n".join(line for line in prose.split("\n") if not DEFINITION.fullmatch(line))
    held = ":" in prose and ("://" in prose or "mailto:" in prose)
    return _without(BARE, prose, (":", "www.")) if held or "www." in prose else prose


def drop_mentions(prose: str) -> str:
    """Drop the names of accounts; addresses of people are another rule's."""
    return _without(MENTION, prose, ("@",)) if "@" in prose else prose


def drop_hashtags(prose: str) -> str:
    """Drop hashtags; headings and numbers stay."""
    return _without(HASHTAG, prose, ("#",)) if "#" in prose else prose


def _without(pattern: re.Pattern[str], prose: str, signs: tuple[str, ...]) -> str:
    """The text without what the pattern finds; that ends with its line and holds one of the signs."""
    lines = LINE.findall(prose)
    return "".join(_gone(pattern, line) if any(sign in line for sign in signs) else line for line in lines)


def _gone(pattern: re.Pattern[str], line: str) -> str:
    marked = pattern.sub(_mark, line)
    if marked == line:
        return line
    return LEFT_ALONE.sub(_joint, PARENS.sub("", ANNOUNCED.sub("", marked)))


def _mark(match: re.Match[str]) -> str:
    kept = re.search(r"[.,;:!?'*_)]+$", match[0])
    return GONE + (kept[0] if kept else "")


def _joint(match: re.Match[str]) -> str:
    between = match[0].startswith((" ", "\t")) and match[0].endswith((" ", "\t"))
    return " " if between else ""


def lower_case(prose: str) -> str:
    """Lower all letters but those of addresses."""
    pieces, last = [], 0
    for match in CASED.finditer(prose):
        pieces += [prose[last : match.start()].lower(), match[0]]
        last = match.end()
    return "".join([*pieces, prose[last:].lower()])
