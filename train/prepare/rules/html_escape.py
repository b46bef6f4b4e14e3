"""Escapes for text that Markdown would misread, and for no other."""

import re

# Formulas, addresses and what somebody typed as Markdown's code already are as they should be.
AS_IT_IS = re.compile(
    r"(\\\(.{0,2000}?\\\)|\\\[.{0,2000}?\\\]|\$\$.{0,2000}?\$\$|https?://[^\s<>]+|(?<!`)`[^`\n]{1,2000}`(?!`))",
    re.DOTALL,
)
TAG = re.compile(r"<(?=[A-Za-z/!?])")
ENTITY = re.compile(r"&(?=#?\w{1,31};)")
STARS = re.compile(r"(?<!\*)(\*++)(?=[^\s*])([^*]*)(?<=[^\s*])(\*+)")
OPENS, CLOSES = r"(?<![\w_])_+(?=[^\s_])", r"(?<=[^\s_])_+(?![\w_])"
EITHER = re.compile(f"{OPENS}|{CLOSES}")
AT_START = re.compile(r"(?=#{1,6}(?:\s|$)|>|~~~|\[[^\]\n]+\]:)")
UNDERLINE = re.compile(r"(?=(?:-+|=+)\s*$)")


def escape(text: str) -> str:
    """The text as Markdown that says the same."""
    if not any(sign in text for sign in "*_`<&"):
        return text
    pieces = AS_IT_IS.split(text)
    pieces[::2] = [_escaped(piece) for piece in pieces[::2]]
    return "".join(pieces)


def _escaped(text: str) -> str:
    text = ENTITY.sub(r"\&", TAG.sub(r"\<", text.replace("`", "\\`")))
    text = STARS.sub(lambda pair: _marks(pair[1]) + pair[2] + _marks(pair[3]), text)
    if re.search(OPENS, text) and re.search(CLOSES, text):
        text = EITHER.sub(lambda run: _marks(run[0]), text)
    return text


def _marks(run: str) -> str:
    return "".join(f"\\{sign}" for sign in run)


def escape_start(text: str, below: bool) -> str:
    """The first words of a line as words; `below` others, dashes alone would make those a heading."""
    text = AT_START.sub(r"\\", text, count=1) if AT_START.match(text) else text
    return "\\" + text if below and UNDERLINE.match(text) else text
