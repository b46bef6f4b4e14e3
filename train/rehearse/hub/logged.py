"""The log of requests, as tests read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

LOG_NAME = "requests.jsonl"


@dataclass
class Logged:
    """One request: never a token, only its digest; never a query, which may hold a grant.

    `status` is 0 if the client got no answer, `route` is None if the Hub does not know the request,
    `fault` is what was made to go wrong.
    """

    method: str
    path: str
    route: str | None = None
    repo: str | None = None
    account: str | None = None
    token: str | None = None
    status: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    fault: str | None = None


def read_log(data: Path) -> list[Logged]:
    """Every request of a Hub so far, in the order in which they were answered."""
    names = {field.name for field in fields(Logged)}
    lines = (data / LOG_NAME).read_text(encoding="utf-8").splitlines()
    rows: list[Mapping[str, object]] = [json.loads(line) for line in lines]
    return [Logged(**{name: row[name] for name in names & row.keys()}) for row in rows]  # type: ignore[arg-type]
