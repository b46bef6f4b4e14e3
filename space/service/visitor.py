"""Who is at the other end, and whether they are still there."""

import asyncio
import os
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

Result = TypeVar("Result")
BEHIND_PROXY = "SPACE_ID" in os.environ  # on Hugging Face; elsewhere anybody could write this header


def address(request: Request) -> bytes:
    """Where a request comes from; behind the proxy, what the proxy itself has added last."""
    passed_on = request.headers.get("x-forwarded-for", "") if BEHIND_PROXY else ""
    direct = request.client.host if request.client else ""
    return (passed_on.rpartition(",")[2].strip() or direct).encode()


async def unless_gone(request: Request, work: Coroutine[Any, Any, Result]) -> Result | None:
    """The work's result; None if its client left first, and then the work is cancelled."""
    task, gone = asyncio.create_task(work), asyncio.create_task(_left(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        gone.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
