"""Reading JSON that somebody sent: a value of another type than asked for is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from train.rehearse.hub.errors import bad_request

T = TypeVar("T")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_LARGEST_NUMBER = 1 << 53  # as far as JavaScript counts


@dataclass(frozen=True)
class Fields:
    """A JSON object somebody sent; a value of another type than asked for is refused."""

    values: Mapping[str, object]

    def text(self, name: str, default: str = "") -> str:
        """A string; null or nothing is the default."""
        return self._typed(name, str, default)

    def number(self, name: str, default: int = 0) -> int:
        """An integer."""
        value = self._typed(name, int, default)
        if abs(value) > _LARGEST_NUMBER:
            raise bad_request(f'"{name}" is out of range')
        return value

    def object(self, name: str) -> Mapping[str, object]:
        """An object; nothing is an empty one."""
        return self._typed(name, dict, {})

    def rows(self, name: str) -> list[Fields]:
        """A list of objects."""
        rows = self._typed(name, list, [])
        return [Fields(row) if isinstance(row, dict) else Fields({}) for row in rows]

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        return [str(item) for item in self._typed(name, list, [])]

    def _typed(self, name: str, kind: type[T], default: T) -> T:
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, kind):
            raise bad_request(f'"{name}" must be a {kind.__name__}')
        return value


def parse_number(text: str, default: int = 0) -> int:
    """A number from an address; nothing is the default."""
    try:
        number = int(text) if text else default
    except ValueError as error:
        raise bad_request(f"Not a number: {text[:40]}") from error
    if not 0 <= number <= _LARGEST_NUMBER:
        raise bad_request(f"Out of range: {text[:40]}")
    return number


def parse_fields(text: bytes) -> Fields:
    """A JSON object, or a refusal."""
    try:
        values = json.loads(text or b"{}")
        if _SURROGATE.search(text):
            json.dumps(values, ensure_ascii=False).encode()  # half a character cannot be kept
    except (ValueError, RecursionError) as error:
        raise bad_request(f"Invalid JSON: {error}") from error
    if not isinstance(values, dict):
        raise bad_request("Invalid JSON: an object is expected")
    return Fields(values)
