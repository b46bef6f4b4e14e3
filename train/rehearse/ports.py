"""Ports for processes that begin a moment later, or again at the same place."""

import secrets
import socket
from contextlib import suppress

_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A port that nobody listens on, nor will soon: the system gives none of these away by itself."""
    while True:
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", secrets.choice(_PORTS)))
            return int(probe.getsockname()[1])
