"""Rules for characters, lines and the space between them."""

import re
from collections.abc import Iterator, Sequence

import ftfy

from train.prepare.outline import blocks, lines_of
from train.prepare.rules.verbatim import outside_verbatim

LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f]")
INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x1f\x7f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
# What the author chose stays: curly quotes, full-width and ligature characters, entities in code.
MOJIBAKE_ONLY = ftfy.TextFixerConfig(
    uncurl_quotes=False,
    fix_character_width=False,
    fix_latin_ligatures=False,
    unescape_html=False,
    explain=False,
)
HARD_BREAK = re.compile(r"(?:  |\\|<br ?/?>)$")
NOT_PROSE = re.compile(r"^\s*(?:[|:<]|\$\$|\[\^)")  # kramdown's tables and definitions, HTML, formulas, notes
LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
CODE_LINE = re.compile(r"^(?:import|from) \w[\w.]*(?:$| import )|\w\(|[={}\[\];]|\w:$|^(?:  |\t)")
HEADING = re.compile(r"^( {0,3}#{1,6}(?:[ \t].*)?)$", re.MULTILINE)


def normalise_characters(text: str) -> str:
    """Use one line end and one space; drop what cannot be seen. Joiners stay: emoji and scripts need them."""
    return INVISIBLE.sub("", SPACES.sub(" ", LINE_ENDS.sub("\n", text)))


def repair_mojibake(text: str) -> str:
    """Repair text that was decoded with the wrong table, and nothing that is right."""
    return ftfy.fix_text(text, MOJIBAKE_ONLY)


def unwrap_lines(text: str) -> str:
    """Join lines broken inside a paragraph; verse with marked breaks, lists, quotes and code stay."""
    lines = lines_of(text)
    for block in reversed(blocks(text)):
        if block.kind == "paragraph" and _is_wrapped_prose(lines[block.first : block.end]):
            lines[block.first : block.end] = _joined(lines[block.first : block.end])
    return "\n".join(lines)


def _is_wrapped_prose(lines: Sequence[str]) -> bool:
    if len(lines) < 2 or any(NOT_PROSE.search(line) for line in lines):
        return False
    code = sum(bool(CODE_LINE.search(LINK.sub(r"\1", line))) for line in lines)
    return code * 2 < len(lines)


def _joined(lines: Sequence[str]) -> Iterator[str]:
    start = ""
    for line in lines:
        start += line.lstrip() if start else line
        if HARD_BREAK.search(line):
            yield start
            start = ""
        else:
            start = start.rstrip() + " "
    if start:
        yield start.rstrip()


def space_blocks(text: str) -> str:
    """Put one blank line around headings, never two anywhere; no spaces end a line but a marked break's."""
    return outside_verbatim(_spaced, text).strip()


def _spaced(prose: str) -> str:
    prose = re.sub(r"[ \t]+$", _kept_break, prose, flags=re.MULTILINE)
    prose = HEADING.sub(r"\n\1\n", prose)
    prose = re.sub(r" +(?=\n\n)|[ \t]+\Z", "", prose)
    return re.sub(r"\n{3,}", "\n\n", prose)


def _kept_break(match: re.Match[str]) -> str:
    follows_text = match.start() > 0 and match.string[match.start() - 1] != "\n"
    return "  " if follows_text and len(match[0]) > 1 and "\t" not in match[0] else ""
