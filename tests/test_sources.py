from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from train.errors import StageError
from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.prepare.sources import hub as kind
from train.prepare.sources.columns import columns_of
from train.run import ROOT
from train.sections import Source

if TYPE_CHECKING:
    from tests.hub_fixtures import Client
    from train.rehearse.hub.process import LocalHub

pytest_plugins = ["tests.hub_fixtures"]
POSTS = Source(kind="hub", path="someone/posts", revision="a" * 40, columns={"text": "full_text"})


def blog(folder: Path, **posts: str | bytes) -> Source:
    for name, content in posts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Source(kind="jekyll", path=str(folder))


def read(source: Source) -> dict[str, Document | Dropped]:
    return {each.id.partition("/")[2]: each for each in sources.read(source)}


def test_a_relative_path_counts_from_the_repository(tmp_path: Path) -> None:
    blog(tmp_path / "blog", **{"_posts/2020-01-01-a.md": "a"})
    source = Source(kind="jekyll", path=os.path.relpath(tmp_path / "blog", ROOT))
    assert list(read(source)) == ["_posts/2020-01-01-a.md"]


def test_a_folder_is_pinned_by_what_its_posts_say(tmp_path: Path) -> None:
    first = sources.pin((blog(tmp_path / "a" / "blog", **{"_posts/2020-01-01-a.md": "a"}),))[0]
    moved = sources.pin((blog(tmp_path / "b" / "blog", **{"_posts/2020-01-01-a.md": "a"}),))[0]
    edited = sources.pin((blog(tmp_path / "b" / "blog", **{"_posts/2020-01-01-a.md": "b"}),))[0]
    assert first.revision == moved.revision != edited.revision


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    twins = [blog(tmp_path / each / "blog", **{"_posts/2020-01-01-a.md": "a"}) for each in "ab"]
    with pytest.raises(StageError, match="Two sources are called blog"):
        sources.pin(tuple(twins))


def push_and_read(
    repo: str, rows: list[dict[str, Any]], asked: list[Source]
) -> list[list[Document | Dropped]]:
    from datasets import Dataset

    Dataset.from_list(rows).push_to_hub(repo, split="train")
    Dataset.from_list(rows[:1]).push_to_hub(repo, split="test")
    return [list(sources.read(*sources.pin((source,)))) for source in asked]


def test_a_dataset_is_read_at_its_commit_by_its_columns(client: Client) -> None:
    rows = [{"title": " A ", "full_text": "a", "url": "https://a", "likes": 3, "day": "2021-05-06T07:08:09Z"}]
    rows += [{"title": None, "full_text": None, "url": None, "likes": None, "day": None}]
    columns = {"text": "full_text", "origin": "url", "date": "day"}
    source = Source(kind="hub", path="rehearsal/blog", columns=columns)
    asked = [source, replace(source, split="test", name="held"), replace(source, limit=1)]
    every, held, first = client.run(push_and_read, "rehearsal/blog", rows, asked)
    place = "rehearsal/blog"
    document = Document(f"{place}/0", "A", "a", "https://a", place, date="2021-05-06", license="unknown")
    assert every == [document, Dropped(f"{place}/1", "", place, "empty")]
    assert held == [replace(document, id="held/0", source="held")]
    assert first == [document]


def complaints(repo: str, asked: list[Source]) -> list[tuple[str, str]]:
    told = []
    for source in asked:
        try:
            list(sources.read(*sources.pin((source,))))
        except StageError as error:
            told.append((str(error), error.fix))
    return told


def test_a_dataset_that_is_not_there_or_has_no_such_part_says_so(client: Client) -> None:
    client.run(push_and_read, "rehearsal/parts", [{"title": "A", "text": "a"}], [])
    source = Source(kind="hub", path="rehearsal/parts")
    asked = [
        replace(source, path="rehearsal/nothing"),
        replace(source, revision="v9"),
        replace(source, split="dev"),
        replace(source, split="dev", limit=5),
        replace(source, columns={"text": "txt"}),
    ]
    told = client.run(complaints, "rehearsal/parts", asked)
    expected = ["not yours to read", "no revision v9", "dev", "dev", "Did you mean text?"]
    assert [part in what for (what, _), part in zip(told, expected, strict=True)] == [True] * 5
    assert told[0][1] == "hf auth login"


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"text": "ful_text"}, r"no column 'ful_text'. Did you mean full_text\? There are: full_text, title"),
        ({"txt": "full_text"}, r"unknown field 'txt'. Did you mean text\?"),
    ],
)
def test_a_wrong_column_is_answered_with_the_nearest(columns: dict[str, str], complaint: str) -> None:
    with pytest.raises(StageError, match=complaint):
        columns_of(replace(POSTS, columns=columns), ["full_text", "title"])


@pytest.mark.slow
def test_a_hub_that_dies_half_way_is_read_again_by_the_next_run(hub: LocalHub, client: Client) -> None:
    source = Source(kind="hub", path="rehearsal/torn")
    client.run(push_and_read, source.path, [{"title": "A", "text": "a"}], [])
    hub.arm("GET */resolve/* 503", "GET /*/xet-read-token/* 503")
    try:
        ((what, fix),) = client.run(complaints, source.path, [source])
    finally:
        hub.arm()
    assert "cannot be reached" in what
    assert what.endswith("What was downloaded stays.")
    assert fix == "run this command again"
    assert client.run(complaints, source.path, [source]) == []


def test_a_hub_that_cannot_be_reached_is_one_clear_line() -> None:
    code = f"from train.prepare import sources; from train.recipe import Source; sources.pin(({POSTS!r}, ))"
    asked = code.replace(repr(POSTS.revision), "None")
    environment = os.environ | {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0"}
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert "StageError: The dataset someone/posts cannot be reached:" in done.stderr.splitlines()[-1]


def test_each_mishap_has_its_own_advice() -> None:
    from datasets.exceptions import (
        DataFilesNotFoundError,
        DatasetNotFoundError,
    )

    absent = kind.mishap(POSTS, DatasetNotFoundError("no"))
    assert (str(absent), absent.fix) == (
        "The dataset someone/posts at aaaaaaaaaaaa does not exist, or is not yours to read.",
        "hf auth login",
    )
    away = kind.mishap(POSTS, ConnectionError("Couldn't reach it"))
    assert (str(away), away.fix) == (
        "The dataset someone/posts at aaaaaaaaaaaa cannot be reached: Couldn't reach it.",
        "run this command again",
    )
    gated = kind.mishap(POSTS, DatasetNotFoundError("Dataset 'someone/posts' is a gated dataset on the Hub."))
    assert (str(gated), gated.fix) == (
        "The dataset someone/posts at aaaaaaaaaaaa is gated: ask for access at "
        "https://huggingface.co/datasets/someone/posts.",
        "hf auth login",
    )
    several = kind.mishap(
        POSTS, ValueError("Config name is missing.\nPlease pick one among the available configs: ['a', 'b']")
    )
    assert "has several configurations: ['a', 'b']" in str(several)
    broken = kind.mishap(POSTS, DataFilesNotFoundError("No data files\nmore"))
    assert str(broken) == "The dataset someone/posts at aaaaaaaaaaaa cannot be read: No data files."
