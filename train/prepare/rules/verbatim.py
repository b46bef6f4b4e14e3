"""Code and formulas, which cleaning must leave as they are."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from train.prepare.outline import code
from train.prepare.rules.spans import BLANK, replaced, within_paragraph
from train.prepare.tree import Block, lines_of, rewritten

INLINE, LINES = "\ufdd0", "\ufdd1"  # no characters: no text that was normalised holds them
VEIL = re.compile("([\ufdd0\ufdd1])(\\d+)\\1")
MATHS = re.compile(r"[\\^_{}=<>+\n]|^[a-z]$")  # else "\[sic\]" is a word in escaped brackets
NEW_CODE = re.compile(r"`|~~~|\$\$|\\[(\[]")
TICKS = re.compile("`+")
FORMULAS = tuple(
    (re.compile(opener), re.compile(closer))
    for opener, closer in (
        (r"\$\$", r"\$\$"),
        (r"(?<!\\)\\\(", r"\\\)"),
        (r"(?<!\\)\\\[(?!/?[a-z]+[ \\])", r"\\\]"),
    )
)
DOLLARS = re.compile(r"(?<![\w$\\])\$(?=[^\s$])[^$\n\ufdd0]{1,300}(?<![\s\\])\$(?![\w$])")
TAG_LINE = re.compile(
    r"\s*</?(?:table|tbody|thead|tr|t[dh]|[uod]l|li|d[td]|div|p|section|img|a|span|h[1-6])\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Veiled:
    """A text whose code and formulas were taken out; marks stand where they were."""

    text: str
    pieces: tuple[str, ...]

    def unveil(self, text: str) -> str:
        """`text` with every piece back at its mark."""
        return VEIL.sub(lambda mark: self.pieces[int(mark[2])], text) if self.pieces else text

    def now(self, text: str) -> "Veiled | None":
        """The same pieces under a changed `text`, unless that has become code anew."""
        return None if NEW_CODE.search(text) else Veiled(text, self.pieces)


@lru_cache(maxsize=4)
def veil(text: str) -> Veiled:
    """Take code and formulas out of a text: blocks by the syntax tree, then what stands inside lines."""
    pieces: list[str] = []

    def hide(piece: str, mark: str = INLINE) -> str:
        pieces.append(piece)
        return f"{mark}{len(pieces) - 1}{mark}"

    def formula(piece: str) -> str:
        bracketed, inner = piece.startswith("\\["), piece[2:-2]
        return piece if bracketed and ("\\[" in inner or not MATHS.search(inner)) else hide(piece)

    text = _without_blocks(text, lambda piece: hide(piece, LINES)) if _may_hold_blocks(text) else text
    if "`" in text:
        text = replaced(text, _code_spans(text), hide)
    for opener, closer in FORMULAS:
        if "$$" in text or "\\" in text:
            text = replaced(text, within_paragraph(opener, closer, text), formula)
    if "$" in text:
        text = DOLLARS.sub(lambda match: hide(match[0]) if set("\\^_{") & set(match[0]) else match[0], text)
    return Veiled(text, tuple(pieces))


def outside_verbatim(rule: Callable[[str], str], text: str) -> str:
    """What `rule` makes of `text`, what is verbatim put back untouched (or gone with what held it)."""
    veiled = veil(text)
    after = rule(veiled.text)
    return text if after == veiled.text else veiled.unveil(after)


def _may_hold_blocks(text: str) -> bool:
    return "```" in text or "~~~" in text or "\t" in text or "    " in text


def _without_blocks(text: str, hide: Callable[[str], str]) -> str:
    lines = lines_of(text)
    bodies = [(block, lines[block.first : block.end]) for block in code(text)]
    hidden = ((block, [hide("\n".join(body))]) for block, body in bodies if not _is_markup(block, body))
    return rewritten(text, hidden)


def _is_markup(block: Block, lines: list[str]) -> bool:
    """Whether a block is code only because somebody's HTML or template was indented."""
    indented = block.kind == "code_block"
    return indented and any(
        TAG_LINE.match(lines[0]) or ("{% " in line and "highlight" in line) for line in lines
    )


def _code_spans(text: str) -> Iterator[tuple[int, int]]:
    runs = [
        (match.start() + text.endswith("\\", 0, match.start()), match.end()) for match in TICKS.finditer(text)
    ]
    blanks = [match.start() for match in BLANK.finditer(text)]
    by_length: dict[int, list[int]] = defaultdict(list)
    for start, end in runs:
        by_length[end - start].append(start)
    by_length.pop(0, None)
    last = 0
    for start, end in runs:
        same = by_length.get(end - start, [])
        place = bisect_left(same, max(end, 1))
        if start < last or place == len(same):
            continue
        closing = same[place]
        if bisect_left(blanks, start) == bisect_left(blanks, closing):
            last = closing + end - start
            yield start, last
