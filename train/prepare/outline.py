"""What a Markdown text is made of, read from its syntax tree: title, introduction, sections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from train.prepare.words import count

TITLE, SECTION = "h1", "h2"
MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Block:
    """A block on the first level of a text, in its lines [first, end), and what it says if it is prose."""

    kind: str  # "h1" to "h6", "paragraph", "fence", "list", …
    first: int
    end: int
    content: str = ""
    markup: str = ""


@dataclass(frozen=True)
class Section:
    """One level-two heading, and how many words stand below it."""

    heading: str
    words: int


@dataclass(frozen=True)
class Outline:
    """The parts of a text; headings are given as they are written, code marks and emphasis included."""

    titles: tuple[str, ...]  # every level-one heading
    introduction: int  # words of the paragraphs between the title and the next heading
    sections: tuple[Section, ...]
    fences_closed: bool

    @property
    def title(self) -> str:
        """The first level-one heading, or nothing."""
        return self.titles[0] if self.titles else ""


@lru_cache(maxsize=8)
def outline(text: str) -> Outline:
    """The outline of a Markdown text; headings inside lists, quotes and code do not count."""
    found = blocks(text)
    return Outline(
        titles=tuple(block.content for block in found if block.kind == TITLE),
        introduction=sum(count(block.content) for block in _introduction(found)),
        sections=tuple(_sections(found, text)),
        fences_closed=_fences_closed(text),
    )


@lru_cache(maxsize=8)
def blocks(text: str) -> tuple[Block, ...]:
    """The first-level blocks of a Markdown text, in order."""
    tokens = MARKDOWN.parse(text)
    tops = [place for place, token in enumerate(tokens) if token.level == 0 and token.map]
    return tuple(_block(tokens, place) for place in tops)


def _block(tokens: Sequence[Token], place: int) -> Block:
    token = tokens[place]
    first, end = token.map or (0, 0)
    if token.type == "heading_open":
        return Block(token.tag, first, end, tokens[place + 1].content.strip(), token.markup)
    kind = token.type.removesuffix("_open")
    content = tokens[place + 1].content if kind == "paragraph" else ""
    return Block(kind, first, end, content, token.markup)


def is_heading(block: Block) -> bool:
    """Whether a block is a heading, of any level."""
    return block.kind in ("h1", "h2", "h3", "h4", "h5", "h6")


def _introduction(found: Sequence[Block]) -> Iterator[Block]:
    start = next((place + 1 for place, block in enumerate(found) if block.kind == TITLE), 0)
    for block in found[start:]:
        if is_heading(block):
            return
        if block.kind == "paragraph":
            yield block


def _sections(found: Sequence[Block], text: str) -> Iterator[Section]:
    lines = lines_of(text)
    parts = [block for block in found if block.kind in (TITLE, SECTION)]
    last = Block("end", len(lines), len(lines))
    for block, following in pairwise([*parts, last]):
        if block.kind == SECTION:
            yield Section(block.content, count("\n".join(lines[block.end : following.first])))


def _fences_closed(text: str) -> bool:
    lines = lines_of(text)
    return all(_closed(token, lines) for token in MARKDOWN.parse(text) if token.type == "fence")


def _closed(token: Token, lines: Sequence[str]) -> bool:
    first, end = token.map or (0, 0)
    mark = lines[end - 1].strip(" \t>")
    return end - 1 > first and len(mark) >= len(token.markup) and set(mark) == {token.markup[0]}


def lines_of(text: str) -> list[str]:
    """The lines of a text as the syntax tree numbers them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
