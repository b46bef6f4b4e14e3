"""The syntax tree of a Markdown text, down to its paragraphs: which block stands on which lines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

# Blocks only: nothing here looks inside a paragraph. A definition of a link stays a paragraph, of its own
# kind, since "[my old friend]:  haha" is one to the grammar, and a sentence to its author.
MARKDOWN = MarkdownIt("commonmark").enable("table").disable(["inline", "text_join", "reference"])
TARGET = r"(?:[^\s<>]*[/#@][^\s<>]*|[^\s<>]+\.[^\s<>]+)"
DEFINITION = re.compile(rf" {{0,3}}\[[^\[\]\n]+\]:[ \t]*<?{TARGET}>?(?:[ \t]+[\"'(].*)?[ \t]*")
CODE = frozenset({"fence", "code_block"})
# A line that opens no block and changes none above it: text in a paragraph, wherever the paragraph stands.
PLAIN_LINE = (
    r"(?:[^\s#>*+\-=_`~<|:\d]|\d(?!\d{0,8}[.)](?:[ \t]|$))|\*\*?(?![ \t*]|$)|__?(?![ \t_]|$)|`(?!``))[^\n]*"
)
PLAIN = re.compile(rf"{PLAIN_LINE}(?:\n{PLAIN_LINE})*+", re.MULTILINE)
BLANK_LINES = re.compile(r"(\n(?:[ \t]*\n)+)")
FENCE_LINE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
RAW_HTML = re.compile(
    r" {0,3}<(?:(script|pre|style|textarea)\b|(!--)|(\?)|(!\[CDATA\[)|(![A-Za-z]))", re.IGNORECASE
)
RAW_ENDS = (r"</(?:script|pre|style|textarea)>", "-->", r"\?>", r"\]\]>", ">")
RETRIES = 3  # then all that is left is read as one


@dataclass(frozen=True)
class Block:
    """A block of a text, in its lines [first, end), and what it says if it is prose."""

    kind: str  # "h1" to "h6", "paragraph", "definitions", "fence", "bullet_list", …
    first: int
    end: int
    content: str = ""
    markup: str = ""


Placed = tuple[Block, int]  # a block and how deep it stands


@lru_cache(maxsize=4)
def found(text: str) -> tuple[Placed, ...]:
    """All blocks of a Markdown text with their depth, in order.

    A paragraph that cannot be anything else is not parsed; what stands between two such paragraphs is, alone.
    """
    placed: list[Placed] = []
    group = _Group()
    for first, chunk in _chunks(text.replace("\r\n", "\n").replace("\r", "\n")):
        plain = PLAIN.fullmatch(chunk) is not None
        if plain and (not group.lines or group.may_end()):
            placed += group.take()
            placed.append((_paragraph(first, chunk), 0))
        else:
            group.add(first, chunk)
    return tuple(placed + group.take())


class _Group:
    """What stands between two plain paragraphs, as long as nothing in it is open."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.first = 0
        self.lines: list[str] = []
        self.awaited: re.Pattern[str] | None = None  # what would close that which is open
        self.closed = False
        self.tries = 0

    def add(self, first: int, chunk: str) -> None:
        if not self.lines:
            self.first = first
        self.lines += [""] * (first - self.first - len(self.lines))
        self.lines += chunk.split("\n")
        self.closed = self.awaited is None or self.awaited.search(chunk) is not None

    def may_end(self) -> bool:
        """Whether a plain paragraph can follow: read again only if what was open may have been closed."""
        if not self.closed or self.tries > RETRIES:
            return False
        self.tries += 1
        self.awaited = _left_open(_parsed("\n".join(self.lines)), self.lines)
        self.closed = self.awaited is None
        return self.closed

    def take(self) -> list[Placed]:
        if not self.lines:
            return []
        placed = [(_moved(block, self.first), level) for block, level in _parsed("\n".join(self.lines))]
        self.start()
        return placed


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """The parts of a text between blank lines, and the lines they begin on."""
    number = -1
    for place, piece in enumerate(BLANK_LINES.split(f"\n{text}\n\n")):
        if piece and place % 2 == 0:
            yield number, piece
        number += piece.count("\n")


def _paragraph(first: int, chunk: str) -> Block:
    content = chunk.strip()
    kind = "definitions" if _defines(content) else "paragraph"
    return Block(kind, first, first + chunk.count("\n") + 1, content)


def _defines(content: str) -> bool:
    return content.startswith("[") and all(map(DEFINITION.fullmatch, content.split("\n")))


def _moved(block: Block, lines: int) -> Block:
    return Block(block.kind, block.first + lines, block.end + lines, block.content, block.markup)


@lru_cache(maxsize=128)
def _parsed(text: str) -> tuple[Placed, ...]:
    tokens = MARKDOWN.parse(text)
    opened = [place for place, token in enumerate(tokens) if token.map and token.type != "inline"]
    return tuple((_block(tokens, place), tokens[place].level) for place in opened)


def _block(tokens: Sequence[Token], place: int) -> Block:
    token = tokens[place]
    first, end = token.map or (0, 0)
    if token.type == "heading_open":
        return Block(token.tag, first, end, tokens[place + 1].content.strip(), token.markup)
    kind = token.type.removesuffix("_open")
    content = tokens[place + 1].content if kind == "paragraph" else ""
    return Block("definitions" if _defines(content) else kind, first, end, content, token.markup)


def _left_open(placed: Sequence[Placed], lines: Sequence[str]) -> re.Pattern[str] | None:
    """What would close the last block, if it would swallow a paragraph after it."""
    last = next((block for block, level in reversed(placed) if level == 0), None)
    if last is None or last.end < len(lines):
        return None
    if last.kind == "fence":
        ended = FENCE_LINE.match(lines[last.end - 1]) and is_closed(last, lines)
        return None if ended else FENCE_LINE
    raw = RAW_HTML.match(lines[last.first]) if last.kind == "html_block" else None
    if raw is None:
        return None
    end = re.compile(RAW_ENDS[(raw.lastindex or 1) - 1], re.IGNORECASE)
    return None if end.search(lines[last.end - 1]) else end


def is_closed(fence: Block, lines: Sequence[str]) -> bool:
    """Whether a fence ends with its own mark, and not with the text."""
    mark = lines[fence.end - 1].strip(" \t>")
    return fence.end - 1 > fence.first and len(mark) >= len(fence.markup) and set(mark) == {fence.markup[0]}


def rewritten(text: str, written: Iterable[tuple[Block, Sequence[str]]]) -> str:
    """The text with some blocks' lines written anew; of two that overlap, the first."""
    lines, last = lines_of(text), 0
    pieces: list[str] = []
    for block, anew in written:
        if block.first >= last:
            pieces += [*lines[last : block.first], *anew]
            last = block.end
    return "\n".join([*pieces, *lines[last:]]) if last else text


def lines_of(text: str) -> list[str]:
    """The lines of a text as the syntax tree numbers them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
