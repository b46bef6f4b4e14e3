"""The prose of a Markdown text: paragraphs alone, without headings, code, tables and link targets."""

import re
from functools import lru_cache

from train.evaluate.metrics.tokens import TEXTS
from train.prepare.outline import paragraphs

CODE = re.compile(r"(`+)(?:(?!`).)*?\1", re.DOTALL)
TARGET = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\[\]]*\])")
BARE = re.compile(r"<?\b(?:https?://|www\.)[^\s<>]+>?")
EMPHASIS = re.compile(r"\*+|(?<!\w)_+|(?<!_)_+(?!\w)|~~")


@lru_cache(maxsize=TEXTS)
def prose(text: str) -> tuple[str, ...]:
    """The paragraphs of a Markdown text as a reader hears them, those in lists and quotes too."""
    return tuple(said for block in paragraphs(text) if (said := _said(block.content).strip()))


def _said(paragraph: str) -> str:
    if "`" in paragraph:
        paragraph = CODE.sub(" ", paragraph)
    return EMPHASIS.sub("", BARE.sub(" ", TARGET.sub(r"\1", paragraph)))
