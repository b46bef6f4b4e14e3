"""What a Markdown text is made of, read from its syntax tree: title, introduction, sections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from train.prepare.tree import CODE, Block, found, is_closed, lines_of
from train.prepare.words import count

TITLE, SECTION = "h1", "h2"


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
    tops = blocks(text)
    return Outline(
        titles=tuple(block.content for block in tops if block.kind == TITLE),
        introduction=sum(count(block.content) for block in _introduction(tops)),
        sections=tuple(_sections(tops, text)),
        fences_closed=_fences_closed(text),
    )


@lru_cache(maxsize=4)
def blocks(text: str) -> tuple[Block, ...]:
    """The first-level blocks of a Markdown text, in order."""
    return tuple(block for block, level in found(text) if level == 0)


def paragraphs(text: str) -> tuple[Block, ...]:
    """All paragraphs of a Markdown text, those in lists and quotes too; their content has no such marks."""
    return tuple(block for block, _ in found(text) if block.kind == "paragraph")


def code(text: str) -> tuple[Block, ...]:
    """All blocks of code of a Markdown text, those in lists and quotes too."""
    return tuple(block for block, _ in found(text) if block.kind in CODE)


def is_heading(block: Block) -> bool:
    """Whether a block is a heading, of any level."""
    return block.kind in ("h1", "h2", "h3", "h4", "h5", "h6")


def _introduction(tops: Sequence[Block]) -> Iterator[Block]:
    start = next((place + 1 for place, block in enumerate(tops) if block.kind == TITLE), 0)
    for block in tops[start:]:
        if is_heading(block):
            return
        if block.kind == "paragraph":
            yield block


def _sections(tops: Sequence[Block], text: str) -> Iterator[Section]:
    lines = lines_of(text)
    parts = [block for block in tops if block.kind in (TITLE, SECTION)]
    last = Block("end", len(lines), len(lines))
    for block, following in pairwise([*parts, last]):
        if block.kind == SECTION:
            yield Section(block.content, count("\n".join(lines[block.end : following.first])))


def _fences_closed(text: str) -> bool:
    lines = lines_of(text)
    return all(is_closed(block, lines) for block in code(text) if block.kind == "fence")
