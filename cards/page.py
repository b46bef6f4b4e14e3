"""A card as a page in a browser, much as the Hub shows it."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from cards import top
from cards.own import BEGIN, END

FOLDER = Path(__file__).parent
STYLE = Markup((FOLDER / "page.css").read_text(encoding="utf-8"))  # noqa: S704 (a file of our own)
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_FOLD = re.compile(r"<details><summary>[^<>&]*</summary>|</details>")  # the only HTML that the templates use
_MARKERS = re.compile(rf"^(?:{BEGIN}|{END})$", re.MULTILINE)


def render_markdown(text: str, lead: Callable[[str], str]) -> Markup:
    """Markdown as HTML; HTML but folds is shown as the text it is, `lead` says where relative links lead."""
    tokens = _MARKDOWN.parse(_MARKERS.sub("", text))
    for token, after in pairwise(tokens):
        if token.type == "heading_open":
            token.attrs["id"] = _anchor(after.content)
    for inline in tokens:
        for token in inline.children or []:
            _lead(token, lead)
    _fold(tokens)
    return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S704 (html is disabled)


def page(card: str, kind: str, others: Mapping[str, str], lead: Callable[[str], str]) -> str:
    """A whole page with the card on it, links to `others`, and its metadata as a table below."""
    found = top.read(card)
    return _template().render(
        body=render_markdown(found.body, lead),
        kind=kind,
        others=others,
        style=STYLE,
        values=[(name, _shown(value)) for name, value in found.values.items()],
    )


def _anchor(heading: str) -> str:
    """The name under which a heading is linked to."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _fold(tokens: Sequence[Token]) -> None:
    """Let a paragraph that is the beginning or the end of a fold be that."""
    for begin, inline, end in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if begin.type == "paragraph_open" and _FOLD.fullmatch(inline.content):
            inline.type, begin.hidden, end.hidden = "html_block", True, True


def _lead(token: Token, lead: Callable[[str], str]) -> None:
    for name in ("src", "href"):
        address = token.attrs.get(name)
        if isinstance(address, str) and ":" not in address and not address.startswith(("/", "#")):
            token.attrs[name] = lead(address)


def _shown(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return (
        value if isinstance(value, str) else str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True))
    )


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html.jinja")
