"""Texts as they grow, clients that leave, and the page that describes the service."""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from orders import Order, RefusedError, Text
from service import writing
from service.faults import STATUS
from tests.serviced import HEADERS, TOKEN, EchoingStudio, serving, studio

Json = dict[str, Any]
Served = tuple[str, EchoingStudio]
LONGEST_S = 10
LONG = " ".join(["word"] * 2_000)


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPRINT_TOKENS", TOKEN)


@pytest.fixture
def slow() -> Iterator[Served]:
    """A text of twenty seconds."""
    scripted = studio(text=LONG, pause_s=0.01)
    with serving(scripted) as url:
        yield url, scripted


def events(said: str) -> list[tuple[str, Json]]:
    found = []
    for block in said.strip().split("\n\n"):
        if not block.startswith(":"):
            event, data = block.split("\n")
            found.append((event.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def ask(url: str, **sent: object) -> list[tuple[str, Json]]:
    answer = httpx2.post(f"{url}/write", json={"title": "T", "stream": True} | sent, headers=HEADERS)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    return events(answer.text)


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LONGEST_S
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


class Told(EchoingStudio):
    """It says what it is told to, with a pause before each."""

    def __init__(self, *texts: Text | RefusedError, pause_s: float = 0.05) -> None:
        plain = studio("blog")
        super().__init__(plain.release, plain.forms, pause_s=pause_s)
        self.told = texts

    def write(self, order: Order) -> Iterator[Text]:
        for each in self.told:
            time.sleep(self.pause_s)
            if isinstance(each, RefusedError):
                raise each
            yield each


def test_pieces_make_the_whole() -> None:
    with serving(studio(pause_s=0.01)) as url:
        said = ask(url, title="One & two")
    whole = "# One & two\n\nSome plain words about this."
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
        said = ask(url)
    assert [data["text"] for _, data in said] == ["na", "ï", "ve", "naïve"]
    assert said[-1][1]["ended"] == "length"


def test_who_waits_hears_how_many_go_first() -> None:
    with serving(Told(Text("", 0, ahead=2), Text("", 0, ahead=1), Text("Yes.", 1, "end"))) as url:
        said = ask(url)
    assert said[:2] == [("waiting", {"ahead": 2}), ("waiting", {"ahead": 1})]


def test_what_fails_halfway_is_an_event() -> None:
    with serving(Told(Text("Once", 1), RefusedError("out_of_memory", "It is too long."))) as url:
        said = ask(url)
    assert said == [
        ("text", {"text": "Once"}),
        ("error", {"code": "out_of_memory", "message": "It is too long."}),
    ]


def test_a_silence_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "BEAT_S", 0.05)
    with serving(Told(Text("Yes.", 1, "end"), pause_s=0.5)) as url:
        answer = httpx2.post(f"{url}/write", json={"title": "T", "stream": True}, headers=HEADERS)
    assert answer.text.count(": still here\n\n") > 3
    assert events(answer.text)[-1][0] == "done"


@pytest.mark.parametrize("stream", [True, False])
def test_a_text_that_takes_too_long_ends_where_it_is(
    slow: Served, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    monkeypatch.setattr(writing, "TEXT_S", 0.3)
    url, scripted = slow
    answer = httpx2.post(f"{url}/write", json={"title": "T", "stream": stream}, headers=HEADERS)
    whole = events(answer.text)[-1][1] if stream else answer.json()
    assert whole["ended"] == "time"
    assert whole["text"].startswith("# T\n\nword word")
    assert eventually(lambda: scripted.stopped == 1)


def test_who_waits_too_long_for_a_turn_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "TEXT_S", 0.2)
    with serving(Told(Text("Yes.", 1, "end"), pause_s=0.5)) as url:
        answer = httpx2.post(f"{url}/write", json={"title": "T"}, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_stops_the_model(slow: Served, stream: bool) -> None:
    url, scripted = slow
    sent: Json = {"json": {"title": "T", "stream": stream}, "headers": HEADERS, "timeout": 0.3}
    with suppress(httpx2.ReadTimeout), httpx2.stream("POST", f"{url}/write", **sent) as answer:
        next(answer.iter_bytes())
    assert eventually(lambda: scripted.stopped == 1)


def test_more_than_there_is_room_for_are_busy(slow: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "AT_ONCE", 1)
    url, scripted = slow
    sent: Json = {"json": {"title": "T", "stream": True}, "headers": HEADERS}
    with httpx2.stream("POST", f"{url}/write", **sent) as first:
        pieces = first.iter_bytes()
        next(pieces)  # and kept: what is let go is closed
        answer = httpx2.post(f"{url}/write", **sent)
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["Retry-After"]) > 0
    assert eventually(lambda: scripted.stopped == 1)
    with httpx2.stream("POST", f"{url}/write", **sent) as next_one:
        assert next_one.status_code == 200


def test_curl_prints_each_piece_as_it_comes(slow: Served) -> None:
    url, scripted = slow
    command = ["curl", "-sN", f"{url}/write", "-H", f"Authorization: Bearer {TOKEN}"]
    command += ["-H", "Content-Type: application/json", "-d", '{"title": "T", "stream": true}']
    curl = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert curl.stdout
    begun_s = time.monotonic()
    lines = [curl.stdout.readline() for _ in range(30)]
    assert time.monotonic() - begun_s < LONGEST_S / 2, "a text of twenty seconds"
    assert lines[:2] == ["event: text\n", 'data: {"text":"#"}\n']
    curl.terminate()
    curl.communicate()
    assert eventually(lambda: scripted.stopped == 1)


@pytest.fixture(scope="module")
def quick() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPRINT_TOKENS", TOKEN)
        with serving(studio()) as url:
            yield url


@pytest.fixture(scope="module")
def described(quick: str) -> Json:
    described: Json = httpx2.get(f"{quick}/openapi.json").json()
    return described


def test_the_description_is_of_our_addresses_alone(described: Json) -> None:
    assert sorted(described["paths"]) == ["/health", "/humanize", "/info", "/version", "/write"]
    assert described["openapi"].startswith("3.1")
    assert sorted(described["paths"]["/write"]["post"]["responses"]) == (
        ["200", "400", "401", "404", "408", "413", "415", "422", "429", "500", "503", "507"]
    )


def test_every_status_says_its_headers_and_every_code_is_known(described: Json) -> None:
    answers = described["paths"]["/write"]["post"]["responses"]
    assert {status: sorted(each["headers"]) for status, each in answers.items() if each["headers"]} == {
        "200": ["RateLimit", "RateLimit-Policy"],
        "401": ["WWW-Authenticate"],
        "429": ["RateLimit", "RateLimit-Policy", "Retry-After"],
        "503": ["Retry-After"],
    }
    codes = described["components"]["schemas"]["Fault"]["properties"]["code"]["enum"]
    assert set(codes) == set(STATUS)
    assert described["paths"]["/health"]["get"]["operationId"] == "health"


def test_every_event_is_as_described(described: Json) -> None:
    content = described["paths"]["/write"]["post"]["responses"]["200"]["content"]
    event = content["text/event-stream"]["schema"]
    validator = Draft202012Validator(event | {"components": described["components"]})
    parts = {each["properties"]["event"]["const"]: each["properties"]["data"] for each in event["oneOf"]}
    with serving(Told(Text("", 0, ahead=1), Text("Yes", 1), RefusedError("busy", "Later."))) as url:
        said = ask(url)
    with serving(Told(Text("Yes.", 1, "end"))) as url:
        said += ask(url)
    assert {name for name, _ in said} == {"waiting", "text", "error", "done"} == set(parts)
    for name, data in said:
        validator.validate({"event": name, "data": json.dumps(data)})
        inner = parts[name]["contentSchema"] | {"components": described["components"]}
        Draft202012Validator(inner).validate(data)


@pytest.mark.parametrize(
    ("sent", "is_valid"),
    [
        pytest.param({"title": "A title", "words": 40, "temperature": 2}, True, id="a blog"),
        pytest.param({"title": "A title", "words": 40.0, "seed": 3.0}, True, id="whole numbers with a point"),
        pytest.param({"title": " \n"}, False, id="blanks"),
        pytest.param({"title": "a\x07b"}, False, id="a bell"),
        pytest.param({"writer": "humanizer", "formal": "It is so."}, True, id="a humanizer"),
        pytest.param({"title": "x" * 201}, False, id="a long title"),
        pytest.param({"title": "A title", "temperature": 0}, False, id="too cold"),
        pytest.param({"title": "A title", "nobody": "x"}, False, id="an unknown field"),
        pytest.param({"words": 40}, False, id="no title"),
    ],
)
def test_the_description_and_the_service_agree(
    quick: str, described: Json, sent: Json, is_valid: bool
) -> None:
    schema = described["paths"]["/write"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator(schema | {"components": described["components"]})
    assert validator.is_valid(sent) is is_valid
    status = httpx2.post(f"{quick}/write", json=sent, headers=HEADERS).status_code
    assert (status == 200) is is_valid


@pytest.mark.parametrize("path", ["/write", "/humanize"])
def test_every_example_is_answered(quick: str, described: Json, path: str) -> None:
    body = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    for example in body["examples"].values():
        answer = httpx2.post(f"{quick}{path}", json=example["value"], headers=HEADERS)
        assert answer.json()["writer"] == example["value"]["writer"]


def test_the_page_needs_no_other_host(quick: str) -> None:
    answer = httpx2.get(f"{quick}/docs")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    for word in ("POST /write", "POST /humanize", "Blog title", "at most this long: 5000", "507"):
        assert word in answer.text
    assert re.findall(r'(?:src|href)="([^"]*)"', answer.text) == ["openapi.json", "./"]
    assert "<script" not in answer.text
