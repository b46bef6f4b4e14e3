"""What a process said, line by line with its moment, kept in a file and handed out as it comes."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from starlette.responses import StreamingResponse

_POLL_S = 0.1
_KEEP_ALIVE_S = 30.0


class EventLog:
    """The lines of one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._events: list[Mapping[str, str]] = []
        if path.exists():
            self._events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def add(self, text: str) -> None:
        """Append a line."""
        event = {"data": text, "timestamp": exact_date(time.time())}
        with self._lock:
            self._events.append(event)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(event) + "\n")

    def since(self, start: int) -> list[Mapping[str, str]]:
        """The events from a number on."""
        with self._lock:
            return self._events[start:]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._events)


def exact_date(seconds: float) -> str:
    """A moment as the Hub writes it, with its thousandths."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def follow(log: EventLog, is_over: Callable[[], bool], start: int = 0) -> StreamingResponse:
    """The log as server-sent events, until the process has ended and all is said."""
    return as_events(_follow(log, is_over, start))


def as_events(events: AsyncIterator[str]) -> StreamingResponse:
    """Server-sent events, as they come."""
    return StreamingResponse(events, headers={"Cache-Control": "no-cache"}, media_type="text/event-stream")


def event_text(event: Mapping[str, object]) -> str:
    """One event on the wire."""
    return f"data: {json.dumps(event)}\n\n"


async def _follow(log: EventLog, is_over: Callable[[], bool], start: int) -> AsyncIterator[str]:
    silent_s = 0.0
    while True:
        over = is_over()  # asked before the last look, or a line said in between would be lost
        events = log.since(start)
        start += len(events)
        for event in events:
            yield event_text(event)
        if over:
            return
        silent_s = 0.0 if events else silent_s + _POLL_S
        if silent_s > _KEEP_ALIVE_S:
            silent_s = 0.0
            yield ": keep-alive\n\n"
        await asyncio.sleep(_POLL_S)
