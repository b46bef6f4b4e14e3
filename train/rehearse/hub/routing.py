"""From a request's undecoded path to the function that answers it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from train.rehearse.hub.call import Handler

_PARTS = {
    "kind": "models|datasets|spaces",
    "web": "(?:datasets/|spaces/)?",
    "repo": "(?!(?:api|cas|lfs|oauth|v1)/)[^/]+/[^/]+",
    "path": ".+",
    "number": r"[0-9]{1,9}",
}


@dataclass(frozen=True)
class Route:
    """A method and a path with {names}: each is one segment, still encoded when it is matched.

    Matching decoded paths would take the slashes of `refs%2Fpr%2F1` for separators.
    """

    method: str
    path: str
    handler: Handler

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What matches the path."""
        pieces = re.split(r"\{(\w+)\}", self.path)
        return re.compile(
            "".join(_part(piece) if i % 2 else re.escape(piece) for i, piece in enumerate(pieces))
        )

    def match(self, method: str, path: str) -> Mapping[str, str] | None:
        """The decoded names in the path; None if it is another route's."""
        if method != self.method and not (method == "HEAD" and self.method == "GET"):
            return None
        found = self.pattern.fullmatch(path)
        return {name: unquote(value) for name, value in found.groupdict().items()} if found else None


def _part(name: str) -> str:
    return f"(?P<{name}>{_PARTS.get(name, '[^/]+')})"


def find_route(routes: Iterable[Route], method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """The first route that matches, and the names in its path."""
    for route in routes:
        params = route.match(method, path)
        if params is not None:
            return route, params
    return None
