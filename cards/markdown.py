"""Text from elsewhere on its way into Markdown: it stays text, and stays in its place."""

import html
import json
import re
import shlex
from collections.abc import Mapping
from textwrap import TextWrapper
from typing import Any
from urllib.parse import quote

_SPECIAL = re.compile(r"[\\`*_\[\]#|~$]|:(?=//)|(?<=www)\.|^[-+=]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Markdown(str):
    """Text that is Markdown already: the renderer leaves it as it is."""

    __slots__ = ()


def one_line(text: str) -> str:
    """The text without line breaks and control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def inline(value: object) -> object:
    """A string with everything that Markdown or HTML would act on made harmless; other values untouched."""
    if isinstance(value, Markdown) or not isinstance(value, str):
        return value
    return Markdown(_SPECIAL.sub(r"\\\g<0>", html.escape(one_line(value), quote=False)))


def code(text: str) -> Markdown:
    """A code span that no backtick inside can close."""
    line = one_line(text).replace("|", r"\|")
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return Markdown(f"{ticks}{pad}{line}{pad}{ticks}")


def fence(text: str, language: str = "") -> Markdown:
    """A fenced block that no line inside can close."""
    lines = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")
    ticks = "`" * max(3, _longest_run(lines) + 1)
    return Markdown(f"{ticks}{language}\n{lines}\n{ticks}")


def literal(value: object) -> Markdown:
    """A value as Python source, on one line."""
    return Markdown(json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value))


def arguments(values: Mapping[str, Any]) -> Markdown:
    """Keyword arguments as Python source, each on a line of its own within a call."""
    return Markdown(",\n    ".join(f"{name}={literal(value)}" for name, value in values.items()))


def shell(text: str) -> Markdown:
    """A word that a shell takes as one."""
    return Markdown(shlex.quote(one_line(text)))


def url(text: str) -> Markdown:
    """An address with nothing in it that could end a link."""
    return Markdown(quote(text, safe=":/?#=&%@+,;~"))


def hub_link(repo: str, revision: str = "", folder: str = "") -> Markdown:
    """A link to a repository on the Hub, as it was at `revision` if one is given."""
    place = "/".join(part for part in (folder, repo, *(("tree", revision) if revision else ())) if part)
    return Markdown(f"[{code(repo)}](https://huggingface.co/{quote(place)})")


def opening(text: str, words: int) -> str:
    """The first words of a text, its line breaks kept, with an ellipsis where it was cut."""
    found = list(re.finditer(r"\S+", text))
    return text if len(found) <= words else text[: found[words - 1].end()] + " …"


def wrapped(text: str, width: int) -> str:
    """The text with its long lines broken between words, for a block that does not break them itself."""
    wrap = TextWrapper(width, break_long_words=False, break_on_hyphens=False, replace_whitespace=False)
    return "\n".join("\n".join(wrap.wrap(line)) for line in text.splitlines())


def _longest_run(text: str) -> int:
    return max(map(len, re.findall(r"`+", text)), default=0)
