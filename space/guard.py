"""What stands before Gradio: addresses that nobody needs are not there, and what breaks is an answer."""

from typing import Any

import gradio as gr
import httpx
from gradio.route_utils import FnIndexInferError
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import discreet
from service import body, faults
from service.faults import FaultError
from unread import Unread

GRADIO = "/gradio_api/"
USED = frozenset(  # by the page, by `gradio_client` and over MCP
    (
        *("app_id", "call", "cancel", "heartbeat", "info", "mcp", "openapi.json", "queue", "reset", "run"),
        *("startup-events", "theme.css"),
    )
)
LOGIN = "/login"  # of accounts, which a Space has none of
# Gradio reads what is sent with few checks, and stumbles in one of these ways.
MISREAD = (LookupError, TypeError, ValueError, AttributeError, FnIndexInferError, httpx.InvalidURL)


def middleware() -> list[Middleware]:
    """What Gradio's application is to be built with."""
    handlers: dict[Any, Any] = {FaultError: refuse, ClientDisconnect: faults.answer_nobody, Exception: answer}
    return [Middleware(ExceptionMiddleware, handlers=handlers), Middleware(Narrow)]


class Blocks(gr.Blocks):
    """A page that does not repeat what it was sent where some of it is missing, and keeps little unread."""

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Refuse too few values."""
        if len(inputs) < len(block_fn.inputs):
            said = f"{len(block_fn.inputs)} values are needed here: {len(inputs)} came."
            raise gr.Error(said, print_exception=False)

    def queue(self, *args: Any, **kwargs: Any) -> "Blocks":
        """The page with its queue, which by itself keeps all that anybody left unread."""
        super().queue(*args, **kwargs)
        unread: Any = Unread()
        self._queue.pending_messages_per_session = unread
        return self


class Narrow:
    """Only the addresses that are used, and only as much as they need."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request, or say that nothing is there or that it is too large."""
        path = scope.get("path", "")
        is_gradios = path.startswith(GRADIO)
        if (is_gradios and path.removeprefix(GRADIO).split("/")[0] not in USED) or path.startswith(LOGIN):
            await JSONResponse({"detail": "Nothing is at this address."}, 404)(scope, receive, send)
            return

        async def answered(message: Message) -> None:
            # What Gradio will not do is a server's error to it; what really breaks there is raised instead.
            await send({**message, "status": 400} if message.get("status") == 500 else message)

        heard = await _heard(scope, receive) if is_gradios and scope.get("method") == "POST" else receive
        await self.app(scope, heard, answered if is_gradios else send)


async def refuse(_: Request, error: FaultError) -> Response:
    """What a client reads whose request never reached Gradio."""
    return JSONResponse({"detail": error.said}, faults.STATUS[error.code])


async def answer(_: Request, error: Exception) -> Response:
    """What a client reads of a request on which Gradio broke."""
    if isinstance(error, MISREAD):
        return JSONResponse({"detail": "This request is not one that can be answered."}, 400)
    discreet.note(error)
    return JSONResponse({"detail": "Something broke here. It is not the request's fault."}, 500)


async def _heard(scope: Scope, receive: Receive) -> Receive:
    """The same request once more: Gradio would read, and for a while keep, a body of any size."""
    sent = await body.received(Request(scope, receive))
    if sent is None:
        raise body.too_large()
    messages = iter([{"type": "http.request", "body": sent, "more_body": False}])

    async def heard() -> Message:
        return next(messages, None) or await receive()

    return heard
