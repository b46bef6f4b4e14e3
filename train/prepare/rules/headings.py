"""Rules for headings: one notation, one title at the head, sections on the second level."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from train.prepare.outline import Block, blocks, is_heading, lines_of
from train.prepare.words import count

LONGEST_HEADING = 8  # words; a longer line is taken for a sentence
CAPTION = re.compile(r"(?:fig|figure|image|photo|source|table)\b", re.IGNORECASE)
UNDERLINE = re.compile(r"\A {0,3}(?:=+|-+)[ \t]*(?:\n|\Z)")
ENDS_OPEN = re.compile(r"[\w)\"'\u201d\u2019]$")  # no mark that ends a sentence or announces something


def use_hash_headings(text: str) -> str:
    """Write underlined headings with hashes; a wrapped paragraph above a rule is no heading."""
    lines = lines_of(text)
    for block in reversed(blocks(text)):
        if is_heading(block) and block.markup in ("=", "-"):
            lines[block.first : block.end] = _without_underline(block, lines[block.first : block.end])
    return "\n".join(lines)


def _without_underline(block: Block, lines: Sequence[str]) -> list[str]:
    if len(lines) > 2:
        return [*lines[:-1], "", "---"]
    return ["", f"{'#' * int(block.kind[1])} {block.content}", ""]


def drop_repeated_title(text: str) -> str:
    """Drop the first line below the title if it says the title once more."""
    title, _, rest = text.partition("\n")
    first, _, body = rest.lstrip("\n").partition("\n")
    if first.strip() == title.strip() or (_spoken(first) and _spoken(first) == _spoken(title)):
        return f"{title}\n\n{UNDERLINE.sub('', body)}"
    return text


def _spoken(line: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", line.casefold()))


def demote_headings(text: str) -> str:
    """Push all headings down a level if the title is not the only one of the first."""
    lines, found = lines_of(text), [block for block in blocks(text) if is_heading(block) and block.first]
    if all(block.kind != "h1" for block in found):
        return text
    for block in found:
        if block.kind != "h6" and block.markup.startswith("#"):
            lines[block.first] = "#" + lines[block.first].lstrip(" ")
    return "\n".join(lines)


def restore_headings(text: str) -> str:
    """Make headings of short capitalised paragraphs, in a text that has lost all of its own."""
    found = blocks(text)
    if any(is_heading(block) for block in found if block.first):
        return text
    lines = lines_of(text)
    for block in _lost_headings(found):
        lines[block.first] = f"## {lines[block.first].strip()}"
    return "\n".join(lines)


def _lost_headings(found: Sequence[Block]) -> Iterator[Block]:
    for block, following in pairwise(found):
        if _looks_like_heading(block) and not _looks_like_heading(following):
            yield block


def _looks_like_heading(block: Block) -> bool:
    text = block.content
    one_line = block.kind == "paragraph" and block.end - block.first == 1
    if not one_line or not 1 <= count(text) <= LONGEST_HEADING or "\\(" in text:
        return False
    long_words = [word for word in text.split() if len(word) > 3 and word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in long_words)
    title_case = text[0].isupper() and capitals * 2 >= len(long_words)
    return title_case and bool(ENDS_OPEN.search(text)) and not CAPTION.match(text)
