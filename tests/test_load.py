"""Many at once, and many who mean harm: the service beside a page, in a process of its own."""

import asyncio
import json
import os
import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest

from service.writing import AT_ONCE
from tests import hostile, hostile_calls, loops
from tests.hostile import MARKER, Hostile
from tests.load import Asked, Told, use_at_once
from tests.serviced import ASKED, HEADERS, SECRETS, TOKEN, WORDS, Process, page_process
from tests.waiting import PATIENCE_S, wait_for

USERS, SECONDS, WARM_S = 50, 5.0, 3.0
HOSTILE, HOSTILE_CALLS, SENT_AT_ONCE, SEED = 2_000, 1_000, 16, 9
GROWTH_MB = 12  # of an allocator that has not seen so many at once before
ALLOWED = {200, 400, 401, 404, 405, 413, 415, 422}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with page_process(tmp_path_factory.mktemp("served")) as process:
        yield process


def draw(chance: Random) -> Asked:
    return Asked(f"A text of number {chance.randrange(10**12)}")


def fits(asked: Asked, text: str) -> bool:
    """Whether a text was written for this title, and for no other."""
    return text == f"# {asked.title}\n\nSome plain words about this."


def use(url: str, seconds: float) -> Told:
    return loops.run(use_at_once(url, USERS, seconds, draw, fits, "/write_blog"))


def test_fifty_users_at_once_get_their_own_texts_and_leave_nothing_behind(process: Process) -> None:
    files = process.open_files()
    threads = process.threads()
    use(process.url, WARM_S)
    memory_mb = process.memory_mb()
    told = use(process.url, SECONDS)
    assert told.wrong == []
    assert told.busy == 0
    assert told.texts.total() > USERS
    assert min(told.texts["write"], told.texts["follow"], told.texts["call"], told.left) > 0
    assert process.threads() <= threads + AT_ONCE + 4
    wait_for(lambda: process.open_files() <= files)  # once the connections that ended are closed there, too
    assert process.memory_mb() - memory_mb < GROWTH_MB


def posted(path: str, sent: Any) -> Callable[[str], str]:
    """Asks for a text; what comes last."""
    headers = HEADERS | {"Accept": "application/json, text/event-stream"}
    return lambda url: httpx2.post(url + path, json=sent, headers=headers, timeout=PATIENCE_S).text[-200:]


def called(url: str) -> str:
    """The same over Gradio's interface."""
    call = f"{url}/gradio_api/call/write_blog"
    event = httpx2.post(call, json={"data": ["T", 80]}, timeout=PATIENCE_S).json()["event_id"]
    return httpx2.get(f"{call}/{event}", timeout=PATIENCE_S).text[-200:]


def test_whose_text_is_in_work_hears_that_the_space_is_stopped(tmp_path: Path) -> None:
    tool = {"name": "write_blog", "arguments": {"title": "T", "words": 80}}
    tools = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": tool}
    ways = [posted("/write", {"title": "T", "stream": streamed}) for streamed in (True, False)]
    ways += [called, posted("/gradio_api/mcp/", tools)]
    with page_process(tmp_path, SECRETS | {WORDS: "word " * 20_000}) as process:
        with ThreadPoolExecutor(20) as people:
            told = [people.submit(way, process.url) for way in ways * 5]
            wait_for(lambda: process.said.read_text().count(ASKED) == len(told))
            assert not any(each.done() for each in told)
            os.kill(process.pid, signal.SIGTERM)
            assert [each.result() for each in told if "being stopped" not in each.result()] == []
        wait_for(process.has_ended)
        assert "Traceback" not in process.said.read_text()


async def attack(url: str, requests: list[Hostile]) -> list[tuple[Hostile, httpx2.Response]]:
    turn, answers = asyncio.Semaphore(SENT_AT_ONCE), []

    async def send(client: httpx2.AsyncClient, each: Hostile) -> None:
        async with turn:
            answer = await client.request(each.method, each.path, headers=each.headers, content=each.body)
            answers.append((each, answer))

    async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE_S) as client:
        await asyncio.gather(*(send(client, each) for each in requests))
    return answers


def flaw(asked: Hostile, answer: httpx2.Response) -> str:
    """What is wrong with an answer; empty if nothing is."""
    if answer.status_code not in ALLOWED:
        return f"status {answer.status_code}"
    if TOKEN in answer.text:
        return "it tells a token"
    if asked.path == "/docs" or asked.method == "HEAD" or answer.headers.get("Access-Control-Allow-Methods"):
        return ""
    if answer.headers["Content-Type"].startswith("text/event-stream"):
        return "" if answer.content.decode().rstrip().endswith("}") else "a stream without an end"
    said: Any = json.loads(answer.content.decode())
    if answer.headers["Content-Type"] != "application/json":
        return f"it is {answer.headers['Content-Type']}"
    if answer.status_code == 200:
        return "" if answer.request.method == "GET" or said["ai_generated"] else "no text"
    return "" if said["code"] and said["message"].endswith(".") else "no fault"


def test_two_thousand_hostile_requests_to_the_service_find_nothing(process: Process) -> None:
    answers = loops.run(attack(process.url, hostile.requests(HOSTILE, SEED)))
    flaws = [(flaw(asked, answer), asked, answer.text[:200]) for asked, answer in answers]
    assert [each for each in flaws if each[0]] == []
    statuses = Counter(answer.status_code for _, answer in answers)
    assert set(statuses) == ALLOWED, "every kind of answer was provoked"
    assert len(answers) == HOSTILE
    assert httpx2.post(f"{process.url}/write", json={"title": "Still here"}, headers=HEADERS).is_success


def test_as_hostile_calls_of_gradio_and_of_tools_find_nothing(process: Process) -> None:
    answers = loops.run(attack(process.url, hostile_calls.requests(HOSTILE_CALLS, SEED)))
    flaws = [(answer.status_code, asked) for asked, answer in answers if answer.status_code >= 500]
    assert flaws == []
    assert len(answers) == HOSTILE_CALLS
    assert {200, 400, 404, 422} <= {answer.status_code for _, answer in answers}
    assert httpx2.post(f"{process.url}/write", json={"title": "Still here"}, headers=HEADERS).is_success


@pytest.mark.parametrize("path", ["call/write_blog", "queue/join", "run/write_blog", "cancel", "mcp/"])
def test_what_is_too_large_for_gradio_takes_no_memory(process: Process, path: str) -> None:
    memory_mb = process.memory_mb()
    sent = b'{"data": ["' + b"x" * 8_000_000
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    assert httpx2.post(f"{process.url}/gradio_api/{path}", content=sent, headers=headers).status_code == 413
    assert process.memory_mb() - memory_mb < GROWTH_MB


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00" * 100 + b"\r\n\r\n",
        b"POST /write HTTP/9.9\r\n\r\n",
        b"POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        b"POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /write HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        b"GET /write\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{",
    ],
    ids=range(9),
)
def test_what_is_no_http_is_refused_and_forgotten(process: Process, sent: bytes) -> None:
    host, port = process.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        said = line.recv(65_536)
    assert b" 500 " not in said.split(b"\r\n")[0]
    assert httpx2.get(f"{process.url}/health").is_success


def test_nothing_that_was_sent_is_in_the_log(process: Process) -> None:
    said = process.said.read_text()
    assert "Running on" in said
    for word in (MARKER, TOKEN, "Traceback", "A text of number"):
        assert word not in said
