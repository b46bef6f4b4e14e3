"""Text from elsewhere on its way into Markdown: it stays text, and stays in its place."""

import html
import json
import re
import shlex
from collections.abc import Callable, Mapping
from functools import wraps
from io import StringIO
from textwrap import TextWrapper
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote

from cards.origin import Real, Whole, Words, marked

P = ParamSpec("P")
SAMPLE_WORDS = 160
SAMPLE_WIDTH = 96  # characters; a wider block scrolls sideways on the Hub
_SPECIAL = re.compile(r"[\\`*_\[\]#|~$@]|:(?=//)|(?<=www)\.|^[-+=]|^\d+(?=[.)](?:\s|$))", re.IGNORECASE)
_BREAKS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"
# Not seen, or turning the line's direction; joiners stay, scripts and emoji need them.
_HIDDEN = r"\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
_CONTROL = re.compile(f"[{_BREAKS}{_HIDDEN}]")
_UNSEEN = re.compile(f"[{_BREAKS}{_HIDDEN}\ud800-\udfff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


class Markdown(str):
    """Text that is Markdown already: the renderer leaves it as it is."""

    __slots__ = ()


def formed(form: Callable[Concatenate[Any, P], str]) -> Callable[Concatenate[Any, P], Markdown]:
    """A form that keeps the origin of the words it is given, under the form's own name."""

    @wraps(form)
    def shown(value: Any, /, *args: P.args, **kwargs: P.kwargs) -> Markdown:
        if not isinstance(value, Words):
            return Markdown(form(value, *args, **kwargs))
        name = form.__name__ if not (args or kwargs) else ""  # with options, it is not done again alike
        origin = value.origin if name else None
        return Markdown(marked(form(value.plain, *args, **kwargs), origin, name))

    return shown


def one_line(text: str) -> str:
    """The text without line breaks, and without characters that nobody sees."""
    spaced = re.sub(f"[{_BREAKS}]", " ", _SURROGATES.sub("\ufffd", text))
    return " ".join(_CONTROL.sub("", spaced).split())


@formed
def text(value: str) -> str:
    """A string with everything that Markdown or HTML would act on made harmless."""
    return _SPECIAL.sub(_harmless, html.escape(one_line(value), quote=False))


def _harmless(found: "re.Match[str]") -> str:
    if found[0] == "\\":
        return "&#92;"  # two of them before a bracket are mathematics to the Hub
    return f"{found[0]}\\" if found[0][0].isdigit() else f"\\{found[0]}"


def inline(value: object) -> object:
    """What may be printed: Markdown and numbers as they are, a string as harmless text."""
    if isinstance(value, Markdown) or not isinstance(value, str):
        return value
    return text(value)


@formed
def code(text: str) -> str:
    """A code span that no backtick inside can close."""
    line = one_line(text).replace("|", r"\|") or " "
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


@formed
def fence(text: str, language: str = "") -> str:
    """A fenced block that no line inside can close."""
    ended = _SURROGATES.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")
    lines = _CONTROL.sub("", ended).strip("\n")
    ticks = "`" * max(3, _longest_run(lines) + 1)
    return f"{ticks}{language}\n{lines}\n{ticks}"


@formed
def excerpt(text: str) -> str:
    """How a text begins, in a fenced block."""
    return fence(wrapped(opening(text, SAMPLE_WORDS), SAMPLE_WIDTH), "markdown")


@formed
def literal(value: object) -> str:
    """A value as Python source, on one line."""
    if isinstance(value, Whole | Real):
        return str(value)
    if not isinstance(value, str):
        return repr(value)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def arguments(values: Mapping[str, Any]) -> Markdown:
    """Keyword arguments as Python source, each on a line of its own within a call."""
    return Markdown(",\n    ".join(f"{name}={literal(value)}" for name, value in values.items()))


@formed
def shell(text: str) -> str:
    """A word that a shell takes as one."""
    return shlex.quote(one_line(text))


@formed
def url(text: str) -> str:
    """An address with nothing in it that could end a link."""
    return quote(text, safe=":/?#=&%@+,;~")


def hub_link(repo: str, revision: str = "", folder: str = "") -> Markdown:
    """A link to a repository on the Hub, as it was at `revision` if one is given."""
    named, at = repo[:], revision[:]  # without their marks
    place = "/".join(part for part in (folder, named, *(("tree", at) if at else ())) if part)
    return Markdown(marked(f"[{code(named)}](https://huggingface.co/{quote(place)})", None, "link"))


def lines_of(text: str) -> list[str]:
    """The lines as Markdown counts them; `splitlines` breaks at signs, too, that people paste unawares."""
    return StringIO(text, newline="").readlines()


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
