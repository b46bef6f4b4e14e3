"""Connections that say nothing, half of something or no HTTP, and those that read nothing."""

import json
import socket
import time
from asyncio import Transport
from collections.abc import Iterator
from contextlib import suppress
from threading import Event

import httpx2
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

import line
from tests.serviced import HEADERS, SECRETS, TOKEN, listening, serving, studio
from tests.waiting import PATIENCE_S, wait_for

WAITED_S = 0.3  # instead of the seconds that a visitor has
LARGE = 30_000_000  # bytes: more than the system keeps for who does not read
HALVES = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"GET /health HT", id="half a first line"),
    pytest.param(b"POST /write HTTP/1.1\r\nHost: x\r\nX-One: y", id="headers without an end"),
    pytest.param(b"GET /version HTTP/1.1\r\nHost: x\r\n\r\nGET /he", id="half of the next request"),
    pytest.param(b"GET /version HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", id="no body"),
]
POST = f"POST /write HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
CHUNKED = POST + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
STREAM = b'{"title": "T", "stream": true}'
STREAMED = POST + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(STREAM) + STREAM


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with serving(studio("blog", pause_s=0.01)) as url:
        yield url


def connect(url: str) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def saying(url: str, sent: bytes) -> socket.socket:
    """A connection that says this at once; another one where the machine was too busy for that."""
    while True:
        began, end = time.monotonic(), connect(url)
        with suppress(ConnectionError):
            end.sendall(sent)
        if time.monotonic() - began < WAITED_S:
            return end
        end.close()


def heard(end: socket.socket) -> bytes:
    """All that comes until the other side has closed."""
    said = b""
    while piece := end.recv(65_536):
        said += piece
    return said


@pytest.mark.parametrize("sent", HALVES)
def test_who_does_not_say_what_is_wanted_is_let_go(
    url: str, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(line, "HEAD_S", WAITED_S)
    began = time.monotonic()
    with saying(url, sent) as end:
        assert heard(end).count(b"HTTP/1.1 200") == sent.count(b"/version")
    assert time.monotonic() - began >= WAITED_S


def drip(end: socket.socket) -> None:
    for _ in range(10_000):
        end.sendall(b"G")
        time.sleep(WAITED_S / 10)


def test_a_byte_now_and_then_does_not_help(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "HEAD_S", WAITED_S)
    with connect(url) as end, pytest.raises(OSError, match=r"Broken pipe|reset"):
        drip(end)


def test_hundreds_that_say_nothing_keep_nobody_from_writing(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, begin = list[line.Line](), line.Line.connection_made

    def note(each: line.Line, transport: Transport) -> None:
        made.append(each)
        begin(each, transport)

    monkeypatch.setattr(line.Line, "connection_made", note)
    monkeypatch.setattr(line, "HEAD_S", 2)
    silent = [connect(url) for _ in range(300)]
    wait_for(lambda: len(made) == len(silent))
    monkeypatch.setattr(line, "HEAD_S", PATIENCE_S)  # for who asks
    answer = httpx2.post(f"{url}/write", json={"title": "T"}, headers=HEADERS, timeout=PATIENCE_S)
    assert answer.json()["ended"] == "end"
    assert [heard(each) for each in silent] == [b""] * len(silent)
    for each in silent:
        each.close()


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", id="TLS"),
        pytest.param(b"one two three four\r\n\r\n", id="words"),
        pytest.param(POST + b"X-API-Key: " + b"x" * 1_000_000 + b"\r\n\r\n", id="a token of a megabyte"),
        pytest.param(CHUNKED + b"zz\r\n", id="a chunk without a size"),
        pytest.param(CHUNKED + b"3\r\n{}\r\n0\r\n\r\n", id="a chunk of another size"),
        pytest.param(POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", id="two lengths"),
    ],
)
def test_what_is_no_http_is_told_so_in_json(url: str, sent: bytes) -> None:
    with connect(url) as end:
        end.sendall(sent)
        head, _, body = heard(end).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert json.loads(body)["code"] == "bad_http"


def test_what_follows_a_text_takes_nothing_from_it(url: str) -> None:
    with connect(url) as end:
        end.sendall(STREAMED + b"\x00\x01 no request\r\n\r\n")
        said = heard(end)
    assert said.index(b"event: done") < said.index(b"bad_http")


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(b"x" * LARGE)(scope, receive, send)


@pytest.mark.parametrize(("read_s", "gets_all"), [(WAITED_S, False), (PATIENCE_S, True)])
def test_who_reads_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch, read_s: float, gets_all: bool) -> None:
    gone, lose = Event(), line.Line.connection_lost

    def note(each: line.Line, error: Exception | None) -> None:
        lose(each, error)
        gone.set()

    monkeypatch.setattr(line.Line, "connection_lost", note)
    monkeypatch.setattr(line, "READ_S", read_s)
    with listening(large) as url, connect(url) as end:
        end.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert gone.wait(3 * WAITED_S if gets_all else PATIENCE_S) != gets_all
        assert (len(heard(end)) > LARGE) == gets_all
