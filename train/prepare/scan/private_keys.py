"""Private keys: PEM, OpenSSH, PGP and PuTTY blocks, wrapped, quoted or coded once more."""

import base64
import binascii
import re
from collections.abc import Iterator

NAME, CODED = "PRIVATE KEY", "LS0tLS1CRUdJTi"  # the second is the beginning of the first's line, in base64
PUTTY = "Private-Lines:"
REACH = 6000
HEAD = 150  # characters of code that hold the first line
SHORTEST = 60  # characters of an Ed25519 key
VARIETY = 15
AFTER = re.compile(r"(?: BLOCK)?[ ]?[-\u2013\u2014]{1,5}")  # what dashes become in typeset text
END = re.compile(r"[-\u2013\u2014]{1,5} ?END")
HEADERS = re.compile(r"(?:^|\n|\\n)[ \t>|]*[A-Z][A-Za-z-]{2,20}: [^\n\\]{0,100}")
BETWEEN = re.compile(r"\\[nrt]|<br ?/?>|&#1[03];|[\s>\"'`|,;\\()\[\]]+")
CODE = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def private_keys(text: str) -> Iterator[tuple[int, str]]:
    """Where private keys begin, and their code."""
    for place in _places(text, NAME):
        if "BEGIN" in text[max(0, place - 40) : place] and (key := _body(text, place + len(NAME))):
            yield place, key
    for place in _places(text, PUTTY):
        if key := _code(text[place + len(PUTTY) : place + REACH].lstrip(" 0123456789")):
            yield place, key
    for place in _places(text, CODED):
        if NAME in _plain(text[place : place + HEAD]):
            yield place, text[place : place + SHORTEST]


def _places(text: str, literal: str) -> Iterator[int]:
    place = text.find(literal)
    while place >= 0:
        yield place
        place = text.find(literal, place + len(literal))


def _body(text: str, start: int) -> str:
    after = AFTER.match(text, start)
    if not after:
        return ""
    until = text.find(NAME, after.end(), after.end() + REACH)  # of the line that ends the key
    return _code(END.split(text[after.end() : until if until > 0 else after.end() + REACH])[0])


def _code(block: str) -> str:
    joined = BETWEEN.sub("", HEADERS.sub("\n", block))
    found = CODE.match(joined)
    if not found or len(found[0]) < SHORTEST or len(set(found[0])) < VARIETY:
        return ""
    return "" if joined[found.end() :].startswith(("...", "…")) and len(found[0]) < 4 * SHORTEST else found[0]


def _plain(code: str) -> str:
    """The first lines of a block that is in base64, unless it breaks off at once."""
    found = CODE.match(BETWEEN.sub("", code))
    if not found or len(found[0]) < 2 * SHORTEST:
        return ""
    whole = found[0].rstrip("=")
    try:
        return base64.b64decode(whole[: len(whole) // 4 * 4]).decode("latin-1")
    except binascii.Error:
        return ""
