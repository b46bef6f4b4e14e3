"""Rules for single characters: one line end, one space, nothing unseen, nothing wrongly decoded."""

import html
import re
import unicodedata

import ftfy

LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f]")
INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x1f\x7f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufdd0-\ufdef]"
)
ASCII_STRANGE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
STRANGE = re.compile(
    rf"[\r\v\f\x1c-\x1e\x85\u2028\u2029\ufffd{SPACES.pattern[1:-1]}{INVISIBLE.pattern[1:-1]}]"
)
LOST_APOSTROPHE = re.compile(r"(?<=[A-Za-z])\ufffd(?=(?:s|t|m|d|re|ve|ll)\b)")
LOST = re.compile(r"(?<!\w)\ufffd+|\ufffd+(?!\w)")
# What the author chose stays: curly quotes, full-width and ligature characters, entities in code.
MOJIBAKE_ONLY = ftfy.TextFixerConfig(
    uncurl_quotes=False,
    fix_character_width=False,
    fix_latin_ligatures=False,
    unescape_html=False,
    explain=False,
)
# Text decoded with the wrong table has two strange characters in a row, or a lead byte before a space;
# quotes and dashes that stand together are none, whichever the table.
QUOTES = r"\u2018\u2019\u201c\u201d\u2013\u2014\u2026"
SUSPECT = re.compile(
    rf"[^\x00-\x7f{QUOTES}][^\x00-\x7f]|[{QUOTES}][^\x00-\x7f{QUOTES}]|[\xa0-\xff] |[\x1b\x80-\x9f]"
    r"|[^\x00-\x7f][?\x1a]"
)
MAY_BE_SUSPECT = re.compile(r"[^\x00-\x1a\x1c-\x7f]")  # what each of them begins with, found faster
AMPERSAND = re.compile(r"&(?:(?:amp|#38|#x26|#0*38);)+", re.IGNORECASE)
ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
ESCAPED_TAG = re.compile(r"&lt;(/?[A-Za-z!][^&<>`\n]{0,80}?)&gt;", re.IGNORECASE)
MARKUP = frozenset("<>&`*_#[]|\\{}~$\n\r\t\v\f")


def normalise_characters(text: str) -> str:
    """Use one line end and one space; drop what cannot be seen. Joiners stay: emoji and scripts need them."""
    if text.replace("\n", "").isprintable() and "\ufffd" not in text:
        return text
    if not (ASCII_STRANGE if text.isascii() else STRANGE).search(text):
        return text
    text = LINE_ENDS.sub("\n", text)
    text = INVISIBLE.sub("", SPACES.sub(" ", text))
    return LOST.sub("", LOST_APOSTROPHE.sub("\u2019", text)) if "\ufffd" in text else text


def repair_mojibake(text: str) -> str:
    """Repair text that was decoded with the wrong table, and nothing that is right."""
    if text.isascii() and "\x1b" not in text:
        return text
    return "\n".join(map(_repaired, text.split("\n")))


def _repaired(line: str) -> str:
    if line.isascii():
        return line
    suspect = any(SUSPECT.match(line, found.start()) for found in MAY_BE_SUSPECT.finditer(line))
    if not suspect and unicodedata.is_normalized("NFC", line):
        return line
    return ftfy.fix_text(line, MOJIBAKE_ONLY)


def decode_entities(text: str) -> str:
    """Write characters for their entities, however often they were encoded; a tag that was shown is code."""
    if "&" not in text or ";" not in text:
        return text
    return ENTITY.sub(_character, ESCAPED_TAG.sub(r"`<\1>`", AMPERSAND.sub("&", text)))


def _character(match: re.Match[str]) -> str:
    character = html.unescape(match[0])
    if character == match[0]:
        return character
    character = normalise_characters(character)
    return _written(character, match) if character in MARKUP else character


def _written(character: str, match: re.Match[str]) -> str:
    """A character that means something in Markdown, so that here it does not."""
    follows = match.string[match.end() : match.end() + 1]
    if character == "<":
        return "< " if follows.isalpha() or (follows and follows in "/!?") else "<"
    if character in ">&":
        starts_line = match.start() == 0 or match.string[match.start() - 1] == "\n"
        return match[0] if character == ">" and starts_line else character
    return " " if character.isspace() else f"\\{character}"
