"""The ASGI application: find the route, answer, log."""

from __future__ import annotations

import secrets

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from train.rehearse.hub.accounts import bearer_token
from train.rehearse.hub.call import Call
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.hub import Hub
from train.rehearse.hub.requestlog import Entry, RequestLog
from train.rehearse.hub.routes import ROUTES
from train.rehearse.hub.routing import find_route

_CLIENT_GONE = 499


def application(hub: Hub) -> ASGIApp:
    """The Hub as uvicorn serves it."""
    log = RequestLog(hub.data / "requests.jsonl")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        entry = Entry(log, scope, _account_name(hub, scope))
        receive, send = entry.watch_in(receive), entry.watch_out(send)
        try:
            response = await _answer(hub, Request(scope, receive), entry)
            response.headers["x-request-id"] = secrets.token_hex(12)
            await response(scope, receive, send)
        finally:
            entry.write()  # for a client that left before the end

    return app


async def _answer(hub: Hub, request: Request, entry: Entry) -> Response:
    method, path = request.method, request.scope["raw_path"].decode("latin-1")
    found = find_route(ROUTES, method, path)
    if found is None:
        return refusal(HubError(501, f"The embedded Hub does not know {method} {path} yet."))
    handler, params = found
    entry.repo = params.get("repo")
    try:
        return await handler(Call(hub, request, params))
    except HubError as error:
        return refusal(error)
    except ClientDisconnect:  # nobody is left to read an answer; the log shows it
        return Response(status_code=_CLIENT_GONE)


def refusal(error: HubError) -> Response:
    """An error as the client reads it: body, code and message."""
    headers = {**error.headers, "X-Error-Message": _header_text(str(error))}
    if error.code:
        headers["X-Error-Code"] = error.code
    return JSONResponse({"error": str(error), **error.body}, error.status, headers)


def _header_text(text: str) -> str:
    return " ".join(text.split()).encode("ascii", "replace").decode()


def _account_name(hub: Hub, scope: Scope) -> str | None:
    account = hub.accounts.with_token(bearer_token(Headers(scope=scope).get("authorization", "")))
    return account.name if account else None
