"""Rules for headings: one notation, one title at the head, sections on the second level."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from train.prepare.outline import blocks, is_heading
from train.prepare.tree import Block, lines_of, rewritten
from train.prepare.words import count

LONGEST_HEADING = 8  # words; a longer line is taken for a sentence
LONGEST_UNDERLINED = 14
CUT_TITLE = 60  # characters; a source that cuts titles leaves more than this
CAPTION = re.compile(r"(?:fig|figure|image|photo|picture|source|table|screenshot|by)\b", re.IGNORECASE)
UNDERLINE = re.compile(r"\A {0,3}(?:=+|-+)[ \t]*(?:\n|\Z)")
ENDS_OPEN = re.compile(r"[\w)\"'\u201d\u2019]$")  # no mark that ends a sentence or announces something
ASKS = re.compile(r"(?:how|what|why|when|where|who|which|is|are|do|does|can|should)\b.*\?$", re.IGNORECASE)
ENDS_SENTENCE = re.compile(r"[.,;:\u2026\u3002\uff0c][\"'\u201d\u2019)*_]*$")
FIRST = frozenset(
    {"introduction", "overview", "background", "abstract", "summary", "motivation", "tl;dr", "intro"}
)
RULE = re.compile(r"\A(?:[ \t]*\n)*[ ]{0,3}([-*_=])(?:[ \t]*\1){2,}[ \t]*(?:\n|\Z)")


def use_hash_headings(text: str) -> str:
    """Write underlined headings with hashes; a sentence or wrapped paragraph above a rule is no heading."""
    dashed = ("-" in text and "\n-" in text) or ("=" in text and "\n=" in text)
    if not dashed and "\n " not in text:
        return text
    lines = lines_of(text)
    underlined = [block for block in blocks(text) if is_heading(block) and block.markup in ("=", "-")]
    return rewritten(
        text, ((block, _without_underline(block, lines[block.first : block.end])) for block in underlined)
    )


def _without_underline(block: Block, lines: Sequence[str]) -> list[str]:
    sentence = block.markup == "-" and (
        ENDS_SENTENCE.search(block.content) or count(block.content) > LONGEST_UNDERLINED
    )
    if len(lines) > 2 or sentence:
        return [*lines[:-1], "", "---", ""]
    return ["", f"{'#' * int(block.kind[1])} {block.content}", ""]


def drop_repeated_title(text: str, title: str) -> str:
    """Drop first lines that say the title once more, whole or as far as a source repeats it."""
    while True:
        first, _, body = text.lstrip("\n").partition("\n")
        if not _says(first, title):
            return text
        text = UNDERLINE.sub("", body).lstrip("\n")


def _says(line: str, title: str) -> bool:
    line = re.sub(r"^ {0,3}#{1,6}[ \t]+", "", line).strip()
    if not line or not title:
        return False
    if line == title or (len(line) >= CUT_TITLE and title.startswith(line.rstrip("\u2026. "))):
        return True
    return len(line) < 2 * len(title) + 20 and _spoken(line) == _spoken(title) != ""


def _spoken(line: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", line.casefold()))


def drop_leading_rules(text: str) -> str:
    """Drop rules that part the text from nothing."""
    while match := RULE.match(text):
        text = text[match.end() :]
    return text


def demote_headings(text: str) -> str:
    """Push all headings down a level if one is on the title's."""
    if "#" not in text or ("# " not in text and "#\n" not in text):
        return text
    lines, found = lines_of(text), [block for block in blocks(text) if is_heading(block)]
    if all(block.kind != "h1" for block in found):
        return text
    for block in found:
        if block.kind != "h6" and block.markup.startswith("#"):
            lines[block.first] = "#" + lines[block.first].lstrip(" ")
    return "\n".join(lines)


def restore_headings(text: str) -> str:
    """Make headings of short capitalised paragraphs, in a text that has lost all of its own."""
    found = blocks(text)
    if any(is_heading(block) for block in found):
        return text
    lines = lines_of(text)
    for block in _lost_headings(found):
        lines[block.first] = f"## {lines[block.first].strip()}"
    return "\n".join(lines)


def _lost_headings(found: Sequence[Block]) -> Iterator[Block]:
    for place, (block, following) in enumerate(pairwise(found)):
        if place == 0 and block.content.casefold() not in FIRST:
            continue
        if _looks_like_heading(block) and not _looks_like_heading(following):
            yield block


def _looks_like_heading(block: Block) -> bool:
    text = block.content
    one_line = block.kind == "paragraph" and block.end - block.first == 1
    if not one_line or len(text) > 120 or not 1 <= count(text) <= LONGEST_HEADING or "\\(" in text:
        return False
    if CAPTION.match(text) or not text[0].isupper():
        return False
    long_words = [word for word in text.split() if len(word) > 3 and word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in long_words)
    return bool(ASKS.match(text)) or (capitals * 2 >= len(long_words) and bool(ENDS_OPEN.search(text)))
