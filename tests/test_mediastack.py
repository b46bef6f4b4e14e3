"""The MediaStack client against a server of its own, which answers as the API is known to."""

import json
from pathlib import Path

import pytest

from tests.news_station import SECRET, Station, error, news, page, read, source_of, station
from train.errors import StageError
from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.prepare.sources.mediastack_api import KEY

__all__ = ["station"]


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
