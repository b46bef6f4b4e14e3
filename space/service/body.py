"""What a request carries: JSON, and not too much of it."""

import asyncio
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


def parsed(headers: Headers, body: bytes | None) -> dict[str, Any]:
    """The object that the body holds: strict JSON, so no NaN, no half characters, no thousand levels."""
    if body is None:
        raise FaultError("too_large", f"The body is too large: {MOST_BYTES // 1024} KB at most.")
    _require_json(headers)
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise FaultError("bad_json", f"The body is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise FaultError("bad_json", "The body must be a JSON object, such as {}.")
    return value


def _require_json(headers: Headers) -> None:
    kind, _, rest = headers.get("content-type", "").lower().partition(";")
    charset = rest.partition("charset=")[2].strip(' "') or "utf-8"
    if kind.strip() != "application/json" or charset != "utf-8" or "content-encoding" in headers:
        raise FaultError(
            "wrong_media_type", "Send JSON in UTF-8, not compressed: `Content-Type: application/json`."
        )
