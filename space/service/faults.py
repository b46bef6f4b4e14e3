"""Why a request is not answered with a text: a code and a sentence, never a page."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from discreet import note
from orders import RefusedError
from service.answers import Fault, json_answer

STATUS = {
    "bad_http": 400,
    "bad_json": 400,
    "unauthorized": 401,
    "not_found": 404,
    "unknown_writer": 404,
    "unknown_version": 404,
    "wrong_method": 405,
    "too_slow": 408,
    "too_large": 413,
    "wrong_media_type": 415,
    "bad_request": 422,
    "too_many_requests": 429,
    "failed": 500,
    "service_off": 503,
    "loading": 503,
    "busy": 503,
    "unreachable": 503,
    "out_of_memory": 507,
}
AGAIN = {"loading": "10", "busy": "10", "unreachable": "60"}  # seconds after which to ask again
BROKEN = "Something broke here while writing. It is not the request's fault: try again."


class FaultError(Exception):
    """A request that is refused here, before it becomes an order; `field` is the one to blame, if one is."""

    def __init__(
        self, code: str, said: str, field: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(said)
        self.code, self.said, self.field, self.headers = code, said, field, dict(headers or {})


def told(error: Exception) -> Fault:
    """The error as clients read it."""
    if isinstance(error, FaultError):
        return Fault(code=error.code, message=error.said, field=error.field[:100] or None)
    if isinstance(error, RefusedError):
        return Fault(code=error.code, message=error.said, field=None)
    note(error)
    return Fault(code="failed", message=BROKEN, field=None)


async def answer(request: Request, error: Exception) -> Response:
    """The whole answer to a request that failed."""
    fault = told(error)
    again = {"Retry-After": AGAIN[fault.code]} if fault.code in AGAIN else {}
    headers = again | (error.headers if isinstance(error, FaultError) else {})
    return json_answer(fault, STATUS[fault.code], getattr(request.state, "left", {}) | headers)


async def answer_http(request: Request, error: Exception) -> Response:
    """The same for what the router refuses."""
    assert isinstance(error, HTTPException)  # noqa: S101 (what it is registered for)
    path = request.url.path[:100]
    if error.status_code == 405:
        said = f"{request.method[:20]} is not for this address: /docs says what is."
        return await answer(request, FaultError("wrong_method", said, headers=error.headers))
    return await answer(request, FaultError("not_found", f"Nothing is at {path}: /docs says what is there."))


async def answer_nobody(_: Request, __: Exception) -> Response:
    """For a client that left while it was still sending."""
    return Response(status_code=499)


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    FaultError: answer,
    RefusedError: answer,
    HTTPException: answer_http,
    ClientDisconnect: answer_nobody,
}
