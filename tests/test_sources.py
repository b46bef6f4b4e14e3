import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.errors import StageError
from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.prepare.sources import front_matter, hub
from train.prepare.sources.front_matter import FrontMatter, FrontMatterError
from train.run import ROOT
from train.sections import Source

POSTS = Source(kind="hub", path="someone/posts", revision="a" * 40, columns={"text": "full_text"})


def blog(folder: Path, **posts: str | bytes) -> Source:
    for name, content in posts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Source(kind="jekyll", path=str(folder))


def read(source: Source) -> dict[str, Document | Dropped]:
    return {each.id.partition("/")[2]: each for each in sources.read(source)}


@pytest.mark.parametrize(
    ("text", "expected", "body"),
    [
        pytest.param("---\ntitle: A\n---\nb", FrontMatter("A"), "b", id="dashes close it"),
        pytest.param("---\ntitle: A\n...\nb", FrontMatter("A"), "b", id="dots close it"),
        pytest.param("---  \ntitle: A\n---  \nb", FrontMatter("A"), "b", id="blanks may follow"),
        pytest.param("---\n---\nb", FrontMatter(), "b", id="empty"),
        pytest.param("b\n---\n", FrontMatter(), "b\n---\n", id="none"),
        pytest.param("-----\nb", FrontMatter(), "-----\nb", id="a rule is none"),
        pytest.param("---\ntitle: no\n---\n", FrontMatter("no"), "", id="a title is text whatever it says"),
        pytest.param("---\ntitle: 2014-02-30\n---\n", FrontMatter("2014-02-30"), "", id="even no such day"),
        pytest.param("---\ntitle: [a, b]\n---\n", FrontMatter(), "", id="a list is no title"),
        pytest.param("---\ntitle:\n---\n", FrontMatter(), "", id="nothing is no title"),
        pytest.param("---\npublished: false\n---\n", FrontMatter(published=False), "", id="unpublished"),
        pytest.param("---\npublished: true\n---\n", FrontMatter(), "", id="published"),
    ],
)
def test_front_matter_is_read_as_jekyll_reads_it(text: str, expected: FrontMatter, body: str) -> None:
    assert front_matter.split(text) == (expected, body)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("---\ntitle: a: b\n---\n", "line 2: mapping values are not allowed here"),
        ("---\njust words\n---\n", "no keys"),
        ("---\ntitle: A\n\nb", "never closed"),
        ("+++\ntitle = 'A'\n+++\n", "TOML"),
        ("---\n" + "[" * 2000 + "\n---\n", "nested too deeply"),
        ("---\ntitle: \a\n---\n", "characters YAML forbids"),
    ],
)
def test_broken_front_matter_says_why(text: str, why: str) -> None:
    with pytest.raises(FrontMatterError, match=why):
        front_matter.split(text)


@given(st.text(alphabet="-.:ab \n[]{}!&*'\"#|>%@`,?\t", max_size=40))
def test_any_head_is_read_or_refused(head: str) -> None:
    with suppress(FrontMatterError):
        front_matter.split(f"---\n{head}\n---\nb")


def test_posts_are_read_in_the_order_of_their_paths(tmp_path: Path) -> None:
    source = blog(
        tmp_path / "blog",
        **{
            "_posts/2020-02-02-b.md": "b",
            "_posts/2020/2020-01-01-a-b.markdown": "---\ntitle: 'A &amp; B'\n---\na",
            "films/_posts/20-1-1-my-film.md": "f",
            "_drafts/2020-01-01-draft.md": "d",
            "_site/_posts/2020-01-01-copy.md": "c",
            "about.md": "p",
        },
    )
    assert [(each.id, each.title) for each in sources.read(source)] == [
        ("blog/_posts/2020/2020-01-01-a-b.markdown", "A & B"),
        ("blog/_posts/2020-02-02-b.md", "B"),
        ("blog/films/_posts/20-1-1-my-film.md", "My Film"),
    ]


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("2020-01-01-a.md", "---\ntitle: A\npublished: false\n---\nb", "unpublished"),
        ("2020-01-01-a.md", "---\ntitle: a: b\n---\nb", "broken front matter"),
        ("2020-01-01-a.md", "caf\xe9".encode("latin-1"), "not text"),
        ("2020-01-01-a.html", "<p>b</p>", "HTML, not Markdown"),
        ("about.md", "b", "no date in the file name"),
    ],
)
def test_a_post_that_cannot_be_read_is_dropped_alone(
    tmp_path: Path, file: str, content: str | bytes, reason: str
) -> None:
    source = blog(tmp_path, **{f"_posts/{file}": content, "_posts/2020-01-02-b.md": "b"})
    found = read(source)
    bad = found[f"_posts/{file}"]
    assert isinstance(bad, Dropped)
    assert bad.reason == reason
    assert isinstance(found["_posts/2020-01-02-b.md"], Document)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_post_is_decoded_by_its_mark(tmp_path: Path, encoding: str) -> None:
    data = "---\r\ntitle: Café\r\n---\r\nWörter".encode(encoding)
    (found,) = sources.read(blog(tmp_path, **{"_posts/2020-01-01-a.md": data}))
    assert isinstance(found, Document)
    assert (found.title, found.text) == ("Café", "Wörter")


def test_a_missing_or_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"no folder .*/nowhere") as caught:
        sources.pin((Source(kind="jekyll", path=str(tmp_path / "nowhere")),))
    assert caught.value.fix
    with pytest.raises(StageError, match=r"has no _posts"):
        sources.pin((Source(kind="jekyll", path=str(tmp_path)),))


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


def test_a_row_becomes_a_document_and_one_without_text_does_not() -> None:
    rows: list[dict[str, Any]] = [
        {"title": " A ", "full_text": "a", "url": "https://a"},
        {"title": None, "full_text": None, "url": None},
    ]
    columns = {"title": "title", "text": "full_text", "origin": "url"}
    assert list(hub.documents(rows, columns, "someone/posts")) == [
        Document("someone/posts/0", "A", "a", "https://a", "someone/posts"),
        Dropped("someone/posts/1", "", "someone/posts", "empty"),
    ]


def test_a_dataset_is_read_at_its_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    asked = []

    def load(path: str, **options: str) -> datasets.Dataset:
        asked.append((path, options))
        return datasets.Dataset.from_list([{"title": "A", "full_text": "a", "likes": 3}])

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert sources.pin((POSTS,)) == (POSTS,)
    assert [each.title for each in sources.read(POSTS)] == ["A"]
    assert asked == [("someone/posts", {"revision": "a" * 40, "split": "train"})]


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"text": "ful_text"}, r"no column 'ful_text'. Did you mean full_text\? There are: full_text, title"),
        ({"txt": "full_text"}, r"unknown field 'txt'. Did you mean text\?"),
    ],
)
def test_a_wrong_column_is_answered_with_the_nearest(columns: dict[str, str], complaint: str) -> None:
    with pytest.raises(StageError, match=complaint):
        hub.columns_of(replace(POSTS, columns=columns), ["full_text", "title"])


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

    absent = hub.mishap(POSTS, DatasetNotFoundError("no"))
    assert (str(absent), absent.fix) == (
        "The dataset someone/posts at aaaaaaaaaaaa does not exist, or is not yours to read.",
        "hf auth login",
    )
    away = hub.mishap(POSTS, ConnectionError("Couldn't reach it"))
    assert (str(away), away.fix) == (
        "The dataset someone/posts at aaaaaaaaaaaa cannot be reached: Couldn't reach it.",
        "make rehearse",
    )
    broken = hub.mishap(POSTS, DataFilesNotFoundError("No data files\nmore"))
    assert str(broken) == "The dataset someone/posts at aaaaaaaaaaaa cannot be read: No data files."
