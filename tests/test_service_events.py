"""Texts as they grow, and clients that leave."""

import json
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx2
import pytest

from orders import RefusedError, Text
from service import writing
from tests.serviced import HEADERS, SECRETS, TOKEN, EchoingStudio, serving, studio
from tests.told import Json, Told, ask, events, followed
from tests.waiting import PATIENCE_S, wait_for

Served = tuple[str, EchoingStudio]
AS_JSON = HEADERS | {"Content-Type": "application/json"}
LONG = " ".join(["word"] * 20_000)


@pytest.fixture(autouse=True)
def tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def slow() -> Iterator[Served]:
    """A text of minutes."""
    scripted = studio(text=LONG, pause_s=0.01)
    with serving(scripted) as url:
        yield url, scripted


def test_pieces_make_the_whole() -> None:
    whole = "# One & two\n\nSome plain words about this."
    words = whole.split(" ")
    growing = (Text(" ".join(words[:count]), count) for count in range(1, len(words)))
    told = Told(*growing, Text(whole, len(words), "end"))
    with serving(told) as url:
        said = ask(told, url)
    assert [name for name, _ in said[:-1]] == ["text"] * (len(said) - 1)
    assert "".join(data["text"] for _, data in said[:-1]) == whole
    assert len(said) > 3
    assert said[-1][0] == "done"
    assert (said[-1][1]["text"], said[-1][1]["ended"], said[-1][1]["tokens"]) == (whole, "end", 8)


def test_accept_asks_for_events_too() -> None:
    headers = HEADERS | {"Accept": "text/event-stream"}
    with serving(studio()) as url:
        answer = httpx2.post(f"{url}/humanize", json={"text": "Yes."}, headers=headers)
        assert events(answer.text)[-1][0] == "done"
        answer = httpx2.post(f"{url}/humanize", json={"text": "Yes.", "stream": False}, headers=headers)
        assert answer.json()["ended"] == "end", "what the body says goes first"
        for accepted in ("application/json, text/event-stream", "*/*"):
            answer = httpx2.post(
                f"{url}/humanize", json={"text": "Yes."}, headers=headers | {"Accept": accepted}
            )
            assert answer.json()["ended"] == "end", "who takes either gets the plain one"


def test_half_a_character_waits_for_its_rest() -> None:
    told = Told(Text("na\ufffd", 1), Text("na\ufffd\ufffd", 2), Text("naï", 3), Text("naïve", 4, "length"))
    with serving(told) as url:
        said = ask(told, url)
    assert [data["text"] for _, data in said] == ["na", "ï", "ve", "naïve"]
    assert said[-1][1]["ended"] == "length"


def test_who_waits_hears_how_many_go_first() -> None:
    told = Told(Text("", 0, ahead=2), Text("", 0, ahead=1), Text("Yes.", 1, "end"))
    with serving(told) as url:
        said = ask(told, url)
    assert said[:2] == [("waiting", {"ahead": 2}), ("waiting", {"ahead": 1})]


def test_what_fails_halfway_is_an_event() -> None:
    told = Told(Text("Once", 1), RefusedError("out_of_memory", "It is too long."))
    with serving(told) as url:
        said = ask(told, url)
    assert said == [
        ("text", {"text": "Once"}),
        ("error", {"code": "out_of_memory", "message": "It is too long."}),
    ]


def test_a_silence_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "BEAT_S", 0.05)
    told = Told(Text("Yes.", 1, "end"), turns=0)
    with serving(told) as url:
        said = followed(url, told, lambda said: said.count(": still here\n\n") > 3)
    assert said.count(": still here\n\n") > 3
    assert events(said)[-1][0] == "done"


@pytest.mark.parametrize("stream", [True, False])
def test_a_text_that_takes_too_long_ends_where_it_is(
    slow: Served, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    monkeypatch.setattr(writing, "TEXT_S", 2)  # a moment, in which a busy machine writes some words, too
    url, scripted = slow
    sent: Json = {"json": {"title": "T", "stream": stream}, "headers": HEADERS, "timeout": PATIENCE_S}
    answer = httpx2.post(f"{url}/write", **sent)
    whole = events(answer.text)[-1][1] if stream else answer.json()
    assert whole["ended"] == "time"
    assert whole["text"].startswith("# T\n\nword word")
    wait_for(lambda: scripted.stopped == 1)


def test_who_waits_too_long_for_a_turn_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "TEXT_S", 0.2)
    told = Told(Text("Yes.", 1, "end"), turns=0)
    with serving(told) as url:
        answer = httpx2.post(f"{url}/write", json={"title": "T"}, headers=HEADERS, timeout=PATIENCE_S)
        told.turns.release()
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_stops_the_model(slow: Served, stream: bool) -> None:
    url, scripted = slow
    client = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    client.request("POST", "/write", json.dumps({"title": "T", "stream": stream}), AS_JSON)
    wait_for(lambda: scripted.orders)
    if stream:
        assert client.getresponse().read(1)
    client.close()
    wait_for(lambda: scripted.stopped == 1)


def test_more_than_there_is_room_for_are_busy(slow: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "AT_ONCE", 1)
    url, scripted = slow
    sent: Json = {"json": {"title": "T", "stream": True}, "headers": HEADERS, "timeout": PATIENCE_S}
    with httpx2.stream("POST", f"{url}/write", **sent) as first:
        pieces = first.iter_bytes()
        next(pieces)  # and kept: what is let go is closed
        answer = httpx2.post(f"{url}/write", **sent)
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["Retry-After"]) > 0
    wait_for(lambda: scripted.stopped == 1)
    wait_for(lambda: is_let_in(url, sent))


def is_let_in(url: str, sent: Json) -> bool:
    with httpx2.stream("POST", f"{url}/write", **sent) as answer:
        return answer.status_code == 200


def test_curl_prints_each_piece_as_it_comes(slow: Served) -> None:
    url, scripted = slow
    command = ["curl", "-sN", f"{url}/write", "-H", f"Authorization: Bearer {TOKEN}"]
    command += ["-H", "Content-Type: application/json", "-d", '{"title": "T", "stream": true}']
    curl = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert curl.stdout
    lines = [curl.stdout.readline() for _ in range(30)]
    assert curl.poll() is None, "a text of minutes"
    assert lines[:2] == ["event: text\n", 'data: {"text":"#"}\n']
    curl.terminate()
    curl.communicate()
    wait_for(lambda: scripted.stopped == 1)
