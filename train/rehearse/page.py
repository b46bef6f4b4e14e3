"""The page of all rehearsed writers: what each promised, what its figures show, what it wrote."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markdown_it import MarkdownIt
from markupsafe import Markup

from train.rehearse.promises import Asked, Point

# An image in a text would be fetched from wherever the text says; its address is shown instead.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
BELOW = 3  # levels: a text's own title stands under its writer's


@dataclass(frozen=True)
class Link:
    """Where something more is to be read."""

    name: str
    address: str


@dataclass(frozen=True)
class Writer:
    """One writer as the page shows it."""

    name: str
    title: str
    version: str
    promise: str
    gate: str  # the verdict, in words
    is_open: bool
    judged: str  # on how much
    points: tuple[Point, ...]
    asked: tuple[Asked, ...]
    loss: str  # SVG
    base: str
    links: tuple[Link, ...]
    flaws: tuple[str, ...] = ()  # what is not as promised


def page(writers: Sequence[Writer], space: Link) -> str:
    """The page as one HTML file that asks nobody for anything: the same bytes for the same writers."""
    whole = _template().render(writers=writers, space=space)
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")


def rendered(text: str) -> Markup:
    """A text's Markdown as HTML; HTML in it is shown as the text it is."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + BELOW, 6)}"
    return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S704 (html is disabled)


def embedded(svg: str) -> str:
    """A picture as an address that holds it, so that its ids and styles are its own."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


@cache
def _template() -> Template:
    found = Environment(
        loader=PackageLoader("train.rehearse", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"rendered": rendered, "embedded": embedded}
    return found.get_template("summary.html.jinja")
