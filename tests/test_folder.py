import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from tests.blogs import dropped, kept, only, write
from train.errors import StageError
from train.prepare import sources


@pytest.mark.parametrize(
    ("file", "content", "title"),
    [
        ("a.md", "---\ntitle: A Walk\n---\n# Other\n", "A Walk"),
        ("a.md", "# A Walk\n\nUphill.", "A Walk"),
        ("a.txt", "A Walk\n\nUphill.", "A Walk"),
        ("a_long-walk.txt", "It rained all day\nand we went uphill.", "A Long Walk"),
        ("a-walk.md", "It rained.", "A Walk"),
        ("2020-01-02 a walk.md", "It rained.", "A Walk"),
        ("walks/2020-01-02.md", "It rained.", "Walks"),
    ],
)
def test_a_text_is_called_what_it_calls_itself(tmp_path: Path, file: str, content: str, title: str) -> None:
    found = only(write(tmp_path, {file: content}, "folder"))
    assert found.title == title
    assert found.date == ("2020-01-02" if "2020" in file else "")


@pytest.mark.parametrize("name", ["claude", "history", "security", "readme-driven-development", "401"])
def test_a_name_that_is_a_subject_is_a_text(tmp_path: Path, name: str) -> None:
    assert kept(write(tmp_path, {f"{name}.md": "It began long ago."}, "folder")) == [f"{name}.md"]


def test_texts_are_found_however_deep(tmp_path: Path) -> None:
    source = write(
        tmp_path,
        {
            "a.md": "a",
            "b/c/d.markdown": "d",
            "b/e.txt": "e",
            ".hidden/f.md": "f",
            "node_modules/g.md": "g",
            "h.png": b"\x89PNG",
        },
        "folder",
    )
    assert kept(source) == ["a.md", "b/c/d.markdown", "b/e.txt"]
    assert dropped(source) == {}


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("README.md", "Read me.", "not a post"),
        ("AGENTS.md", "Be brief.", "not a post"),
        ("README.zh-CN.md", "Read me.", "not a post"),
        ("LICENSE-MIT.txt", "Permission is granted.", "not a post"),
        ("docs/style.instructions.md", "Be brief.", "not a post"),
        ("robots.txt", "User-agent: *", "not a post"),
        ("a.rst", "A\n=\n", "reStructuredText, not Markdown"),
        ("a.mdx", "<Note/>", "MDX, not Markdown"),
        ("a.md", b"\x89PNG\0\0", "not text"),
        ("a.md", "---\ndraft: true\n---\nb", "a draft"),
        ("a.md", "---\npublished: false\n---\nb", "unpublished"),
    ],
)
def test_what_is_no_text_is_dropped_alone(
    tmp_path: Path, file: str, content: str | bytes, reason: str
) -> None:
    source = write(tmp_path, {file: content, "z.md": "z"}, "folder")
    assert dropped(source) == {file: reason}
    assert kept(source) == ["z.md"]


def test_a_draft_is_taken_on_request(tmp_path: Path) -> None:
    source = write(tmp_path, {"a.md": "---\ndraft: true\n---\nb"}, "folder")
    assert kept(replace(source, take=("draft",))) == ["a.md"]


def test_a_folder_is_pinned_by_what_its_texts_say(tmp_path: Path) -> None:
    first, again = (sources.pin((write(tmp_path / each, {"a.md": "a"}, "folder"),))[0] for each in "xy")
    other = sources.pin((write(tmp_path / "x", {"a.md": "b"}, "folder"),))[0]
    assert first.revision == again.revision != other.revision


def test_an_empty_or_missing_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "my notes").mkdir()
    empty = write(tmp_path / "my notes", {}, "folder")
    with pytest.raises(StageError, match=r"has no file that ends in \.md or \.txt") as found:
        sources.pin((empty,))
    assert shlex.split(found.value.fix) == ["ls", "-R", empty.path]
    with pytest.raises(StageError, match="There is no folder"):
        sources.pin((write(tmp_path / "nowhere", {}, "folder"),))
