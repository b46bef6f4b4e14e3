"""An order in work: in a thread of its own, followed from the loop, stopped when nobody waits for it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import cast

from discreet import note
from orders import Order, RefusedError, Studio, Text
from service.answers import Finished
from service.faults import BROKEN, FaultError

AT_ONCE = 64  # orders in threads, waiting ones too
TEXT_S = 600.0  # the longest a text may take, its place in the queue included
START_S = 1.0  # after which a stream begins, even if nothing is written yet
BEAT_S = 15.0  # the longest silence in a stream
BUSY = "Too many texts are asked for right now: try again in a moment."


@dataclass(frozen=True)
class Whole:
    """A text that will not grow any more."""

    text: str
    tokens: int
    ended: Finished


class Room:
    """Where orders are worked on."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._threads = ThreadPoolExecutor(AT_ONCE, "text")
        self._in_work: set[Future[None]] = set()

    async def follow(self, order: Order) -> AsyncGenerator[Text | Whole | None, None]:
        """The text as it grows, None after a silence, the whole last; closing this stops the model."""
        if len(self._in_work) >= AT_ONCE:
            raise RefusedError("busy", BUSY)
        loop = asyncio.get_running_loop()
        news, deadline_s = asyncio.Event(), loop.time() + TEXT_S
        job = _Job(self._studio, order, lambda: loop.is_closed() or loop.call_soon_threadsafe(news.set))
        work = self._begin(job)
        patience_s = min(START_S, BEAT_S)
        try:
            while not work.done() and loop.time() < deadline_s:
                heard = await _heard(news, min(patience_s, deadline_s - loop.time()))
                patience_s = BEAT_S
                if not work.done():
                    yield job.latest if heard else None
            yield _last(job, work)
        finally:
            job.stopped = True

    def _begin(self, job: "_Job") -> "Future[None]":
        work = self._threads.submit(job.run)
        self._in_work.add(work)
        work.add_done_callback(self._in_work.discard)
        work.add_done_callback(lambda _: job.tell())
        return work


class _Job:
    """One order, worked on by a thread."""

    def __init__(self, studio: Studio, order: Order, tell: Callable[[], object]) -> None:
        self.latest = Text("", 0)
        self.stopped = False
        self.tell = tell
        self._studio, self._order = studio, order

    def run(self) -> None:
        """Work until the text ends or nobody wants it."""
        if self.stopped:
            return
        texts = cast("Generator[Text]", self._studio.write(self._order))
        try:
            for text in texts:
                if self.stopped:
                    return
                if text != self.latest:
                    self.latest = text
                    self.tell()
        finally:
            texts.close()


async def _heard(news: asyncio.Event, patience_s: float) -> bool:
    try:
        async with asyncio.timeout(patience_s):
            await news.wait()
    except TimeoutError:
        return False
    news.clear()
    return True


def _last(job: _Job, work: "Future[None]") -> Whole:
    """The text as it ended; one that took too long ends where it is."""
    if not work.done():
        if not job.latest.text:
            raise RefusedError("busy", BUSY)
        return Whole(job.latest.text, job.latest.tokens, "time")
    error = work.exception()
    if isinstance(error, RefusedError):
        raise error
    if error:
        note(error)
        raise FaultError("failed", BROKEN)
    return Whole(job.latest.text, job.latest.tokens, job.latest.ended or "stopped")
