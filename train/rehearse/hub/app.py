"""The ASGI application: find the route, answer, log; and let go wrong what is to go wrong."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from email.utils import formatdate

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from train.rehearse.hub import limits
from train.rehearse.hub.accounts import bearer_token
from train.rehearse.hub.call import Call
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.faults import Effect
from train.rehearse.hub.hub import Hub
from train.rehearse.hub.lagging import reading_behind
from train.rehearse.hub.logged import LOG_NAME
from train.rehearse.hub.names import kind_named
from train.rehearse.hub.publishers import Resource
from train.rehearse.hub.requestlog import Entry, RequestLog
from train.rehearse.hub.routes import ROUTES
from train.rehearse.hub.routing import Route, find_route
from train.rehearse.hub.striking import Line, planned_refusal

_CLIENT_GONE = 499
_LONGEST_HEADER = 2000
_WELL = Effect("")


def application(hub: Hub) -> ASGIApp:
    """The Hub as uvicorn serves it."""
    log = RequestLog(hub.data / LOG_NAME)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        entry = Entry(log, scope)
        entry.request.account = _account_name(hub, scope)
        fault = hub.services.faults.strike(entry.request.method, entry.request.path)
        entry.request.fault = fault.text if fault else None
        line = Line(scope, entry.watch_in(receive), entry.watch_out(send), entry.write)
        try:
            await _serve(hub, line, entry, fault.effect if fault else _WELL)
        finally:
            entry.write()  # for a client that left before the end

    return app


async def _serve(hub: Hub, line: Line, entry: Entry, effect: Effect) -> None:
    if effect.name == "drop":
        return await line.hang_up()
    request = Request(line.scope, line.receive)
    if effect.name == "status":
        async for _ in request.stream():  # or the connection breaks before a client has sent it all
            pass
        response = refusal(planned_refusal(effect.status))
    else:
        with reading_behind(effect.seconds if effect.name == "stale" else 0.0):
            response = await _answer(hub, request, entry)
    if effect.name == "drop-after":
        return await line.hang_up()
    if effect.name == "status-after":
        response = refusal(planned_refusal(effect.status))
    if effect.name == "stall":
        await asyncio.sleep(effect.seconds)
    response.headers.update({"date": formatdate(usegmt=True), "x-request-id": secrets.token_hex(12)})
    await response(line.scope, line.receive, line.sender(effect))
    return None


async def _answer(hub: Hub, request: Request, entry: Entry) -> Response:
    address = request.client.host if request.client else ""
    count = hub.services.limits.count(entry.request.path, entry.request.account, address)
    try:
        limits.check(count)
        response = await _handle(hub, request, entry)
    except HubError as error:
        response = refusal(error)
    except ClientDisconnect:  # nobody is left to read an answer; the log shows it
        response = Response(status_code=_CLIENT_GONE)
    if count:
        response.headers.update(count.headers())
    return response


async def _handle(hub: Hub, request: Request, entry: Entry) -> Response:
    method, path = entry.request.method, entry.request.path
    found = find_route(ROUTES, method, path)
    if found is None:
        raise HubError(501, f"The embedded Hub does not know {method} {path} yet.")
    route, params = found
    entry.request.route, entry.request.repo = route.path, params.get("repo")
    asked = _asked(route, params)
    token = bearer_token(request.headers.get("authorization", ""))
    hub.services.exchange.check_allowed(token, method, route.path, asked)
    return await route.handler(Call(hub, request, params, asked))


def refusal(error: HubError) -> Response:
    """An error as the client reads it: body, code and message."""
    headers = {**error.headers, "X-Error-Message": _header_text(str(error))}
    if error.code:
        headers["X-Error-Code"] = error.code
    return JSONResponse({"error": str(error), **error.body}, error.status, headers)


def _asked(route: Route, params: Mapping[str, str]) -> Resource | None:
    """The repository or bucket that a request is about."""
    if "repo" not in params:
        return None
    words = route.path.split("/")
    if "buckets" in words:
        return Resource("bucket", params["repo"])
    kind = "space" if {"spaces", "_spaces"} & set(words) else params.get("kind", params.get("web", ""))
    return Resource(kind_named(kind).value, params["repo"])


def _header_text(text: str) -> str:
    words = " ".join(text.split())[:_LONGEST_HEADER]
    return "".join(sign if " " <= sign <= "~" else "?" for sign in words)


def _account_name(hub: Hub, scope: Scope) -> str | None:
    try:
        account = hub.account_of(Headers(scope=scope).get("authorization"))
    except HubError:
        return None
    return account.name if account else None
