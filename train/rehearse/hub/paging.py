"""Long answers in pages, each naming the next one in its Link header."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.fields import parse_number

T = TypeVar("T")
_LARGEST_PAGE = 1000


async def paged(
    call: Call, items: Sequence[T], render: Callable[[Sequence[T]], Sequence[object]], size: int
) -> Response:
    """One page of the items, as JSON; only what is on it is rendered."""
    query = dict(call.request.query_params.multi_items())
    start = parse_number(query.get("cursor", ""))
    size = min(parse_number(query.get("limit", "")) or size, _LARGEST_PAGE)
    rendered = await in_thread(render, items[start : start + size])
    headers = {}
    if start + size < len(items):
        following = urlencode({**query, "cursor": start + size})
        path = call.request.scope["raw_path"].decode("latin-1")
        headers["Link"] = f'<{call.origin}{path}?{following}>; rel="next"'
    return JSONResponse(rendered, headers=headers)
