"""A secret in another coat: broken over lines, in base64, or in hexadecimal digits."""

import base64
import re
from collections.abc import Iterator

LETTER = r"[A-Za-z0-9_.+/-]"
BREAK = re.compile(r"[=\\]?\r?\n[ \t>]*")
BROKEN = re.compile(rf"(?<!{LETTER}){LETTER}++(?:{BREAK.pattern}{LETTER}++){{1,3}}")
CODED = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,4000}")
HEX = re.compile(r"(?:[0-9a-fA-F]{2}){16,}")
TYPED = str.maketrans("-_", "+/")
READABLE = re.compile(rb"[\t\n\r -~]+")
SHORTEST = 20  # characters of a word that is worth a look


def readings(text: str) -> Iterator[str]:
    """What a text says besides, to one who puts its words together or decodes them."""
    for found in BROKEN.finditer(text) if "\n" in text else ():
        if len(word := BREAK.sub("", found[0])) >= SHORTEST:
            yield word
    for found in CODED.finditer(text):
        yield from (data.decode() for data in _decoded(found[0]) if READABLE.fullmatch(data))


def _decoded(run: str) -> Iterator[bytes]:
    whole = run[: len(run) - (len(run) % 4 == 1)].translate(TYPED)
    yield base64.b64decode(whole + "=" * (-len(whole) % 4))
    if HEX.fullmatch(run):
        yield bytes.fromhex(run)
