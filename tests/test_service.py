"""The service that others call: typed requests in, texts or plain faults out."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from orders import RefusedError, State
from service import body
from tests.serviced import COMMIT, HEADERS, SECRETS, TOKEN, EchoingStudio, serving, studio
from tests.waiting import PATIENCE_S

Json = dict[str, Any]
TITLE = "How to keep a paper notebook"
TEXT = f"# {TITLE}\n\nSome plain words about this."


@pytest.fixture(scope="module")
def scripted() -> EchoingStudio:
    return studio()


@pytest.fixture(scope="module")
def url(scripted: EchoingStudio) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SECRETS.items():
            patch.setenv(name, value)
        with serving(scripted) as url:
            yield url


@pytest.fixture
def client(url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=url, headers=HEADERS, timeout=PATIENCE_S) as client:
        yield client


def test_a_text_comes_with_how_it_came_about(client: httpx2.Client) -> None:
    answer = client.post("/write", json={"title": TITLE, "words": 40, "seed": 3})
    assert answer.status_code == 200
    said = answer.json()
    assert 0 <= said.pop("seconds") < PATIENCE_S
    assert said == {
        "text": TEXT,
        "writer": "blog",
        "version": "v0.2.0",
        "ended": "end",
        "tokens": 11,
        "words": 12,
        "characters": len(TEXT),
        "seed": 3,
        "ai_generated": True,
    }


@pytest.mark.parametrize(
    ("sent", "decoding"),
    [
        pytest.param({}, (40, 1.0, 0.9, 1.0, 7), id="the writer's own"),
        pytest.param(
            {"seed": 1, "temperature": 0.1, "top_p": 1, "repetition_penalty": 1.3, "max_new_tokens": 5},
            (5, 0.1, 1.0, 1.3, 1),
            id="all asked for",
        ),
    ],
)
def test_settings_reach_the_writer(
    client: httpx2.Client, scripted: EchoingStudio, sent: Json, decoding: tuple[float, ...]
) -> None:
    assert client.post("/write", json={"title": f" {TITLE}\n", "version": "v0.1.0"} | sent).status_code == 200
    order = scripted.orders[-1]
    assert (order.writer, order.version, order.inputs) == ("blog", "v0.1.0", {"title": TITLE, "words": 80})
    own = order.decoding
    assert own
    found = (own.max_new_tokens, own.temperature, own.top_p, own.repetition_penalty, own.seed)
    assert found == decoding


def test_a_greedy_writer_stays_greedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPRINT_TOKENS", TOKEN)
    greedy = studio("blog")
    form = greedy.forms["blog"]
    greedy.forms = {"blog": replace(form, decoding=replace(form.decoding, temperature=0.0))}
    with serving(greedy) as url:
        assert httpx2.post(f"{url}/write", json={"title": TITLE}, headers=HEADERS).status_code == 200
    assert greedy.orders[0].decoding == greedy.forms["blog"].decoding


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param({"temperature": 0}, 200, id="greedy, as the description's default says"),
        pytest.param({"temperature": 0.0}, 200, id="the same with a point"),
        pytest.param({"temperature": 0.1}, 200, id="the coldest otherwise"),
        pytest.param({"temperature": 0.05}, 422, id="between"),
        pytest.param({"temperature": False}, 422, id="not a number"),
    ],
)
def test_a_greedy_writers_default_can_be_sent(
    monkeypatch: pytest.MonkeyPatch, sent: Json, status: int
) -> None:
    monkeypatch.setenv("IMPRINT_TOKENS", TOKEN)
    greedy = studio("blog")
    form = greedy.forms["blog"]
    greedy.forms = {"blog": replace(form, decoding=replace(form.decoding, temperature=0.0))}
    with serving(greedy) as url:
        answer = httpx2.post(f"{url}/write", json=BLOG | sent, headers=HEADERS)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "sent", [b'{"title": "x", "seed": 3.0}', b'{"title": "x", "seed": 3e0}', b'{"title": "x", "words": 40.0}']
)
def test_a_whole_number_is_whole_however_it_is_written(client: httpx2.Client, sent: bytes) -> None:
    answer = client.post("/write", content=sent, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["seed"] in (3, 7)


def test_a_text_is_said_naturally(client: httpx2.Client, scripted: EchoingStudio) -> None:
    said = client.post("/humanize", json={"text": "We are not able to attend."}).json()
    assert said["writer"] == "humanizer"
    assert said["text"].startswith("# We are not able to attend.")
    assert scripted.orders[-1].inputs == {"formal": "We are not able to attend."}


BLOG: Json = {"title": TITLE}


@pytest.mark.parametrize(
    ("path", "sent", "status", "code", "field"),
    [
        pytest.param("/write", {}, 422, "bad_request", "title", id="no title"),
        pytest.param("/write", {"title": " \n"}, 422, "bad_request", "title", id="blanks"),
        pytest.param("/write", {"title": 5}, 422, "bad_request", "title", id="no text"),
        pytest.param("/write", {"title": "x" * 201}, 422, "bad_request", "title", id="a long title"),
        pytest.param("/write", {"title": "a\x00b"}, 422, "bad_request", "title", id="a NUL"),
        pytest.param("/write", {"title": "\x1b[31mred"}, 422, "bad_request", "title", id="an escape"),
        pytest.param("/humanize", {"text": "x" * 5001}, 422, "bad_request", "text", id="a long text"),
        pytest.param("/humanize", {"formal": "Yes."}, 422, "bad_request", "text", id="a form's own name"),
        pytest.param("/write", BLOG | {"words": 41}, 422, "bad_request", "words", id="no choice"),
        pytest.param("/write", BLOG | {"words": "40"}, 422, "bad_request", "words", id="a number as text"),
        pytest.param("/write", BLOG | {"temperature": 0.09}, 422, "bad_request", "temperature", id="cold"),
        pytest.param("/write", BLOG | {"temperature": 2.1}, 422, "bad_request", "temperature", id="hot"),
        pytest.param("/write", BLOG | {"top_p": 0.0}, 422, "bad_request", "top_p", id="top_p 0"),
        pytest.param("/write", BLOG | {"top_p": 1.01}, 422, "bad_request", "top_p", id="top_p above 1"),
        pytest.param(
            "/write",
            BLOG | {"max_new_tokens": 41},
            422,
            "bad_request",
            "max_new_tokens",
            id="too many tokens",
        ),
        pytest.param("/write", BLOG | {"seed": -1}, 422, "bad_request", "seed", id="a negative seed"),
        pytest.param("/write", BLOG | {"seed": 2**70}, 422, "bad_request", "seed", id="a huge seed"),
        pytest.param("/write", BLOG | {"seed": True}, 422, "bad_request", "seed", id="a seed that is true"),
        pytest.param("/write", BLOG | {"stream": "no"}, 422, "bad_request", "stream", id="stream as text"),
        pytest.param("/write", BLOG | {"tempreature": 1}, 422, "bad_request", "tempreature", id="misspelt"),
        pytest.param("/write", BLOG | {"writer": "poet"}, 404, "unknown_writer", "writer", id="no writer"),
        pytest.param(
            "/write", BLOG | {"writer": ["a"]}, 422, "bad_request", "writer", id="a list of writers"
        ),
        pytest.param("/write", BLOG | {"version": "v9"}, 404, "unknown_version", None, id="no version"),
        pytest.param("/humanize", {"writer": "blog"}, 404, "unknown_writer", "writer", id="no humanizer"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    client: httpx2.Client, path: str, sent: Json, status: int, code: str, field: str | None
) -> None:
    answer = client.post(path, json=sent)
    assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == (status, code, field)
    assert answer.json()["message"].endswith(".")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"title": NaN}',
        b'{"title": "x", "top_p": Infinity}',
        b'{"title": "\\ud800"}',
        b'{"title": "\xff"}',
        b'{"title": "\xed\xa0\x80"}',
        b"[" * 60_000,
        b'{"seed": ' + b"9" * 60_000 + b"}",
        b'{"title": "x"} {}',
        b'{"title": "x", "title": "y"}',
    ],
)
def test_what_is_no_json_is_refused(client: httpx2.Client, sent: bytes) -> None:
    answer = client.post("/write", content=sent, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_json")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {},
    ],
)
def test_only_plain_json_is_read(client: httpx2.Client, headers: dict[str, str]) -> None:
    answer = client.post("/write", content=b'{"title": "x"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_media_type")


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [128 * 1024 + 1, 8_000_000])
def test_a_large_body_is_refused(client: httpx2.Client, size: int, chunked: bool) -> None:
    body = b'{"title": "' + b"x" * (size - 13) + b'"}'
    pieces = (body[at : at + 65_536] for at in range(0, size, 65_536))
    json_headers = {"Content-Type": "application/json"}
    answer = client.post("/write", content=pieces if chunked else body, headers=json_headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_body_that_does_not_come_is_not_waited_for(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "PATIENCE_S", 0.1)
    client = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    client.request("POST", "/write", b"{", HEADERS | {"Content-Length": "2"})
    answer = client.getresponse()
    assert (answer.status, json.load(answer)["code"]) == (408, "too_slow")
    client.close()


@pytest.mark.parametrize(
    "text", ["שלום, עולם", "a\u200b\u202eb\ufeff", "🏳️‍🌈" * 1000, "<script>alert(1)</script>", "<|end|>\\n\"'"]
)
def test_any_characters_come_back_as_they_were(client: httpx2.Client, text: str) -> None:
    assert f"# {text}\n" in client.post("/humanize", json={"text": text}).json()["text"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        pytest.param("GET", "/write", 405, "wrong_method", id="a text is posted"),
        pytest.param("DELETE", "/health", 405, "wrong_method", id="nothing can be deleted"),
        pytest.param("POST", "/write/more", 404, "not_found", id="below an address"),
        pytest.param("GET", "/info/", 404, "not_found", id="with a slash"),
    ],
)
def test_other_addresses_and_methods_answer_in_json_too(
    client: httpx2.Client, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert status != 405 or answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/health", "/info", "/version", "/docs", "/openapi.json"])
def test_what_can_be_read_can_be_asked_about(client: httpx2.Client, path: str) -> None:
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 50


@pytest.mark.parametrize("sent", [b"{", b'{"title": ""}', b'{"title": "x", "version": "v9"}'])
def test_a_refused_request_counts_and_says_so(client: httpx2.Client, sent: bytes) -> None:
    answer = client.post("/write", content=sent, headers={"Content-Type": "application/json"})
    assert answer.is_client_error
    assert answer.headers["RateLimit"].startswith('"requests";r=')


@pytest.mark.parametrize(
    ("code", "status", "again"),
    [
        ("bad_request", 422, False),
        ("unknown_writer", 404, False),
        ("unknown_version", 404, False),
        ("loading", 503, True),
        ("busy", 503, True),
        ("unreachable", 503, True),
        ("out_of_memory", 507, False),
        ("failed", 500, False),
    ],
)
def test_every_refusal_has_its_status(
    client: httpx2.Client,
    scripted: EchoingStudio,
    monkeypatch: pytest.MonkeyPatch,
    code: Any,
    status: int,
    again: bool,
) -> None:
    monkeypatch.setattr(scripted, "refusal", RefusedError(code, "It is as it is."))
    for stream in (False, True):
        answer = client.post("/write", json=BLOG | {"stream": stream})
        assert answer.json() == {"code": code, "message": "It is as it is."}
        assert (answer.status_code, "Retry-After" in answer.headers) == (status, again)


def test_what_breaks_is_told_without_a_word_of_the_prompt(
    client: httpx2.Client,
    scripted: EchoingStudio,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    broken: Any = ZeroDivisionError(TITLE)
    monkeypatch.setattr(scripted, "refusal", broken)
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/write", json=BLOG)
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    assert "ZeroDivisionError at " in caplog.text
    said = capfd.readouterr()
    assert TITLE not in caplog.text + said.out + said.err
    assert TOKEN not in caplog.text + said.out + said.err


@pytest.mark.parametrize(
    ("phase", "status"),
    [
        pytest.param(State("loading", "Loading the base ...", 0.4, 1, 2), 503, id="loading"),
        pytest.param(State("ready", "Ready.", 1.0), 200, id="ready"),
        pytest.param(State("failed", "The base is gone."), 503, id="failed"),
        pytest.param(State("ready", "Ready, but without a.", failed={"a": "Gone."}), 200, id="without one"),
    ],
)
def test_health_is_the_state(
    client: httpx2.Client,
    scripted: EchoingStudio,
    monkeypatch: pytest.MonkeyPatch,
    phase: State,
    status: int,
) -> None:
    monkeypatch.setattr(scripted, "phase", phase)
    answer = client.get("/health")
    assert answer.status_code == status
    assert answer.json() == {
        "live": True,
        "ready": phase.phase == "ready",
        "state": phase.phase,
        "message": phase.said,
        "share": phase.share,
        "waiting": phase.waiting,
        "writing": phase.writing,
        "failed": phase.failed,
    }


def test_info_says_what_can_be_asked(client: httpx2.Client) -> None:
    said = client.get("/info", headers={}).json()
    blog, humanizer = said["writers"]
    assert (said["engine"], said["service_on"]) == ("a script", True)
    assert blog["versions"] == ["v0.2.0", "v0.1.0", "base"]
    assert blog["fields"]["title"]["max_chars"] == 200
    assert blog["fields"]["words"] == {
        "label": "Word limit",
        "required": False,
        "choices": [40, 80],
        "default": 80,
    }
    assert blog["adapter"]["url"].endswith(f"/ann/adapter/tree/{COMMIT}")
    assert humanizer["paths"] == ["/write", "/humanize"]


def test_version_names_every_commit(client: httpx2.Client) -> None:
    blog = client.get("/version").json()["releases"][0]
    assert (blog["writer"], blog["version"]) == ("blog", "v0.2.0")
    assert {blog[part]["revision"] for part in ("adapter", "base", "dataset")} == {COMMIT}


def test_the_answer_is_plain_utf_8(client: httpx2.Client) -> None:
    answer = client.post("/humanize", json={"text": "Grüße"})
    assert "Grüße".encode() in answer.content
    assert answer.headers["X-Content-Type-Options"] == "nosniff", "a text with tags in it is no page"
    assert json.loads(answer.content)["text"].startswith("# Grüße")
