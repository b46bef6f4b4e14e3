"""The log of requests: one JSON line each, appended to a file that tests can read."""

from __future__ import annotations

import json
import os
from pathlib import Path

from starlette.types import Message, Receive, Scope, Send


class RequestLog:
    """Writes whole lines, so that a kill leaves none torn."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def append(self, values: dict[str, object]) -> None:
        """Append a request."""
        os.write(self._handle, json.dumps(values).encode() + b"\n")


class Entry:
    """A request being answered: counts what comes in and notes the status that goes out."""

    def __init__(self, log: RequestLog, scope: Scope, account: str | None) -> None:
        self._log = log
        self._written = False
        self._method: str = scope["method"]
        self._path: str = scope["raw_path"].decode("latin-1")
        self._account = account
        self._bytes_in = 0
        self._status = 0
        self.repo: str | None = None

    def values(self) -> dict[str, object]:
        """What the log says: never a token, never a query, which may hold a grant."""
        return {
            "method": self._method,
            "path": self._path,
            "repo": self.repo,
            "account": self._account,
            "status": self._status,
            "bytes_in": self._bytes_in,
        }

    def watch_in(self, receive: Receive) -> Receive:
        """The same channel, counted."""

        async def counted() -> Message:
            message = await receive()
            self._bytes_in += len(message.get("body", b""))
            return message

        return counted

    def watch_out(self, send: Send) -> Send:
        """The same channel, its status noted, and the log written before the client has the whole answer."""

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
            elif not message.get("more_body", False):
                self.write()
            await send(message)

        return noted

    def write(self) -> None:
        """Append the request to the log, once."""
        if not self._written:
            self._written = True
            self._log.append(self.values())
