"""A Studio that says what it is told to, and a client that follows each word of it."""

import json
from collections.abc import Callable, Iterator
from threading import Semaphore
from typing import Any

import httpx2

from orders import Order, RefusedError, Text
from tests.serviced import HEADERS, EchoingStudio, studio
from tests.waiting import PATIENCE_S

Json = dict[str, Any]


class Told(EchoingStudio):
    """It says its texts in turn: another one only once the client has heard the one before."""

    def __init__(self, *texts: Text | RefusedError, turns: int = 1) -> None:
        plain = studio("blog")
        super().__init__(plain.release, plain.forms)
        self.told, self.turns = texts, Semaphore(turns)

    def write(self, order: Order) -> Iterator[Text]:
        before = None
        for each in self.told:
            if (news := _news(each)) != before:
                assert self.turns.acquire(timeout=PATIENCE_S)
            if isinstance(each, RefusedError):
                raise each
            yield each
            before = news


def _news(said: Text | RefusedError) -> object:
    """What a client hears of it: no half characters."""
    return (said.ahead, said.text.rstrip("\ufffd")) if isinstance(said, Text) else said


def events(said: str) -> list[tuple[str, Json]]:
    """What a stream said, without what fills its silences."""
    found = []
    for block in said.strip().split("\n\n"):
        if not block.startswith(":"):
            event, data = block.split("\n")
            found.append((event.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def is_news(said: str) -> bool:
    """Whether a line with news came last."""
    return said.rpartition("\n")[2].startswith("data: ")


def followed(url: str, told: Told, is_turn: Callable[[str], bool] = is_news, **sent: Any) -> str:
    """All that a stream says; what it has said so far may be another turn for who writes."""
    said, asked = "", {"title": "T", "stream": True} | sent
    with httpx2.stream("POST", f"{url}/write", json=asked, headers=HEADERS, timeout=PATIENCE_S) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        for line in answer.iter_lines():
            said += f"\n{line}"
            if is_turn(said):
                told.turns.release()
    return said


def ask(told: Told, url: str, **sent: Any) -> list[tuple[str, Json]]:
    """Every event that a client hears."""
    return events(followed(url, told, **sent))
