"""From a place in a file to what a card may print of it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any

import yaml

from cards import energy, markdown
from cards.origin import Field, Origin, in_form

Read = Callable[[str], bytes]  # a file of the version, such as `dataset/report.json`
Rule = Callable[..., Any]
FORMS: Mapping[str, Callable[[str], str]] = {
    form.__name__: form
    for form in (
        markdown.code,
        markdown.excerpt,
        markdown.fence,
        markdown.literal,
        markdown.shell,
        markdown.text,
        markdown.url,
    )
}


class EvidenceError(Exception):
    """What a card printed cannot be found again where it is said to come from."""


def value_of(origin: Origin, read: Read, rules: Mapping[str, Rule]) -> Any:
    """What stands at the origin now."""
    if isinstance(origin, Field):
        return _at(_parsed(origin.file.rpartition(".")[2], read(origin.file)), origin)
    values = [value_of(each, read, rules) for each in origin.of]
    try:
        return {**RULES, **rules}[origin.rule](*values)
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise EvidenceError(f"the rule {origin.rule!r} does not apply: {error}") from error


def shown(value: Any, form: str) -> str:
    """A value as a card prints it: numbers by a format such as `:,`, words by the name of a form."""
    try:
        return in_form(value, form[1:]) if form.startswith(":") else FORMS[form](said(value))
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"{value!r:.40} cannot be shown as {form}") from error


def said(value: Any) -> str:
    """A setting as a card says it."""
    if isinstance(value, list | tuple):
        return ", ".join(map(said, value))
    if isinstance(value, str):
        return value[:]
    return repr(value).lower() if isinstance(value, bool) else repr(value)


def files_of(origin: Origin) -> tuple[Field, ...]:
    """The places that an origin names, in its order."""
    return (origin,) if isinstance(origin, Field) else tuple(f for each in origin.of for f in files_of(each))


@lru_cache(maxsize=16)
def _parsed(kind: str, data: bytes) -> Any:
    try:
        match kind:
            case "json":
                return json.loads(data)
            case "jsonl":
                return [json.loads(line) for line in data.splitlines()]
            case "yaml":
                return yaml.safe_load(data)
    except (ValueError, yaml.YAMLError) as error:
        raise EvidenceError(f"it is no {kind} any more") from error
    return data


def _at(value: Any, origin: Field) -> Any:
    for part in origin.field.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise EvidenceError(f"{origin.file} has no {origin.field}") from error
    return value


def pointer(*parts: str | int) -> str:
    """A JSON pointer to a place, from its parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _rows_bytes(data: bytes) -> int:
    from pyarrow import parquet  # only for the cards of datasets

    return int(parquet.read_table(BytesIO(data)).nbytes)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


RULES: Mapping[str, Rule] = {
    "sum": lambda *values: sum(values),
    "difference": lambda first, *rest: first - sum(rest),
    "quotient": lambda part, whole: part / whole,
    "total": lambda values: sum(values.values()) if isinstance(values, dict) else sum(values),
    "count": len,
    "bytes": len,
    "bytes of rows": _rows_bytes,
    "SHA-256": _digest,
    **energy.RULES,
}
