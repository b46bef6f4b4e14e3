"""Rules for lines and the space between them."""

import re
from collections.abc import Iterator, Sequence

from train.prepare.outline import blocks, code, is_heading, paragraphs
from train.prepare.tree import Block, lines_of, rewritten

HARD_BREAK = re.compile(r"(?:  |\\|<br ?/?>)$")
# Kramdown's tables and definitions, HTML, formulas, notes, definitions of links, bullets of other scripts.
NOT_PROSE = re.compile(
    r"\s*(?:[|:<\u2022\u00b7\u25aa\u25e6\u2023\u25cf\u2013\u2014]|\$\$|\[\^|\[[^\]\n]+\]:)"
)
SAID = re.compile(r"\s*(?:[\[(]?\d{1,2}:\d\d|<?[\w.-]{1,20}>?:\s|<[\w.-]{1,20}>\s)")  # who, or when
LINK = re.compile(r"\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])?")
CODE_LINE = re.compile(
    r"^(?:import|from) \w[\w.]*(?:$| import )|\w\(\S|[={}\[\]]|;$|\w:$|^(?:  |\t)|^[$#>%] "
)
ENDS_SENTENCE = re.compile(r"[.!?\u2026:;,\u3002\uff01\uff1f][\"'\u201d\u2019)*_\]]*$")
WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]$")
PROSE_WIDTH = 46  # characters; verse keeps below, wrapped prose above
NARROW = 24  # no wrapped column is thinner


def unwrap_lines(text: str) -> str:
    """Join lines broken at a margin; verse, addresses, talk, marked breaks and code stay as they are."""
    lines = lines_of(text)
    broken = [block for block in paragraphs(text) if block.end - block.first > 1]
    return rewritten(text, ((block, _unwrapped(lines[block.first : block.end], block)) for block in broken))


def _unwrapped(lines: list[str], block: Block) -> list[str]:
    content = block.content.split("\n")
    if len(content) != len(lines) or not is_wrapped(content):
        return lines
    return list(_joined(lines, content))


def is_wrapped(lines: Sequence[str]) -> bool:
    """Whether the lines of a paragraph were broken at a margin, and not by what they say."""
    if any(NOT_PROSE.match(line) for line in lines):
        return False
    if 2 * sum(bool(SAID.match(line)) for line in lines) > len(lines):
        return False
    bare = LINK.sub(r"\1", "\n".join(lines)).split("\n")
    code_lines = sum(bool(CODE_LINE.search(line)) for line in bare)
    return code_lines * 2 <= len(lines) and _at_margin([line.rstrip() for line in lines])


def _at_margin(lines: Sequence[str]) -> bool:
    """Measured: prose fills its lines, so the next line's first word would not have fitted."""
    broken = [len(line) for line in lines[:-1]]
    width = max(map(len, lines))
    if sorted(broken)[len(broken) // 2] >= PROSE_WIDTH:
        return True
    if width < NARROW:
        return False
    words = (line.split(maxsplit=1) or [""] for line in lines[1:])
    free = sum(length + 1 + len(word[0]) <= width for length, word in zip(broken, words, strict=True))
    runs_on = lines[1][:1].islower() and not ENDS_SENTENCE.search(lines[0])
    return (free == 0 and (len(lines) > 3 or runs_on)) or (len(lines) == 2 and runs_on)


def _joined(lines: Sequence[str], content: Sequence[str]) -> Iterator[str]:
    start = ""
    for line, said in zip(lines, content, strict=True):
        start += said.lstrip() if start else line
        if HARD_BREAK.search(line):
            yield start
            start = ""
        else:
            start = start.rstrip() + ("" if WIDE.search(start.rstrip()) else " ")
    if start:
        yield start.rstrip()


def space_blocks(text: str) -> str:
    """Put one blank line around headings, never two anywhere; no spaces end a line but a marked break's."""
    lines = lines_of(text)
    verbatim = {number for block in code(text) for number in range(block.first, block.end)}
    for block in blocks(text):
        if block.kind == "paragraph":
            lines[block.first] = lines[block.first].lstrip(" ")
    around = {place for block in blocks(text) if is_heading(block) for place in (block.first, block.end)}
    spaced: list[str] = []
    for number, line in enumerate(lines):
        if number in around and spaced and spaced[-1] != "":
            spaced.append("")
        if line[-1:] in (" ", "\t") and number not in verbatim:
            line = _trimmed(line, lines[number + 1 : number + 2])
        if line or number in verbatim or (spaced and spaced[-1] != ""):
            spaced.append(line)
    return "\n".join(spaced).strip("\n")


def _trimmed(line: str, following: Sequence[str]) -> str:
    kept = line.rstrip(" \t")
    marked = line.endswith("  ") and kept and following and following[0].strip(" \t>")
    return f"{kept}  " if marked else kept
