"""GitHub's values: what counts as true, as equal, and as text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any


class WorkflowError(Exception):
    """A workflow that GitHub would not run, or of which this executor does not know what GitHub does."""


class Open(dict[str, Any]):
    """A context in which a missing name is no mistake, as among an event's values."""


def is_true(value: Any) -> bool:
    return not (value is None or value is False or value == "" or value == 0 or _is_nan(value))


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return f"{value:.15g}"
    if isinstance(value, str):
        return value
    raise WorkflowError(f"{value!r} cannot be put into a text")


def as_number(value: Any) -> float:
    if isinstance(value, str):
        try:
            return float(value or 0)
        except ValueError:
            return math.nan
    return float(value or 0) if value is None or isinstance(value, bool | int | float) else math.nan


def are_equal(left: Any, right: Any) -> bool:
    """Two texts whatever their case; two of different kinds as numbers."""
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if type(left) is type(right) and isinstance(left, Mapping | list):
        return left is right
    return as_number(left) == as_number(right)


def as_json(value: Any) -> str:
    return json.dumps(value, indent=2)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)
