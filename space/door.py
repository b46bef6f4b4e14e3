"""Where visitors come in: who they are, how much each may ask for, and whether a program is still there."""

import os
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from ipaddress import AddressValueError, IPv6Address, ip_network
from secrets import token_hex
from threading import Lock
from typing import TYPE_CHECKING, cast

from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orders import Order, RefusedError, Studio, Text
from rates import Rates

if TYPE_CHECKING:
    import gradio as gr

    from unread import Unread

BEHIND_PROXY = "SPACE_ID" in os.environ  # on Hugging Face; elsewhere anybody could write this header
AT_ONCE = 12  # texts of one visitor, those that wait too; a school or an office may be one visitor
MCP = "/gradio_api/mcp"
VISIT = "x-imprint-visit"
UNREAD = "Nothing of this text was read for a while: it was stopped."


def address(request: "Request | gr.Request") -> bytes:
    """Where a request comes from; behind the proxy, what the proxy itself has added last."""
    passed_on = request.headers.getlist("x-forwarded-for") if BEHIND_PROXY else []
    direct = request.client.host if request.client else ""
    return _visitor("".join(passed_on[-1:]).rpartition(",")[2].strip() or direct).encode()


def _visitor(address: str) -> str:
    """One visitor's address: of version 6 everybody has 2^64 of them, which begin alike."""
    try:
        return str(ip_network((int(IPv6Address(address)) >> 64 << 64, 64)))
    except AddressValueError:
        return address


class Door:
    """The page's and the programs' way to the studio; the service, whose clients have tokens, has its own."""

    def __init__(self, studio: Studio, rates: Rates) -> None:
        self.studio, self.rates = studio, rates
        self._texts = Counter[bytes]()
        self._here: set[str] = set()
        self._lock = Lock()
        self.unread: Unread | None = None

    def write(self, request: "Request | gr.Request", order: Order) -> Iterator[Text]:
        """The text as it grows, while who asked is there; refuses who asks for too much."""
        client = address(request)
        left = self.rates.take(client, time.monotonic())
        if left.wait_s:
            said = f"One visitor may ask for {left.per_minute} texts a minute: go on in {left.wait_s} s."
            raise RefusedError("too_many_requests", said)
        with self._place(client), closing(cast("Generator[Text]", self.studio.write(order))) as texts:
            for text in texts:
                if self._has_left(request):
                    return
                if self._reads_no_more(request):
                    raise RefusedError("busy", UNREAD)
                yield text

    def watch(self, app: "gr.routes.App") -> None:
        """From now on, know which programs have left, and who reads no more."""
        self.unread = cast("Unread", app.get_blocks()._queue.pending_messages_per_session)
        for route in app.router.routes:
            if isinstance(route, Mount) and route.path == MCP:
                route.app = self._watched(route.app)

    @contextmanager
    def _place(self, client: bytes) -> Iterator[None]:
        with self._lock:
            if self._texts[client] >= AT_ONCE:
                said = f"{AT_ONCE} of your texts are in work already: wait until one of them is finished."
                raise RefusedError("too_many_requests", said)
            self._texts[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._texts[client] -= 1
                self._texts += Counter()  # forgets who has none

    def _has_left(self, request: "Request | gr.Request") -> bool:
        visit = request.headers.get(VISIT)
        return visit is not None and visit not in self._here

    def _reads_no_more(self, request: "Request | gr.Request") -> bool:
        visitor = getattr(request, "session_hash", None)
        return self.unread is not None and self.unread.is_too_much_for(visitor)

    def _watched(self, tools: ASGIApp) -> ASGIApp:
        """Gradio asks itself on a program's behalf, and goes on asking when the program is gone."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            visit = token_hex(16)
            headers = [(name, value) for name, value in scope["headers"] if name != VISIT.encode()]

            async def heard() -> Message:
                message = await receive()
                if message["type"] == "http.disconnect":
                    self._here.discard(visit)
                return message

            self._here.add(visit)
            try:
                await tools({**scope, "headers": [*headers, (VISIT.encode(), visit.encode())]}, heard, send)
            finally:
                self._here.discard(visit)

        return watched
