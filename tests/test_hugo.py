"""Folders of Hugo, and of Zola, which are laid out alike."""

from pathlib import Path

import pytest

from tests.blogs import dropped, kept, only, write
from train.prepare import sources
from train.prepare.document import Document

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
