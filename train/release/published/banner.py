"""What `main` says of withdrawn versions: words on top of the card, and a file for programs."""

import re
from collections.abc import Sequence
from pathlib import Path

from cards.markdown import text as harmless
from train.release.payload import File, Files, text_file
from train.release.published.standing import NAME, Yanked, Yanks
from train.run import as_json

CARD = "README.md"
_BEGIN, _END = "<!-- withdrawn -->", "<!-- /withdrawn -->"
_BANNER = re.compile(rf"^{_BEGIN}\r?\n(?:>.*\n)*{_END}\r?\n(?:\r?\n)?", re.MULTILINE)
_FRONT = re.compile(  # as whatever editor left it
    r"\ufeff?---[ \t]*\r?\n.*?^---[ \t]*(?:\r?\n|\Z)(?:\r?\n)?", re.DOTALL | re.MULTILINE
)


def on_main(files: Files, yanked: Sequence[Yanked]) -> Files:
    """The files of a version as `main` holds them: with what it says of withdrawn ones, if there are any."""
    if not yanked:
        return files
    card = text_file(with_banner(_text(files[CARD]), yanked))
    return {**files, CARD: card, NAME: text_file(as_json(Yanks(tuple(yanked))))}


def with_banner(card: str, yanked: Sequence[Yanked]) -> str:
    """The card with one banner for these versions below its front matter, or none if there are none."""
    plain = _BANNER.sub("", card, count=1)
    front = _FRONT.match(plain)
    begin = front[0] if front else ""
    ended = begin if not begin or begin.endswith("\n") else f"{begin}\n"
    return ended + _banner(yanked) + plain[len(begin) :]


def _text(file: File) -> str:
    return (file.content.read_bytes() if isinstance(file.content, Path) else file.content).decode()


def _banner(yanked: Sequence[Yanked]) -> str:
    if not yanked:
        return ""
    told = [f"> **{each.version} was withdrawn**: {harmless(each.reason)}{_instead(each)}" for each in yanked]
    return "\n".join([_BEGIN, "> [!WARNING]", *"\n>\n".join(told).split("\n"), _END, "", ""])


def _instead(each: Yanked) -> str:
    return f" Use {each.use}." if each.use else " There is no version to use instead."
