"""What a request carries: JSON, and not too much of it."""

import asyncio
import json
from collections import Counter
from typing import Any

from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.requests import Request

from service.faults import FaultError

MOST_BYTES = 128 * 1024  # 5,000 characters are 60,000 bytes if each is written as two \uXXXX
DRAINED_BYTES = 16 * 1024 * 1024  # read and thrown away, so that the client is there to hear why
PATIENCE_S = 10


async def received(request: Request) -> bytes | None:
    """The body; None if it is too large. A client still sending after `PATIENCE_S` is refused."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await _received(request)
    except TimeoutError as error:
        raise FaultError("too_slow", f"The body did not arrive within {PATIENCE_S} seconds.") from error


async def _received(request: Request) -> bytes | None:
    size, chunks = 0, []
    async for chunk in request.stream():
        size += len(chunk)
        if size > DRAINED_BYTES:
            return None
        if size <= MOST_BYTES:
            chunks.append(chunk)
    return b"".join(chunks) if size <= MOST_BYTES else None


def too_large() -> FaultError:
    """Why a body is not read."""
    return FaultError("too_large", f"The body is too large: {MOST_BYTES // 1024} KB at most.")


def parsed(headers: Headers, body: bytes | None) -> dict[str, Any]:
    """The object that the body holds: strict JSON, so no NaN, no half characters, no thousand levels."""
    if body is None:
        raise too_large()
    _require_json(headers)
    try:
        value = from_json(body, allow_inf_nan=False)
        json.loads(body, object_pairs_hook=_once)
    except ValueError as error:
        raise FaultError("bad_json", f"The body is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise FaultError("bad_json", "The body must be a JSON object, such as {}.")
    return value


def _once(pairs: list[tuple[str, Any]]) -> None:
    """Refuse a name that stands twice: two readers could take either value."""
    if twice := [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]:
        raise FaultError("bad_json", f"The body says {twice[0][:100]!r} more than once.")


def _require_json(headers: Headers) -> None:
    kind, _, rest = headers.get("content-type", "").lower().partition(";")
    charset = rest.partition("charset=")[2].strip(' "') or "utf-8"
    coding = headers.get("content-encoding", "identity").lower()
    if (kind.strip(), charset, coding) != ("application/json", "utf-8", "identity"):
        raise FaultError(
            "wrong_media_type", "Send JSON in UTF-8, not compressed: `Content-Type: application/json`."
        )
