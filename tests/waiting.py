"""Waiting for what will come, on a machine of any speed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import httpx2

Found = TypeVar("Found")
PATIENCE_S = 300  # a machine may be busy; nothing waits that long on one that is not


def wait_for(look: Callable[[], Found | None]) -> Found:
    """What it finds, once it finds something."""
    end = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
    return found


@contextmanager
def going_on(url: str, *mishaps: type[Exception]) -> Iterator[None]:
    """What a Hub breaks off as it is killed is left, and what follows waits until it is there again."""
    try:
        yield
    except mishaps:
        wait_for(lambda: is_there(url))


def is_there(url: str) -> bool:
    """Whether a Hub answers."""
    try:
        return httpx2.get(f"{url}/api/models", timeout=PATIENCE_S).is_success
    except httpx2.TransportError:
        return False
