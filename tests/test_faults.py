"""A release that is killed, or whose requests go wrong, ends where an undisturbed one ends."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx2
import pytest
from huggingface_hub import HfApi

from tests.bundles import candidate
from tests.disturbed import (
    READS,
    Arena,
    Kept,
    KilledError,
    Refs,
    Send,
    Watch,
    is_write,
    lag_since,
    on_the_line,
    route_of,
)
from train.errors import ImprintError
from train.rehearse.hub.process import running_hub
from train.release.order import read
from train.release.publish import carried_out

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Use 'content:DeprecationWarning"),  # of the Hub's client, about itself
]
EPOCH = 1_767_225_600  # with one date on every commit, the same content gets the same ids
TRIES = 20
STRIDE = 2  # so far apart are the requests that fail in one run


@dataclass(frozen=True)
class Known:
    """An undisturbed release: what was there before and after, and what it asked."""

    arena: Arena
    start: Kept
    before: Refs
    after: Refs
    final: Refs
    routes: tuple[str, ...]

    def watch(self) -> Watch:
        return Watch(self.arena, self.before, self.after)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    folder = tmp_path_factory.mktemp("faults")
    with running_hub(folder / "hub", epoch=EPOCH) as hub:
        api = HfApi(endpoint=hub.url, token=hub.token)
        old, new = candidate(folder / "old", "w"), candidate(folder / "new", "w", "v0.2.0", "two")
        arena = Arena(hub, read(new.recipe, new.run, api))
        carried_out(read(old.recipe, old.run, api))
        start, before, routes = arena.keep(), arena.trees(), list[str]()
        with on_the_line(_noted(routes)):
            arena.release()
        yield Known(arena, start, before, arena.trees(), arena.refs(), tuple(routes))


def _noted(routes: list[str]) -> Callable[[int, httpx2.Request, Send], httpx2.Response]:
    def fate(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        routes.append(route_of(request))
        return send()

    return fate


def test_a_release_killed_at_any_request_and_run_again_ends_the_same(
    known: Known, record_property: Callable[[str, object], None]
) -> None:
    arena, watch, seen = known.arena, known.watch(), list[Refs]()
    writes = [number for number, route in enumerate(known.routes, 1) if not route.startswith(READS)]
    for last in (0, *writes):  # killed at a read, it leaves what the write before it has left
        arena.put_back(known.start)
        with on_the_line(_until(last, watch)), pytest.raises(KilledError):
            arena.release()
        if (left := arena.refs()) in seen:
            continue  # as of an upload: a re-run knows the refs alone, and has gone on from these before
        seen.append(left)
        with on_the_line(lambda _, request, send: _watched(request, send, watch)):
            arena.release()
        assert arena.refs() == known.final, f"killed at request {last}: {known.routes[last - 1]}"
    points = f"{2 * len(known.routes)} points at {len(known.routes)} requests, {len(writes)} of them writes"
    record_property(
        "points", f"killed: {points}; {len(seen)} states of the Hub; {watch.looks} looks of a reader"
    )
    assert len(seen) > 10


def _until(last: int, watch: Watch) -> Callable[[int, httpx2.Request, Send], httpx2.Response]:
    def fate(number: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        if number > last:
            raise KilledError
        answer = _watched(request, send, watch)
        if number == last:
            raise KilledError
        return answer

    return fate


def _watched(request: httpx2.Request, send: Send, watch: Watch) -> httpx2.Response:
    answer = send()
    if is_write(request):
        watch.look()
    return answer


@dataclass
class Schedule:
    """Every so many of a release's requests suffer one effect, once each; all others pass."""

    known: Known
    effect: str
    first: int
    watch: Watch
    last_write: float = field(default_factory=time.monotonic)
    met: Counter[str] = field(default_factory=Counter)
    struck: list[str] = field(default_factory=list)
    done: set[int] = field(default_factory=set)

    def fate(self, number: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        route = route_of(request)
        self.met[route] += 1
        mine = [n for n, each in enumerate(self.known.routes) if each == route]
        nth = mine[self.met[route] - 1] if self.met[route] <= len(mine) else None
        is_due = nth is not None and nth % STRIDE == self.first and nth not in self.done
        if nth is None or not is_due or not _applies(self.effect, request):
            return self._passed(request, send)
        self.done.add(nth)
        self.struck.append(route)
        return EFFECTS[self.effect](self, request, send)

    def _passed(self, request: httpx2.Request, send: Send) -> httpx2.Response:
        if not is_write(request):
            return send()
        self.last_write = time.monotonic()
        return _watched(request, send, self.watch)


def _refused(status: int, **headers: str) -> Callable[[Schedule, httpx2.Request, Send], httpx2.Response]:
    return lambda _, request, __: httpx2.Response(status, request=request, headers=headers)


def _too_many(schedule: Schedule, request: httpx2.Request, send: Send) -> httpx2.Response:
    """Told when to come again in one of two ways, or not at all."""
    told: list[dict[str, str]] = [{}, {"ratelimit": '"api";r=0;t=1'}, {"retry-after": "1"}]
    return _refused(429, **told[len(schedule.struck) % 3])(schedule, request, send)


def _lost(error: type[httpx2.TransportError], *, after: bool) -> Callable[..., httpx2.Response]:
    def lose(schedule: Schedule, request: httpx2.Request, send: Send) -> httpx2.Response:
        if after:
            schedule._passed(request, send).read()
        raise error("the line was cut", request=request)

    return lose


def _corrupt(schedule: Schedule, request: httpx2.Request, send: Send) -> httpx2.Response:
    answer = schedule._passed(request, send)
    body = bytearray(answer.read())
    if body:
        body[len(body) // 2] ^= 1
    return httpx2.Response(answer.status_code, headers=answer.headers, content=bytes(body), request=request)


def _stale(schedule: Schedule, request: httpx2.Request, send: Send) -> httpx2.Response:
    hub = schedule.known.arena.hub
    hub.arm(f"* * stale={lag_since(schedule.last_write):.3f}")
    try:
        answer = send()
        answer.read()
        return answer
    finally:
        hub.arm()


def _applies(effect: str, request: httpx2.Request) -> bool:
    return is_write(request) if effect in ("409", "412") else effect != "stale" or not is_write(request)


EFFECTS: dict[str, Callable[[Schedule, httpx2.Request, Send], httpx2.Response]] = {
    "429": _too_many,
    "500": _refused(500),
    "503": _refused(503),
    "409": _refused(409),
    "412": _refused(412),
    "dropped before its effect": _lost(httpx2.ReadError, after=False),
    "dropped after its effect": _lost(httpx2.ReadError, after=True),
    "a stall before its effect": _lost(httpx2.ReadTimeout, after=False),
    "a stall after its effect": _lost(httpx2.ReadTimeout, after=True),
    "a corrupted byte": _corrupt,
    "a stale read": _stale,
}


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_release_whose_requests_go_wrong_ends_the_same(
    known: Known, effect: str, record_property: Callable[[str, object], None]
) -> None:
    arena, watch, points, again = known.arena, known.watch(), 0, 0
    for first in range(STRIDE):
        arena.put_back(known.start)
        schedule = Schedule(known, effect, first, watch)
        for _ in range(TRIES):
            schedule.met.clear()
            with on_the_line(schedule.fate):
                try:
                    arena.release()
                    break
                except ImprintError:
                    again += 1
        points += len(schedule.struck)
        if arena.refs() != known.final:
            with on_the_line(lambda _, request, send: _watched(request, send, watch)):
                arena.release()
        assert arena.refs() == known.final, f"{effect} at {schedule.struck}"
    record_property("points", f"{effect}: {points} points, {STRIDE} releases that stopped {again} times")
    assert points
