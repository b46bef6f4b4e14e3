"""Facts in, a card out: the same facts give the same bytes."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from math import floor, log10
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined

from cards import markdown, top
from cards.duties import adapter_duties, dataset_duties
from cards.facts import DatasetFacts, Figure, ModelFacts
from cards.front import dataset_front, front_matter, merged, model_front, space_front
from cards.limits import is_demo, limits
from cards.origin import CLOSE, OPEN, OWN, Real, Whole, Words, marked
from cards.space import SpaceFacts
from cards.trace import Page, page

_BETWEEN_MARKS = re.compile(rf"({OPEN}[^{CLOSE}]*{CLOSE})")
TEN = 10  # from here on, one decimal is enough where no interval says how many
MOST_DECIMALS = 3
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


def model_page(facts: ModelFacts) -> Page:
    """The README of an adapter, with where its numbers come from."""
    told = known(facts)
    duties = known(adapter_duties(facts.combination))
    body = _rendered("model.md.jinja", facts=told, duties=duties, demo=is_demo(told), limits=limits(told))
    return page(front_matter(model_front(told)) + "\n" + body)


def dataset_page(facts: DatasetFacts, existing: str = "") -> Page:
    """The README of a dataset, with where its numbers come from; other configurations stay."""
    told, duties = known(facts), known(dataset_duties(facts.combination))
    body = _rendered("dataset.md.jinja", facts=told, duties=duties)
    values = merged(top.read(existing).values, dataset_front(told))
    return page(front_matter(values) + "\n" + body)


def space_page(facts: SpaceFacts) -> Page:
    """The README of a Space, with where its numbers come from."""
    told = known(facts)
    body = _rendered("space.md.jinja", facts=told)
    return page(front_matter(space_front(told)) + "\n" + body)


def model_card(facts: ModelFacts) -> str:
    """The README of an adapter."""
    return model_page(facts).text


def dataset_card(facts: DatasetFacts) -> str:
    """The README of a dataset."""
    return dataset_page(facts).text


def space_card(facts: SpaceFacts) -> str:
    """The README of a Space."""
    return space_page(facts).text


def known(value: Any) -> Any:
    """The same facts, in which all text is quoted and every number without an origin is unproven."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: known(getattr(value, each.name)) for each in fields(value)})
    if isinstance(value, Mapping):
        return {known(name): known(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return tuple(known(each) for each in value)
    if isinstance(value, bool | Whole | Real | Words) or value is None:
        return value
    kinds: dict[type, Any] = {str: Words, int: Whole, float: Real}
    return kinds[type(value)](value)


def _printed(value: object) -> object:
    """What a template prints: every digit in it is between marks."""
    if isinstance(value, Undefined):
        return value
    shown = str(value) if isinstance(value, Whole | Real) else str(markdown.inline(value))
    parts = _BETWEEN_MARKS.split(shown)
    return "".join(part if part.startswith(OPEN) else _DIGITS.sub(_unproven, part) for part in parts)


def _unproven(found: "re.Match[str]") -> str:
    return marked(found[0], None, "", unless="unproven")


def _shown(value: float | None, form: str) -> markdown.Markdown:
    """A number in this form; a dash if there is none."""
    return markdown.Markdown(format(value, form) if value is not None and value == value else "—")


def _digits(figure: Figure) -> str:
    """The format of a figure, with as many decimals as its interval deserves: its width in two digits."""
    scale, sign = (100, "%") if figure.unit == "share" else (1, "f")
    width = scale * (float(figure.high) - float(figure.low))
    if not width > 0:  # not a number, or no width at all
        is_small = sign == "f" and abs(float(figure.adapter)) < TEN
        return f".3{sign}" if is_small else f".1{sign}"
    return f".{min(max(1 - floor(log10(width)), 0), MOST_DECIMALS)}{sign}"


def _named(repo: str) -> Words:
    """A repository's name without its owner."""
    return Words(repo.rpartition("/")[2])


def _owner(repo: str) -> Words:
    """Who a repository belongs to."""
    return Words(repo.partition("/")[0])


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        finalize=_printed,  # what is not Markdown by its type is escaped
        autoescape=False,  # noqa: S701 - `finalize` escapes, for Markdown
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "arguments": markdown.arguments,
        "code": markdown.code,
        "excerpt": markdown.excerpt,
        "literal": markdown.literal,
        "named": _named,
        "number": "{:,}".format,
        "owner": _owner,
        "shell": markdown.shell,
        "shown": _shown,
        "url": markdown.url,
    }
    environment.tests["measured"] = lambda value: value == value
    environment.globals |= {
        "digits": _digits,
        "hub_link": markdown.hub_link,
        "sample_words": Whole(markdown.SAMPLE_WORDS, OWN),
    }
    return environment


def _rendered(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values)
