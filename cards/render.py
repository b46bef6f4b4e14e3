"""Facts in, a card out: the same facts give the same bytes."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cards import markdown
from cards.facts import DatasetFacts, ModelFacts, SpaceFacts
from cards.front import dataset_front, front_matter, model_front, space_front
from cards.licenses import badge, notices
from cards.limits import is_demo, limits

SAMPLE_WORDS = 160
SAMPLE_WIDTH = 96  # characters; a wider block scrolls sideways on the Hub


def model_card(facts: ModelFacts) -> str:
    """The README of an adapter."""
    body = _rendered("model.md.jinja", facts=facts, demo=is_demo(facts), limits=limits(facts))
    return front_matter(model_front(facts)) + "\n" + body


def dataset_card(facts: DatasetFacts) -> str:
    """The README of a dataset."""
    return front_matter(dataset_front(facts)) + "\n" + _rendered("dataset.md.jinja", facts=facts)


def space_card(facts: SpaceFacts) -> str:
    """The README of a Space."""
    return front_matter(space_front(facts)) + "\n" + _rendered("space.md.jinja", facts=facts)


def _excerpt(text: str) -> markdown.Markdown:
    opening = markdown.opening(text, SAMPLE_WORDS)
    return markdown.fence(markdown.wrapped(opening, SAMPLE_WIDTH), "markdown")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        finalize=markdown.inline,  # what is not Markdown by its type is escaped
        autoescape=False,  # noqa: S701 - `finalize` escapes, for Markdown
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "arguments": markdown.arguments,
        "code": markdown.code,
        "excerpt": _excerpt,
        "literal": markdown.literal,
        "number": "{:,}".format,
        "shell": markdown.shell,
        "url": markdown.url,
    }
    environment.globals |= {
        "badge": badge,
        "hub_link": markdown.hub_link,
        "notices": notices,
        "sample_words": SAMPLE_WORDS,
    }
    return environment


def _rendered(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values)
