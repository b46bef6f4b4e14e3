"""Many people at once at a Space, each asking in another way, and what they met."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import count
from random import Random
from typing import Any

import httpx2
from gradio_client import Client
from gradio_client.exceptions import AppError
from gradio_client.utils import QueueError

from tests.serviced import HEADERS
from tests.waiting import PATIENCE_S

LEAST = 4  # texts that each asks for, however slow the machine is
BUSY = ("busy", "too_many_requests")


class BusyError(Exception):
    """The Space said that it has too much to do."""


@dataclass(frozen=True)
class Asked:
    """What one text is asked for with."""

    title: str
    words: int = 80


Draw = Callable[[Random], Asked]
Fits = Callable[[Asked, str], bool]


@dataclass
class Told:
    """What all of them met."""

    texts: Counter[str] = field(default_factory=Counter)  # by the way in which they were asked for
    busy: int = 0
    left: int = 0
    wrong: list[str] = field(default_factory=list)
    longest_s: float = 0.0


class Person:
    """Somebody with an address of their own."""

    def __init__(self, number: int, url: str, http: httpx2.AsyncClient, api_name: str) -> None:
        self._headers = {"X-Forwarded-For": f"10.0.{number // 250}.{number % 250 + 1}"}
        self._url, self._http, self._api_name = url, http, api_name

    @cached_property
    def program(self) -> Client:
        """A client of Gradio's interface, which begins when it is first needed."""
        return Client(self._url, headers=self._headers, verbose=False)

    async def write(self, asked: Asked) -> str:
        """The service's whole answer."""
        answer = await self._http.post("/write", json=asdict(asked))
        return _text(answer.json())

    async def follow(self, asked: Asked) -> str:
        """The service's answer as it grows."""
        said = ""
        async with self._http.stream("POST", "/write", json=asdict(asked) | {"stream": True}) as answer:
            async for line in answer.aiter_lines():
                data = json.loads(line[6:]) if line.startswith("data: ") else {}
                if "ended" in data or "code" in data:
                    whole = _text(data)
                    return said if said == whole else f"{said} is not {whole}"
                said += data.get("text", "")
        return _text(json.loads(line))

    async def call(self, asked: Asked) -> str:
        """The page's own interface, as `gradio_client` asks it."""
        return await asyncio.to_thread(self._called, asked)

    async def leave(self, asked: Asked) -> None:
        """Go away after the first words."""
        async with self._http.stream("POST", "/write", json=asdict(asked) | {"stream": True}) as answer:
            async for _ in answer.aiter_lines():
                return

    async def cancel(self, asked: Asked) -> None:
        """The same by the page's interface."""
        await asyncio.to_thread(self._cancelled, asked)

    def _called(self, asked: Asked) -> str:
        try:
            return str(self.program.predict(asked.title, asked.words, api_name=self._api_name))
        except (AppError, QueueError) as error:
            raise _refused(error) from error

    def _cancelled(self, asked: Asked) -> None:
        job = self.program.submit(asked.title, asked.words, api_name=self._api_name)
        try:
            next(job, None)
        except (AppError, QueueError) as error:
            raise _refused(error) from error
        job.cancel()


def _text(answer: dict[str, Any]) -> str:
    if answer.get("code") in BUSY:
        raise BusyError
    return str(answer.get("text", answer))


def _refused(error: Exception) -> Exception:
    return BusyError() if isinstance(error, QueueError) or str(error).startswith(BUSY) else error


async def use(person: Person, number: int, until_s: float, draw: Draw, fits: Fits, told: Told) -> None:
    """Ask for one text after another, a third of them by Gradio's client; a tenth is left in the middle."""
    chance = Random(number)
    ways, leave = (
        ([person.call], person.cancel) if number % 3 == 0 else ([person.write, person.follow], person.leave)
    )
    turns = count(1)
    while next(turns) <= LEAST or time.monotonic() < until_s:
        asked, begun_s = draw(chance), time.monotonic()
        try:
            if chance.random() < 0.1:
                await leave(asked)
                told.left += 1
                continue
            way = chance.choice(ways)
            text = await way(asked)
        except BusyError:
            told.busy += 1
            await asyncio.sleep(0.5)
            continue
        told.texts[way.__name__] += 1
        told.longest_s = max(told.longest_s, time.monotonic() - begun_s)
        if not fits(asked, text):
            told.wrong.append(f"{asked}: {text[:200]}")


async def use_at_once(
    url: str, users: int, seconds: float, draw: Draw, fits: Fits, api_name: str = "/write"
) -> Told:
    """What so many people meet in that time."""
    told, until_s = Told(), time.monotonic() + seconds
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(users))
    limits = httpx2.Limits(max_connections=users)
    async with httpx2.AsyncClient(base_url=url, headers=HEADERS, timeout=PATIENCE_S, limits=limits) as http:
        people = [Person(number, url, http, api_name) for number in range(users)]
        await asyncio.gather(*(use(each, at, until_s, draw, fits, told) for at, each in enumerate(people)))
    opened = [each.program for each in people if "program" in vars(each)]
    await asyncio.gather(*(asyncio.to_thread(each.close) for each in opened))
    return told
