"""The YAML block on top of a card."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

import yaml

from train.rehearse.hub.snapshot import Snapshot

_BLOCK = re.compile(r"\A\s*---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)(.*)", re.DOTALL | re.MULTILINE)

_MOST_PIECES = 1_000_000
# YAML that says what is not so, like `!!bool perhaps` or the 32nd of a month, ends in any of these.
_UNREADABLE = (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Card:
    """A README taken apart; `problem` says why its YAML cannot be read."""

    values: Mapping[str, object]
    body: str
    problem: str = ""

    def texts(self, name: str) -> list[str]:
        """A value that may be one string or a list of them."""
        value = self.values.get(name)
        items = value if isinstance(value, list) else [value]
        return [item for item in items if isinstance(item, str)]

    def text(self, name: str) -> str | None:
        """A value if it is one string."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None


def parse_card(readme: str) -> Card:
    """The values and the text of a README."""
    block = _BLOCK.match(readme)
    if not block:
        return Card({}, readme)
    try:
        values = yaml.safe_load(block[1])
        as_json = _as_json(values)
    except _UNREADABLE as error:
        return Card({}, block[2], problem=f"YAML Metadata Error: {error}")
    if values is None:
        return Card({}, block[2])
    if not isinstance(values, dict):
        return Card({}, block[2], problem="YAML Metadata Error: the metadata must be an object")
    return Card(json.loads(as_json, parse_constant=str), block[2])  # JSON has no word for .nan


def _as_json(values: object) -> str:
    """The values written out, as far as somebody can have meant them: aliases may multiply without end."""
    pieces = list(islice(json.JSONEncoder(default=str, skipkeys=True).iterencode(values), _MOST_PIECES))
    if len(pieces) == _MOST_PIECES:
        message = "the metadata is too large"
        raise ValueError(message)
    return "".join(pieces)


def card_of(snapshot: Snapshot) -> Card:
    """The card of a repository at one commit."""
    return parse_card(snapshot.text("README.md"))
