"""A server of the tests' own that answers as MediaStack is known to, and what is read of it."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.prepare.sources import mediastack
from train.prepare.sources.mediastack_api import KEY
from train.sections import Source

SECRET = "5ecre7+key/of=42"
Answer = tuple[int, str]


def news(number: int, **changed: object) -> dict[str, object]:
    return {
        "author": None,
        "title": f"Ferry &amp; tide {number}",
        "description": f"The ferry sails at {number} o'clock.",
        "url": f"https://harbour.example/{number}",
        "source": "Harbour Post",
        "image": None,
        "category": "general",
        "language": "en",
        "country": "gb",
        "published_at": "2026-05-28T11:00:00+00:00",
        **changed,
    }


def page(first: int, total: int, size: int = 100) -> Answer:
    data = [news(number) for number in range(first, min(first + size, total))]
    pagination = {"limit": size, "offset": first, "count": len(data), "total": total}
    return 200, json.dumps({"pagination": pagination, "data": data})


@dataclass
class Station:
    """A running API: `answers` are given first, then pages of `total` pieces of news."""

    url: str
    total: int = 3
    answers: list[Answer] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, query: dict[str, str]) -> Answer:
        self.asked.append(query)
        return self.answers.pop(0) if self.answers else page(int(query["offset"]), self.total)


@pytest.fixture
def station(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Station]:
    """One that runs during a test; imported by name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = api.answer(dict(parse_qsl(urlsplit(self.path).query)))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api = Station(f"http://127.0.0.1:{server.server_port}/v1/news")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv(KEY, SECRET)
    monkeypatch.setattr(mediastack, "ROOT", tmp_path)
    yield api
    server.shutdown()
    server.server_close()


def source_of(station: Station, **changed: Any) -> Source:
    return replace(Source(kind="mediastack", path=station.url, query={"keywords": "ferry"}), **changed)


def read(source: Source) -> list[Document | Dropped]:
    (pinned,) = sources.pin((source,))
    return list(sources.read(pinned))


def error(code: str, status: int = 200, **more: object) -> Answer:
    return status, json.dumps({"error": {"code": code, "message": "No luck today.", **more}})
