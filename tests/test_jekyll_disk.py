"""What a disk does to a blog: links, days of files, odd names, files that go while they are read."""

import os
import shutil
from pathlib import Path

import pytest

from tests.blogs import POST, dropped, kept, write
from train.errors import StageError
from train.prepare import sources
from train.prepare.document import Document, Dropped


def test_a_later_day_is_told_by_the_files_and_by_no_clock(tmp_path: Path) -> None:
    source = write(tmp_path, {POST: "a", "_posts/2021-01-01-b.md": "b"})
    for path in (tmp_path / "_posts").iterdir():
        os.utime(path, (1_590_000_000, 1_590_000_000))  # May 2020
    early = sources.pin((source,))[0]
    assert dropped(source) == {"_posts/2021-01-01-b.md": "not yet published"}
    os.utime(tmp_path / POST, (1_620_000_000, 1_620_000_000))  # May 2021
    assert dropped(source) == {}
    assert sources.pin((source,))[0].revision != early.revision
    for path in (tmp_path / "_posts").iterdir():
        os.utime(path, (1, 1))
    assert dropped(source) == {}, "a clock that was never set says nothing"


def test_links_are_followed_inside_the_folder_only(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    source = write(tmp_path / "blog", {POST: "a"})
    posts = tmp_path / "blog" / "_posts"
    (posts / "2020-01-02-inside.md").symlink_to("2020-01-01-a-walk.md")
    (posts / "2020-01-03-outside.md").symlink_to(tmp_path / "secret.md")
    (posts / "2020-01-04-loop.md").symlink_to("2020-01-04-loop.md")
    (posts / "around").symlink_to(posts)
    os.mkfifo(posts / "2020-01-05-pipe.md")
    assert kept(source) == [POST, "_posts/2020-01-02-inside.md"]
    assert dropped(source) == {
        "_posts/2020-01-03-outside.md": "a link out of the folder",
        "_posts/2020-01-04-loop.md": "a link to nothing",
        "_posts/2020-01-05-pipe.md": "unreadable",
        "_posts/around": "a link to a folder",
    }


def test_a_post_that_vanishes_is_dropped_alone_and_a_folder_stops_the_stage(tmp_path: Path) -> None:
    source = write(
        tmp_path / "blog", {POST: "a", "_posts/2020-01-02-b.md": "b", "_posts/2020-01-03-c.md": "c"}
    )
    reading = sources.read(source)
    assert isinstance(next(reading), Document)
    (tmp_path / "blog" / "_posts" / "2020-01-02-b.md").unlink()
    gone = next(reading)
    assert isinstance(gone, Dropped)
    assert (gone.reason, gone.detail) == ("unreadable", "No such file or directory")
    shutil.rmtree(tmp_path / "blog")
    with pytest.raises(StageError, match="There is no folder") as caught:
        next(reading)
    assert caught.value.fix


def test_a_name_that_is_no_utf_8_shows_its_bytes(tmp_path: Path) -> None:
    source = write(tmp_path, {POST: "a"})
    (tmp_path / "_posts" / os.fsdecode(b"2020-01-02-caf\xe9.md")).write_text("b")
    assert kept(source) == [POST, "_posts/2020-01-02-caf\\udce9.md"]
    assert sources.pin((source,))[0].revision
