"""What can be wrong with one value of a card, in the Hub's own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from train.rehearse.hub.names import is_repo_name

Check = Callable[[str, object], Iterator[str]]
"""From the name of a value and the value to what is wrong with it."""

_LANGUAGE = re.compile(r"[a-z]{2,3}|code|multilingual")


def of_type(kind: type | tuple[type, ...], words: str) -> Check:
    """The value must be of a type."""

    def check(name: str, value: object) -> Iterator[str]:
        wrong_bool = isinstance(value, bool) and kind is not bool
        if wrong_bool or not isinstance(value, kind):
            yield f'"{name}" must be {words}'

    return check


string = of_type(str, "a string")
boolean = of_type(bool, "a boolean")
number = of_type(int, "a number")
mapping = of_type(dict, "an object")


def one_of(allowed: Collection[str]) -> Check:
    """The value must be one of a list."""

    def check(name: str, value: object) -> Iterator[str]:
        if value not in allowed:
            yield f'"{name}" must be one of [{", ".join(allowed)}]'

    return check


def array_of(each: Check) -> Check:
    """The value must be a list, and each item right."""

    def check(name: str, value: object) -> Iterator[str]:
        if not isinstance(value, list):
            yield f'"{name}" must be an array'
            return
        for index, item in enumerate(value):
            yield from each(f"{name}[{index}]", item)

    return check


def one_or_more(each: Check) -> Check:
    """The value may be a single item or a list of them."""

    def check(name: str, value: object) -> Iterator[str]:
        yield from (array_of(each) if isinstance(value, list) else each)(name, value)

    return check


def at_most(length: int) -> Check:
    """The value must be a short string."""

    def check(name: str, value: object) -> Iterator[str]:
        yield from string(name, value)
        if isinstance(value, str) and len(value) > length:
            yield f'"{name}" length must be less than or equal to {length} characters long'

    return check


def matching(pattern: str) -> Check:
    """The value must be of a certain form; unquoted, YAML makes a number of a version."""

    def check(name: str, value: object) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            yield f'"{name}" must be a string'
        elif not re.fullmatch(pattern, str(value)):
            yield f'"{name}" with value "{value}" fails to match the required pattern: /^{pattern}$/'

    return check


def hub_id(kind: str) -> Check:
    """The value must be the id of something on the Hub, not a folder of the machine it was made on."""

    def check(name: str, value: object) -> Iterator[str]:
        parts = value.split("/") if isinstance(value, str) else []
        if not 1 <= len(parts) <= 2 or not all(is_repo_name(part) for part in parts):
            yield f'"{name}" with value "{value}" is not valid. Use a {kind} id from https://hf.co/{kind}s.'

    return check


def language(name: str, value: object) -> Iterator[str]:
    """The value must be a language code."""
    if not isinstance(value, str):
        yield f'"{name}" must be a string'
    elif not _LANGUAGE.fullmatch(value):
        yield (
            f'"{name}" with value "{value}" is not valid. It must be an ISO 639-1, 639-2 or 639-3 code '
            '(two/three letters), or a special value like "code", "multilingual". '
            "If you want to use BCP-47 identifiers, you can specify them in language_bcp47."
        )


def keys_among(allowed: Collection[str]) -> Check:
    """The value must be an object with none but these keys."""

    def check(name: str, value: object) -> Iterator[str]:
        yield from mapping(name, value)
        for key in value if isinstance(value, dict) else {}:
            if key not in allowed:
                yield f'"{name}.{key}" is not allowed'

    return check
