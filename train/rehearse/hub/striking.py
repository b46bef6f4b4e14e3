"""How a fault is done to one request: refused, cut off, late, or with a wrong bit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.types import Message, Receive, Scope, Send

from train.rehearse.hub.errors import HubError
from train.rehearse.hub.faults import Effect
from train.rehearse.hub.limits import too_many

_WORDS: Mapping[int, str] = {
    408: "Request Timeout",
    409: "Cannot create repo: another conflicting operation is in progress",
    412: "The branch was updated since you opened this page. Please refresh and try again.",
    500: "Internal Error - We're working hard to fix this as soon as possible!",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
_RETRY_IN_S = 1


def planned_refusal(status: int) -> HubError:
    """The refusal with this status, worded as the real one."""
    if status == 429:
        return too_many("api", quota=1000, window_s=300, reset_s=_RETRY_IN_S)
    return HubError(status, _WORDS.get(status, f"A planned {status}"))


@dataclass(frozen=True)
class Line:
    """The connection of one request, and what to do before it is closed."""

    scope: Scope
    receive: Receive
    send: Send
    before_end: Callable[[], None]

    async def hang_up(self) -> None:
        """Close the connection; what was sent so far still arrives."""
        self.before_end()
        self.scope["state"]["transport"].close()
        while (await self.receive())["type"] != "http.disconnect":
            pass

    def sender(self, effect: Effect) -> Send:
        """The channel for an answer, which an effect may cut off or garble."""
        if effect.name == "truncate":
            return self._cut_off()
        return self._garbled() if effect.name == "corrupt" else self.send

    def _cut_off(self) -> Send:
        """Closed when half of the body is through."""
        left: int | None = None

        async def cut(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.start":
                left = _length(message) // 2
                await self.send(message)
            elif left is not None:
                body = message.get("body", b"")[:left]
                left -= len(body)
                await self.send({"type": "http.response.body", "body": body, "more_body": True})
                if left == 0:
                    left = None
                    await self.hang_up()

        return cut

    def _garbled(self) -> Send:
        """With one bit changed in the middle of the body."""
        position = 0

        async def garbled(message: Message) -> None:
            nonlocal position
            if message["type"] == "http.response.start":
                position = _length(message) // 2
            else:
                body = bytearray(message.get("body", b""))
                if 0 <= position < len(body):
                    body[position] ^= 1
                position -= len(body)
                message = {**message, "body": bytes(body)}
            await self.send(message)

        return garbled


def _length(message: Message) -> int:
    """The announced length; an endless answer counts as one byte."""
    return int(dict(message.get("headers", [])).get(b"content-length", b"2"))
