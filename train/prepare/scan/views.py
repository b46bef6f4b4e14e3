"""The ways to look at a text: as it is written, and without the markup that may stand inside a secret."""

import re
from html import unescape

INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufe0e\ufe0f\ufeff"
SPACES = "\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
TYPESET = {**dict.fromkeys(SPACES, " "), "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-"}
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});")
TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,500}>|<!--[^<>\n]{0,200}-->")
MARKS = re.compile(r"\\(?=[_*.\-+=~/:@&#])|\*\*|\*(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])\*|[\"'] ?\+ ?[\"']")
PERCENT = re.compile(r"%(?:2[BDF]|3[0-9AD]|4[0-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])", re.IGNORECASE)
ESCAPE = re.compile(r"\\(?:u00|x)([3-7][0-9a-fA-F])(?<!7[fF])")
WIDE = re.compile("[\uff01-\uff5e]")  # as Chinese and Japanese typesetting has them
NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def plain(text: str) -> str:
    """The text with every character at its place, in ASCII: several times as fast to search."""
    if text.isascii():
        return text
    for typeset, typed in TYPESET.items():
        text = text.replace(typeset, typed)
    return _narrow(text).encode("ascii", "replace").decode("ascii")


def views(text: str) -> tuple[str, ...]:
    """The text, and where it differs the text as a reader would copy it; line numbers are the same."""
    bare = _bare(text)
    return (text,) if bare == text else (bare, text)


def _bare(text: str) -> str:
    bare = _visible(text)
    bare = ENTITY.sub(_letter, bare) if "&" in bare else bare
    bare = _visible(bare)
    bare = TAG.sub("", bare) if "<" in bare else bare
    bare = PERCENT.sub(lambda code: chr(int(code[0][1:], 16)), bare) if "%" in bare else bare
    bare = ESCAPE.sub(lambda code: chr(int(code[1], 16)), bare) if "\\" in bare else bare
    return MARKS.sub("", bare) if any(mark in bare for mark in "\\*+") else bare


def _visible(text: str) -> str:
    text = text.replace("\0", "")
    for letter in () if text.isascii() else INVISIBLE:
        text = text.replace(letter, "")
    return text if text.isascii() else _narrow(text)


def _narrow(text: str) -> str:
    return text.translate(NARROW) if WIDE.search(text) else text


def _letter(entity: re.Match[str]) -> str:
    return unescape(entity[0]).replace("\n", " ").replace("\r", " ")
