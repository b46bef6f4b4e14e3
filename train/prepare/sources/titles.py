"""The title of a text that does not state one: its first heading, or its name spelt out."""

import html
import re

HEADING = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(\S.*)")
UNDERLINE = re.compile(r"[ ]{0,3}=+[ \t]*$")
FENCE = re.compile(r"[ ]{0,3}(```+|~~~+)")
INLINE_TAG = re.compile(r"</?(?:em|i|b|strong|code|br|sup|sub|span|small|a)\b[^<>]{0,200}>", re.IGNORECASE)
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
EMPHASIS = re.compile(r"(\*{1,3}|\b_{1,3})([^*_\n]+)\1")
ATTRIBUTES = re.compile(r"(?<![ \t])[ \t]*\{[:#][^{}]*\}[ \t]*$")
NO_TEXT = re.compile(r"(?:\{[%{:].*|<!--.*-->|!\[[^\]]*\]\([^)]*\))?")
LONGEST_LINE = 100  # characters of a first line that may be a title


def written(title: str) -> str:
    """A stated title as its reader saw it: no entities, no tags, one line."""
    for _ in range(2):  # "&amp;amp;" is met as well
        title = html.unescape(title)
    return " ".join(INLINE_TAG.sub("", title).split())


def spelt(slug: str) -> str:
    """The words of a file's name."""
    return " ".join(word[:1].upper() + word[1:] for word in re.split(r"[-_\s]+", slug) if word)


def heading(markdown: str) -> str:
    """The heading a text begins with, or its only one of the first level, or nothing."""
    lines = _lines(markdown)
    said = ((level, line) for level, line in lines if not NO_TEXT.fullmatch(line.strip()))
    level, first = next(said, (0, ""))
    top = [line for level, line in lines if level == 1]
    found = first if 1 <= level <= 3 else top[0] if len(top) == 1 else ""
    return written(EMPHASIS.sub(r"\2", ATTRIBUTES.sub("", LINK.sub(r"\1", found))))


def _lines(markdown: str) -> list[tuple[int, str]]:
    """The lines outside code, each with its level as a heading, or 0."""
    lines: list[tuple[int, str]] = []
    fence = ""
    for line in markdown.split("\n"):
        if mark := FENCE.match(line):
            fence = mark[1] if not fence else "" if mark[1].startswith(fence) else fence
        elif fence:
            continue
        elif found := HEADING.match(line):
            lines.append((len(found[1]), _unclosed(found[2])))
        elif lines and lines[-1][1].strip() and UNDERLINE.match(line):
            lines[-1] = (1, lines[-1][1].strip())
        else:
            lines.append((0, line))
    return lines


def _unclosed(words: str) -> str:
    """A heading without the marks that close it: "Mornings ##", but not "Learning C#"."""
    words = words.rstrip(" \t")
    before = words.rstrip("#")
    return before.rstrip(" \t") if before.endswith((" ", "\t")) else words


def first_line(text: str) -> str:
    """A short line that stands alone at the head of a text and ends no sentence, or nothing."""
    line, _, rest = text.strip().partition("\n")
    alone = not rest or not rest.partition("\n")[0].strip()
    ends = line.rstrip()[-1:] in ".,;:!"
    return written(line) if alone and rest and not ends and len(line) <= LONGEST_LINE else ""
