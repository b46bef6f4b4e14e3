import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from train.errors import StageError
from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.prepare.sources.decode import LARGEST_BYTES
from train.sections import Source

POST = "_posts/2020-01-01-a-walk.md"


def write(folder: Path, files: dict[str, str | bytes], kind: str = "jekyll") -> Source:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Source(kind=kind, path=str(folder), name="blog")  # type: ignore[arg-type]


def read(source: Source) -> dict[str, Document | Dropped]:
    return {each.id.removeprefix("blog/"): each for each in sources.read(source)}


def kept(source: Source) -> list[str]:
    return [origin for origin, each in read(source).items() if isinstance(each, Document)]


def dropped(source: Source) -> dict[str, str]:
    return {origin: each.reason for origin, each in read(source).items() if isinstance(each, Dropped)}


def only(source: Source) -> Document:
    (found,) = (each for each in sources.read(source) if isinstance(each, Document))
    return found


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


HUGO: dict[str, str | bytes] = {
    "hugo.toml": "defaultContentLanguage = 'en'\n[languages.en]\n[languages.fr]\n",
    "content/_index.md": "+++\n+++\nWelcome.",
    "content/about.md": "---\ntitle: About\n---\nc",
    "content/posts/_index.md": "---\ntitle: Posts\n---\n",
    "content/posts/one/index.md": "+++\ntitle = 'One'\ndate = 2020-01-02T10:00:00Z\nauthor = 'Ada'\n+++\na",
    "content/posts/one/index.fr.md": "---\ntitle: Un\n---\nb",
    "content/posts/node.js.md": '{"title": "Node", "date": "2020-02-02"}\n\nc',
    "content/posts/draft.md": "---\ndraft: true\n---\nd",
    "content/posts/over.md": "---\nexpiryDate: 2001-01-01\n---\ne",
    "content/posts/soon.md": "---\ndate: 2020-01-01\npublishDate: 2999-01-01\n---\nf",
    "content/posts/g.org": "#+TITLE: G\n\ng",
    "content/drafts/h.md": "h",
    "content/_common/note.md": "i",
    "themes/x/content/posts/i.md": "i",
}


def test_a_hugo_folder_gives_its_posts(tmp_path: Path) -> None:
    source = write(tmp_path, HUGO)
    found = [each for each in sources.read(source) if isinstance(each, Document)]
    assert [(each.title, each.date, each.language, each.author) for each in found] == [
        ("Node", "2020-02-02", "", ""),
        ("Un", "", "fr", ""),
        ("One", "2020-01-02", "", "Ada"),
    ]
    assert dropped(source) == {
        "content/_common/note.md": "a page",
        "content/_index.md": "a page",
        "content/about.md": "a page",
        "content/drafts/h.md": "a draft",
        "content/posts/_index.md": "a page",
        "content/posts/draft.md": "a draft",
        "content/posts/g.org": "Org, not Markdown",
        "content/posts/over.md": "expired",
        "content/posts/soon.md": "not yet published",
    }


@pytest.mark.parametrize(
    ("config", "posts"),
    [
        ("", ["content/notes/b.md", "content/posts/a.md"]),
        ("[params]\nmainSections = ['posts']", ["content/posts/a.md"]),
    ],
)
def test_a_hugo_folder_may_say_which_sections_are_posts(
    tmp_path: Path, config: str, posts: list[str]
) -> None:
    files = {"config.toml": config, "content/posts/a.md": "a", "content/notes/b.md": "b"}
    assert kept(write(tmp_path, {**files})) == posts


def test_a_blog_may_lie_at_the_top_of_its_content(tmp_path: Path) -> None:
    pages: dict[str, str | bytes] = {f"content/walk-{number:02}.md": "+++\n+++\nUp." for number in range(20)}
    assert len(kept(write(tmp_path, {**pages, "content/notes/a.md": "a"}))) == 21


def test_a_zola_folder_has_days_in_names(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "config.toml": "base_url = '/'",
        "content/blog/2020-01-02-a-walk.md": "+++\n+++\na",
    }
    found = only(write(tmp_path, files))
    assert (found.title, found.date) == ("A Walk", "2020-01-02")


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


def test_a_name_that_is_no_utf_8_shows_its_bytes(tmp_path: Path) -> None:
    source = write(tmp_path, {POST: "a"})
    (tmp_path / "_posts" / os.fsdecode(b"2020-01-02-caf\xe9.md")).write_text("b")
    assert kept(source) == [POST, "_posts/2020-01-02-caf\\udce9.md"]
    assert sources.pin((source,))[0].revision
