"""Writing the log of requests: one JSON line each, before the client has its whole answer."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from train.rehearse.hub.logged import Logged

_OWN = "/api/_"
_TOKEN_DIGITS = 12


class RequestLog:
    """Writes whole lines, so that a kill leaves none torn."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def append(self, request: Logged) -> None:
        """Append a request."""
        os.write(self._handle, json.dumps(asdict(request)).encode() + b"\n")


class Entry:
    """A request being answered: counts what comes in and goes out, and notes the status."""

    def __init__(self, log: RequestLog, scope: Scope) -> None:
        self._log = log
        self._written = False
        self.request = Logged(scope["method"], scope["raw_path"].decode("latin-1"))
        self.request.token = token_digest(Headers(scope=scope).get("authorization", ""))

    def watch_in(self, receive: Receive) -> Receive:
        """The same channel, counted."""

        async def counted() -> Message:
            message = await receive()
            self.request.bytes_in += len(message.get("body", b""))
            return message

        return counted

    def watch_out(self, send: Send) -> Send:
        """The same channel, counted, and the log written before the client has the whole answer."""

        async def noted(message: Message) -> None:
            self.request.bytes_out += len(message.get("body", b""))
            if message["type"] == "http.response.start":
                self.request.status = message["status"]
            elif not message.get("more_body", False):
                self.write()
            await send(message)

        return noted

    def write(self) -> None:
        """Append the request to the log, once; what the owner asks of the Hub itself is no client's doing."""
        if not self._written and not self.request.path.startswith(_OWN):
            self._written = True
            self._log.append(self.request)


def token_digest(header: str) -> str | None:
    """A short name for the credentials of a request: the same for the same ones, and no way back."""
    if not header:
        return None
    return sha256(header.partition(" ")[2].strip().encode()).hexdigest()[:_TOKEN_DIGITS]
