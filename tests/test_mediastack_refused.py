"""What MediaStack refuses, and what is refused before it is asked, is one line with what to do."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.news_station import SECRET, Answer, Station, error, news, read, source_of, station
from train.errors import StageError
from train.prepare.sources.mediastack_api import KEY, Api

__all__ = ["station"]


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
