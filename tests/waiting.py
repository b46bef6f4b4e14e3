"""Waiting for what will come, on a machine of any speed."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
PATIENCE_S = 300  # a machine may be busy; nothing waits that long on one that is not


def wait_for(look: Callable[[], Found]) -> Found:
    """What it finds, once it finds something."""
    end = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
    return found
