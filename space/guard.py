"""What stands before Gradio: addresses that nobody needs are not there, and what breaks is an answer."""

from typing import Any

import gradio as gr
import httpx
from gradio.route_utils import FnIndexInferError
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import discreet

GRADIO = "/gradio_api/"
USED = frozenset(  # by the page, by `gradio_client` and over MCP
    (
        *("app_id", "call", "cancel", "heartbeat", "info", "mcp", "openapi.json", "queue", "reset", "run"),
        *("startup-events", "theme.css"),
    )
)
# Gradio reads what is sent with few checks, and stumbles in one of these ways.
MISREAD = (LookupError, TypeError, ValueError, AttributeError, FnIndexInferError, httpx.InvalidURL)


def middleware() -> list[Middleware]:
    """What Gradio's application is to be built with."""
    return [Middleware(ExceptionMiddleware, handlers={Exception: answer}), Middleware(Narrow)]


class Blocks(gr.Blocks):
    """A page that does not repeat what it was sent where some of it is missing."""

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Refuse too few values."""
        if len(inputs) < len(block_fn.inputs):
            said = f"{len(block_fn.inputs)} values are needed here: {len(inputs)} came."
            raise gr.Error(said, print_exception=False)


class Narrow:
    """Only the addresses that are used."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request, or say that nothing is there."""
        path = scope.get("path", "")
        if path.startswith(GRADIO) and path.removeprefix(GRADIO).split("/")[0] not in USED:
            await JSONResponse({"detail": "Nothing is at this address."}, 404)(scope, receive, send)
            return

        async def answered(message: Message) -> None:
            # What Gradio will not do is a server's error to it; what really breaks here is raised instead.
            await send({**message, "status": 400} if message.get("status") == 500 else message)

        await self.app(scope, receive, answered)


async def answer(_: Request, error: Exception) -> Response:
    """What a client reads of a request on which Gradio broke."""
    if isinstance(error, MISREAD):
        return JSONResponse({"detail": "This request is not one that can be answered."}, 400)
    discreet.note(error)
    return JSONResponse({"detail": "Something broke here. It is not the request's fault."}, 500)
