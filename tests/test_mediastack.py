"""The MediaStack client against a server of its own, which answers as the API is known to."""

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from train.errors import StageError
from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.prepare.sources import mediastack
from train.prepare.sources.mediastack_api import KEY, Api
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


def test_a_piece_of_news_is_a_headline_and_a_description(station: Station) -> None:
    station.total = 1
    assert read(source_of(station)) == [
        Document(
            "mediastack/0",
            "Ferry & tide 0",
            "The ferry sails at 0 o'clock.",
            "https://harbour.example/0",
            "mediastack",
            kind="description",
            date="2026-05-28",
            author="Harbour Post",
            language="en",
            license="unknown",
        )
    ]
    assert station.asked == [{"keywords": "ferry", "limit": "100", "offset": "0", "access_key": SECRET}]


def test_pages_are_fetched_by_the_hundred_until_there_are_no_more(station: Station) -> None:
    station.total = 250
    assert len(read(source_of(station))) == 250
    assert [asked["offset"] for asked in station.asked] == ["0", "100", "200"]


def test_no_more_is_fetched_than_the_limit_needs(station: Station) -> None:
    station.total = 250
    assert len(read(source_of(station, limit=120))) == 120
    assert [asked["offset"] for asked in station.asked] == ["0", "100"]


def test_a_second_run_asks_nothing_and_needs_no_key(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read(source_of(station))
    station.asked.clear()
    monkeypatch.delenv(KEY)
    assert read(source_of(station)) == first
    assert station.asked == []


def test_a_new_name_for_the_revision_fetches_anew(station: Station) -> None:
    (first,) = sources.pin((source_of(station, revision="May"),))
    station.total = 2
    (second,) = sources.pin((source_of(station, revision="June"),))
    assert len(station.asked) == 2
    assert first.revision != second.revision
    assert [len(list(sources.read(each))) for each in (first, second)] == [3, 2]
    assert sources.pin((first,)) == (first,), "what is pinned stays so"


@pytest.mark.parametrize("code", ["usage_limit_reached", "monthly_limit_reached"])
def test_a_month_used_up_keeps_what_was_fetched_and_goes_on_from_there(station: Station, code: str) -> None:
    station.total = 250
    station.answers = [page(0, 250), error(code, 429)]
    with pytest.raises(StageError, match="Pages that are here, and stay: 1") as caught:
        read(source_of(station))
    assert "set limit: 100" in caught.value.fix
    station.asked.clear()
    assert len(read(source_of(station))) == 250
    assert [asked["offset"] for asked in station.asked] == ["100", "200"]


@pytest.mark.parametrize(
    ("answer", "complaint", "fix"),
    [
        (error("invalid_access_key", 401), "invalid_access_key", "export MEDIASTACK_KEY"),
        (error("invalid_access_key"), "invalid_access_key", "export MEDIASTACK_KEY"),
        (error("https_access_restricted", 403), "https_access_restricted", "http://"),
        (error("function_access_restricted", 403), "function_access_restricted", "query"),
        (
            error("validation_error", 422, context={"date": ["NO_SUCH_CHOICE_ERROR"]}),
            "NO_SUCH_CHOICE_ERROR",
            "edit query",
        ),
        (error("inactive_user", 403), "inactive_user", "dashboard"),
        (
            (200, json.dumps({"success": False, "error": {"code": "invalid_access_key", "message": "No."}})),
            "invalid_access_key",
            "MEDIASTACK_KEY",
        ),
        (
            (
                200,
                json.dumps(
                    {"success": False, "error": {"code": 101, "type": "missing_access_key", "info": "No."}}
                ),
            ),
            "missing_access_key",
            "MEDIASTACK_KEY",
        ),
        ((200, json.dumps({"success": False})), "unknown error", "edit the source"),
        ((200, json.dumps({"error": "all is lost"})), "all is lost", "edit the source"),
        ((401, "<html>no</html>"), "invalid_access_key", "MEDIASTACK_KEY"),
        ((404, "<html>no</html>"), "404_not_found", "path"),
        ((422, ""), "validation_error", "query"),
        ((301, ""), "status 301", "edit the source"),
        ((200, "<html>Welcome!</html>"), "not with JSON", "path"),
        ((200, "[1, 2]"), "not with JSON", "path"),
        ((200, '{"data": null}'), "without a list of news", "path"),
        ((200, "[" * 100_000), "not with JSON", "path"),
    ],
)
def test_each_refusal_is_one_line_with_what_to_do(
    station: Station, answer: Answer, complaint: str, fix: str
) -> None:
    station.answers = [answer]
    with pytest.raises(StageError, match=complaint) as caught:
        read(source_of(station))
    assert fix in caught.value.fix
    assert len(station.asked) == 1, "what will not pass is asked once"


@pytest.mark.parametrize(
    "busy", [error("rate_limit_reached", 429), error("rate_limit_reached"), (502, "<html>"), (500, "")]
)
def test_a_busy_api_is_asked_again_after_a_while(station: Station, busy: Answer) -> None:
    station.answers = [busy, busy]
    waited: list[float] = []
    assert len(Api(station.url, SECRET, waited.append).page({}, 0)["data"]) == 3
    assert waited == [1.0, 2.0]


def test_an_api_that_stays_busy_ends_the_stage(station: Station) -> None:
    station.answers = [error("rate_limit_reached", 429)] * 5
    waited: list[float] = []
    with pytest.raises(StageError, match="rate_limit_reached") as caught:
        Api(station.url, SECRET, waited.append).page({}, 0)
    assert len(waited) == 4
    assert "goes on" in caught.value.fix


def everything(error: BaseException | None) -> Iterator[str]:
    while error:
        yield f"{error} {error!r} {getattr(error, 'fix', '')} {getattr(error, 'request', '')!r}"
        request = getattr(error, "_request", None)
        yield str(request.url) if request else ""
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "answer",
    [(200, json.dumps({"error": {"code": "x", "message": f"Bad key {SECRET}"}})), (401, SECRET), None],
)
def test_the_key_is_in_no_message_log_or_file(
    station: Station,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    answer: Answer | None,
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = {
        "pagination": {"total": 150, "next": f"/v1/news?access_key={SECRET}"},
        "data": [news(n) for n in range(100)],
    }
    station.answers = [(200, json.dumps(echo)), *([answer] if answer else [])]
    url = station.url if answer else "http://127.0.0.1:9/v1/news"
    asked = (source_of(station, path=station.url), source_of(station, path=url, revision="another"))
    with pytest.raises(StageError) as caught:
        list(map(read, asked))
    shown = [*everything(caught.value), caplog.text, *capfd.readouterr()]
    shown += [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert station.asked[0]["access_key"] == SECRET
    assert not [text for text in shown if SECRET in text or "5ecre7" in text]
    assert SECRET not in repr(Api(station.url, SECRET))


@pytest.mark.parametrize(
    ("changed", "complaint", "fix"),
    [
        ({"query": {"access_key": SECRET}}, "holds an access_key", "export MEDIASTACK_KEY"),
        (
            {"path": f"https://a.example/news?access_key={SECRET}"},
            "holds an access_key",
            "export MEDIASTACK_KEY",
        ),
        ({"query": {"keyword": "ferry"}}, r"no parameter 'keyword'. Did you mean keywords\?", "edit query"),
        ({"path": "news"}, "no address", "https://"),
        ({"path": "ftp://a.example"}, "no address", "https://"),
        ({"path": "http://a.example:port"}, "no address", "path"),
    ],
)
def test_a_recipe_that_cannot_work_is_refused_before_anything_is_sent(
    station: Station, changed: dict[str, Any], complaint: str, fix: str
) -> None:
    with pytest.raises(StageError, match=complaint) as caught:
        read(source_of(station, **changed))
    assert SECRET not in str(caught.value)
    assert fix in caught.value.fix
    assert station.asked == []


def test_without_a_key_the_next_step_is_named(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY)
    with pytest.raises(StageError, match="MEDIASTACK_KEY is not set") as caught:
        read(source_of(station))
    assert caught.value.fix.startswith("export MEDIASTACK_KEY")


def test_more_news_than_anybody_means_needs_a_limit(station: Station) -> None:
    station.total = 1_000_000
    with pytest.raises(StageError, match="1,000,000 such news") as caught:
        read(source_of(station))
    assert "limit" in caught.value.fix
    assert len(read(source_of(station, limit=150))) == 150


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (news(0, description=None), "empty"),
        (news(0, description=" "), "empty"),
        (news(0, description=7.5, title=None), None),
        ("a string", "broken record"),
        (None, "broken record"),
        ({}, "empty"),
    ],
)
def test_a_field_that_is_missing_costs_that_item_alone(
    station: Station, item: object, reason: str | None
) -> None:
    station.answers = [(200, json.dumps({"data": [item, news(1)]}))]
    first, second = read(source_of(station))
    assert (first.reason if isinstance(first, Dropped) else None) == reason
    assert isinstance(second, Document)


def test_a_description_that_was_cut_is_called_an_excerpt(station: Station) -> None:
    cut = news(1, description="The harbour was closed when the…", author="Ann Lee")
    station.answers = [(200, json.dumps({"data": [news(0), cut]}))]
    whole, excerpt = read(source_of(station))
    assert isinstance(whole, Document)
    assert isinstance(excerpt, Document)
    assert (whole.kind, excerpt.kind, excerpt.author) == ("description", "excerpt", "Ann Lee, Harbour Post")
    assert excerpt.text.endswith("…")
    _, dropped = read(source_of(station, take=("description",)))
    assert isinstance(dropped, Dropped)
    assert dropped.reason == "not taken"


def test_what_moved_to_the_next_page_meanwhile_is_there_once(station: Station) -> None:
    station.answers = [page(0, 150), page(95, 150)]
    found = read(source_of(station))
    assert [each.reason for each in found if isinstance(each, Dropped)] == ["duplicate"] * 5
    assert sum(isinstance(each, Document) for each in found) == 150


def test_a_page_that_was_changed_by_hand_is_named(station: Station, tmp_path: Path) -> None:
    read(source_of(station))
    (cached,) = tmp_path.rglob("page-00000.json")
    cached.write_text("{")
    with pytest.raises(StageError, match=r"page-00000\.json is not as it was fetched") as caught:
        read(source_of(station))
    assert caught.value.fix == f"rm {cached}"


def test_half_a_character_in_an_answer_does_no_harm(station: Station) -> None:
    station.answers = [(200, json.dumps({"data": [news(0, title="A \ud83d ferry")]}))]
    (found,) = read(source_of(station))
    assert found.title == "A \ufffd ferry"
