"""What the owner of a running Hub may ask of it, beside what clients do."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from train.errors import ImprintError
from train.rehearse.hub.faults import CONTROL, Armed

_TIMEOUT_S = 60


def arm(url: str, token: str, faults: Sequence[str]) -> None:
    """These faults and no others are in force, with their counters at zero."""
    _ask("PUT", url + CONTROL, token, {"faults": list(faults)})


def armed(url: str, token: str) -> list[Armed]:
    """The faults in force, and how many requests they matched and struck."""
    return [Armed(**row) for row in _ask("GET", url + CONTROL, token)["faults"]]


def workflow(url: str, token: str, claims: Mapping[str, str]) -> dict[str, str]:
    """The environment of a step in a workflow with these claims, which may ask for its identity."""
    step = _ask("POST", f"{url}/api/_workflow", token, claims)
    return {
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": str(step["url"]),
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": str(step["token"]),
    }


def _ask(method: str, url: str, token: str, body: Mapping[str, object] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            said = json.load(refused)["error"]
        raise ImprintError(said, fix="python -m train hub --help") from refused
