"""Refs that can be read as they were a moment ago, as from a replica that lags behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from dulwich.refs import DiskRefsContainer, Ref
from dulwich.repo import Repo

_LAG_S: ContextVar[float] = ContextVar("lag_s", default=0.0)
_REMEMBERED_S = 600.0


@contextmanager
def reading_behind(seconds: float) -> Iterator[None]:
    """Whatever reads refs in this block sees them as they were that long ago."""
    token = _LAG_S.set(seconds)
    try:
        yield
    finally:
        _LAG_S.reset(token)


class RefHistory:
    """What each ref was before its last changes, for as long as anybody may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changes: list[tuple[float, bytes, bytes | None]] = []

    def note(self, ref: bytes, before: bytes | None) -> None:
        """A ref is about to change."""
        now = time.monotonic()
        with self._lock:
            self._changes = [change for change in self._changes if change[0] > now - _REMEMBERED_S]
            self._changes.append((now, ref, before))

    def differing(self) -> dict[bytes, bytes | None]:
        """The refs that were otherwise when this reader looks, with what they were; None is absent."""
        lag_s = _LAG_S.get()
        if not lag_s:
            return {}
        seen_from = time.monotonic() - lag_s
        with self._lock:
            later = [(ref, before) for at, ref, before in self._changes if at > seen_from]
        return dict(reversed(later))  # of several changes the first tells what was before


class LaggingRefs(DiskRefsContainer):
    """The refs on disk; who reads behind gets those of a moment ago."""

    def __init__(self, git: Repo) -> None:
        super().__init__(git.commondir(), git.controldir())
        self._history = RefHistory()

    def read_ref(self, refname: Ref) -> bytes | None:
        """What a ref holds, or held."""
        past = self._history.differing()
        return past[refname] if refname in past else super().read_ref(refname)

    def allkeys(self) -> set[Ref]:
        """The refs there are, or were."""
        past = self._history.differing()
        return (super().allkeys() - past.keys()) | {Ref(ref) for ref, value in past.items() if value}

    def set_if_equals(self, name: Ref, *change: Any, **signed: Any) -> bool:
        """Change a ref."""
        self._history.note(name, super().read_ref(name))
        return super().set_if_equals(name, *change, **signed)

    def add_if_new(self, name: Ref, *change: Any, **signed: Any) -> bool:
        """Create a ref."""
        self._history.note(name, super().read_ref(name))
        return super().add_if_new(name, *change, **signed)

    def remove_if_equals(self, name: Ref, *change: Any, **signed: Any) -> bool:
        """Delete a ref."""
        self._history.note(name, super().read_ref(name))
        return super().remove_if_equals(name, *change, **signed)
