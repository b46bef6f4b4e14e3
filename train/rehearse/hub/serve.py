"""The process: one data folder, one loopback socket, a quiet end."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from train.errors import ImprintError

LOOPBACK = "127.0.0.1"
_GRACE_S = 2
_KEEP_ALIVE_S = 60


def bind(port: int) -> socket.socket:
    """A socket on the loopback address; port 0 is any free one."""
    # asyncio turns off Nagle's delay, 40 ms a request, only for a socket that says it is TCP
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise ImprintError(
            f"Port {port} is in use, so the Hub cannot listen there: {error.strerror}.",
            fix=f"python -m train hub --port {port + 1}",
        ) from error
    return listener


@contextlib.contextmanager
def sole_use(data: Path) -> Iterator[None]:
    """Keep the data folder to this process; the system lets go of it however the process ends."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        file = (data / "hub.lock").open("a+")
    except OSError as error:
        raise ImprintError(
            f"The data folder {data} cannot be written: {error.strerror}.",
            fix="python -m train hub --data runs/hub",
        ) from error
    with file:
        _lock(file.fileno(), data)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock(handle: int, data: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = (data / "hub.lock").read_text() or "unknown"
        raise ImprintError(
            f"The data folder {data} is in use by process {pid}, a Hub of its own or that of `make space`: "
            "end it with Ctrl-C first, or take another folder.",
            fix=f"python -m train hub --data {data}-2",
        ) from error


def serve(app: ASGIApp, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer until SIGTERM or Ctrl-C; `ready` is called once requests are being answered."""
    config = uvicorn.Config(
        app,
        http=_Protocol,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        date_header=False,  # uvicorn's is up to a second late, and clients measure logs by it
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )
    _Server(config, ready).run(sockets=[listener])


class _Protocol(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the application close the connection, as a planned fault does."""
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End with exit code 0: uvicorn itself would raise the signal again after the last answer."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield
