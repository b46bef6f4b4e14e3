from dataclasses import replace
from pathlib import Path

import pytest

from tests.blogs import POST, dropped, kept, only, read, write
from train.errors import StageError
from train.prepare import sources
from train.prepare.document import Document
from train.prepare.sources.decode import LARGEST_BYTES


def test_posts_are_read_in_the_order_of_their_paths(tmp_path: Path) -> None:
    source = write(
        tmp_path,
        {
            "_posts/2020-02-02-b.md": "b",
            "_posts/2020/2020-01-01-a-b.markdown": "---\ntitle: 'A &amp; B'\n---\na",
            "films/_posts/20-1-1-my-film.md": "f",
            "_site/_posts/2020-01-01-copy.md": "c",
            "node_modules/x/_posts/2020-01-01-x.md": "x",
        },
    )
    assert [(each.id, each.title) for each in sources.read(source)] == [
        ("blog/_posts/2020/2020-01-01-a-b.markdown", "A & B"),
        ("blog/_posts/2020-02-02-b.md", "B"),
        ("blog/films/_posts/20-1-1-my-film.md", "My Film"),
    ]


def test_a_document_says_what_its_post_says(tmp_path: Path) -> None:
    head = "---\ntitle: A Walk\nauthor: {name: Ada}\ndate: 2020-03-04 10:00\nlang: en-GB\nlicense: MIT\n---\n"
    assert only(write(tmp_path, {POST: f"{head}Uphill."})) == Document(
        id=f"blog/{POST}",
        title="A Walk",
        text="Uphill.",
        origin=POST,
        source="blog",
        date="2020-03-04",
        author="Ada",
        language="en-GB",
        license="MIT",
        head=head,
    )


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        (POST, "---\npublished: false\n---\nb", "unpublished"),
        (POST, "---\ntitle: a: b\npublished: false\n---\nb", "unpublished"),
        (POST, "---\ndraft: true\n---\nb", "a draft"),
        (POST, "---\nredirect_to: /b\n---\n", "redirect"),
        (POST, '<meta http-equiv="refresh" content="0; url=/b">', "redirect"),
        (POST, "---\nx: a: b\n---\nb", "broken front matter"),
        (POST, b"a\0b", "not text"),
        (POST, b"a" * (LARGEST_BYTES + 1), "too large"),
        (POST, "{% for post in site.posts %}{{ post.title }}{% endfor %}", "no prose"),
        (POST, "---\npermalink: /llms.txt\n---\nb", "not a post"),
        (POST, "---\nx: a: b\npublished: false # until May\n---\nb", "unpublished"),
        ("_posts/2020-01-01-a.textile", "h1. A", "Textile, not Markdown"),
        ("_posts/2020-01-01-a.txt", "A", "plain text, not Markdown"),
        ("_posts/about.md", "b", "no date in the file name"),
        ("_posts/README.md", "b", "not a post"),
        ("_posts/2999-01-01-a.md", "b", "not yet published"),
        ("_drafts/a.md", "b", "a draft"),
        ("about.md", "---\n---\nb", "a page"),
        ("404.md", "---\n---\nb", "not a post"),
        ("CLAUDE.md", "Write tests.", "not a post"),
        (".claude/notes.md", "Write tests.", None),
    ],
)
def test_what_is_no_post_is_dropped_alone(
    tmp_path: Path, file: str, content: str | bytes, reason: str | None
) -> None:
    source = write(tmp_path, {file: content, "_posts/2020-01-02-b.md": "b"})
    assert dropped(source) == ({file: reason} if reason else {})
    assert kept(source) == ["_posts/2020-01-02-b.md"]


@pytest.mark.parametrize(
    ("config", "files"),
    [
        pytest.param("exclude: [old, '*-x.md']", ["_posts/2020-01-01-a.md"], id="excluded"),
        pytest.param("include: [_old]", ["_old/_posts/2020-01-01-c.md"], id="included"),
        pytest.param("source: old", ["_posts/2020-01-01-b.md"], id="a folder of its own"),
        pytest.param("unpublished: true", ["_posts/2020-01-01-u.md"], id="unpublished ones shown"),
        pytest.param("future: true", ["_posts/2999-01-01-f.md"], id="future ones shown"),
        pytest.param("show_drafts: true", ["_drafts/d.md"], id="drafts shown"),
        pytest.param(
            "defaults: [{scope: {path: '', type: posts}, values: {published: false}}]",
            [],
            id="all unpublished by default",
        ),
    ],
)
def test_the_site_decides_what_is_published(tmp_path: Path, config: str, files: list[str]) -> None:
    posts = {
        "_posts/2020-01-01-a.md": "a",
        "_posts/2020-01-01-x.md": "x",
        "_posts/2020-01-01-u.md": "---\npublished: false\n---\nu",
        "_posts/2999-01-01-f.md": "f",
        "old/_posts/2020-01-01-b.md": "b",
        "_old/_posts/2020-01-01-c.md": "c",
        "_drafts/d.md": "d",
    }
    usual = {"_posts/2020-01-01-a.md", "_posts/2020-01-01-x.md", "old/_posts/2020-01-01-b.md"}
    shown = set(kept(write(tmp_path, {**posts, "_config.yml": config})))
    if "exclude" in config or "source" in config:
        assert shown == set(files)
    elif "defaults" in config:
        assert shown == set()
    else:
        assert shown == usual | set(files)


def test_the_most_fitting_default_is_taken(tmp_path: Path) -> None:
    config = """
author: {name: The Site}
defaults:
- {scope: {path: films, type: posts}, values: {author: Bo, lang: da}}
- {scope: {path: '', type: posts}, values: {author: Ada}}
- {scope: {path: '', type: pages}, values: {author: Cy}}
"""
    own = "---\nauthor: Di\n---\nc"
    files = {
        "_posts/2020-01-01-a.md": "a",
        "films/_posts/2020-01-01-b.md": "b",
        "_posts/2020-01-01-c.md": own,
    }
    found = read(write(tmp_path, {**files, "_config.yml": config})).values()
    assert [(each.author, each.language) for each in found if isinstance(each, Document)] == [
        ("Ada", ""),
        ("Di", ""),
        ("Bo", "da"),
    ]


def test_pages_drafts_and_collections_are_taken_on_request(tmp_path: Path) -> None:
    source = write(
        tmp_path,
        {
            "_config.yml": "collections: {recipes: {output: true}}",
            POST: "a",
            "_drafts/b.md": "b",
            "about.md": "---\ntitle: About\n---\nc",
            "index.html": "<p>handed out as it is</p>",
            "_recipes/soup.md": "---\n---\nd",
            "_other/soup.md": "e",
        },
    )
    everything = replace(source, take=("draft", "page", "recipes"))
    found = [each for each in sources.read(everything) if isinstance(each, Document)]
    assert [(each.kind, each.title) for each in found] == [
        ("draft", "B"),
        ("recipes", "Soup"),
        ("page", "About"),
    ]


def test_the_site_says_how_its_bytes_are_to_be_read(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "_config.yml": "encoding: koi8-r",
        POST: "Прогулка в горы".encode("koi8-r"),
    }
    assert only(write(tmp_path, files)).text == "Прогулка в горы"


def test_an_html_post_is_html(tmp_path: Path) -> None:
    found = only(write(tmp_path, {"_posts/2020-01-01-a.html": "<h1>Up &amp; Down</h1><p>b</p>"}))
    assert (found.title, found.markup) == ("Up & Down", "html")


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({}, "has no post to read; it was taken for what its _posts says"),
        ({"_drafts/a.md": "a"}, "has no post to read"),
        ({"_config.yml": "a: [", POST: "a"}, "_config.yml cannot be read: line"),
        ({"hugo.toml": "a = ", "content/a/b.md": "a"}, "hugo.toml cannot be read"),
    ],
)
def test_a_folder_without_posts_is_one_clear_line(
    tmp_path: Path, files: dict[str, str | bytes], complaint: str
) -> None:
    with pytest.raises(StageError, match=complaint) as caught:
        sources.pin((write(tmp_path, files),))
    assert caught.value.fix


def test_a_misspelt_kind_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"Did you mean draft\?"):
        sources.pin((replace(write(tmp_path, {"_drafts/a.md": "a"}), take=("drafts",)),))
