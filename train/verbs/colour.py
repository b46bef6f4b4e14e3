"""Colours: marks on what is said already, on a terminal that shows them."""

import os
import re
from collections.abc import Mapping
from typing import TextIO

COLOURS = {
    r"^Error:": "1;31",
    r"^Next: ": "1;36",
    r"^ *✓": "32",
    r"^ *✗": "31",
    r"^[a-z][^\n]*:$": "1",  # a heading of the help
}


def painted(text: str, stream: TextIO) -> str:
    """The text as this stream shows it."""
    if not is_coloured(stream):
        return text
    for pattern, colour in COLOURS.items():
        text = re.sub(pattern, f"\x1b[{colour}m\\g<0>\x1b[0m", text, flags=re.M)
    return text


def is_coloured(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether colours can be seen there, and are wanted: NO_COLOR, FORCE_COLOR, TERM, then the stream."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return environment.get("TERM") != "dumb" and stream.isatty()
