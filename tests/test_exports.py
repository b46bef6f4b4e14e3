from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest

from tests.exports import POST, POSTS, SUBSTACK, ghost, item, packed, put, read, story, wxr
from train.errors import StageError
from train.prepare import sources
from train.prepare.document import Document
from train.prepare.rules.html import from_html
from train.prepare.sources.archive import Archive
from train.sections import Source


@pytest.mark.parametrize("zipped", [True, False])
def test_a_substack_export_gives_what_everyone_could_read(tmp_path: Path, zipped: bool) -> None:
    place = packed(tmp_path / "x.zip", SUBSTACK) if zipped else put(tmp_path, SUBSTACK)
    (found,), dropped = read("substack", place)
    assert (found.id, found.title, found.date) == (
        "blog/posts/1.sowing.html",
        "Sowing & reaping",
        "2022-05-06",
    )
    assert from_html(found.text) == "On patience\n\nWords."
    assert {each: dropped[each].reason for each in dropped} == {
        "blog/email_list.garden.csv": "subscriber list, never read",
        "blog/posts/1.delivers.csv": "subscriber list, never read",
        "blog/posts/2.draft.html": "unpublished",
        "blog/posts/3.paid.html": "for subscribers only",
        "blog/posts/4.talk.html": "thread, not taken",
        "blog/posts/5.lost": "missing from the export",
        "blog/posts/6.stray.html": "not in posts.csv",
    }


def test_a_subscriber_list_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, open_member = set(), Archive.open

    def remembering(export: Archive, name: str) -> IO[bytes]:
        opened.add(name)
        return open_member(export, name)

    monkeypatch.setattr(Archive, "open", remembering)
    read("substack", packed(tmp_path / "x.zip", SUBSTACK))
    assert opened == {"posts.csv", "posts/1.sowing.html"}


def test_paid_posts_are_taken_if_the_recipe_says_so(tmp_path: Path) -> None:
    found, _ = read("substack", put(tmp_path, SUBSTACK), "newsletter", "only_paid")
    assert [each.title for each in found] == ["Sowing & reaping", "Paid"]


def test_a_medium_story_has_its_title_and_subtitle_once(tmp_path: Path) -> None:
    files = {"posts/2019-08-07_Sowing-1.html": story(), "profile/profile.html": "<p>hedda@example.org</p>"}
    (found,), _ = read("medium", packed(tmp_path / "export.zip", files))
    assert (found.id, found.title) == ("blog/posts/2019-08-07_Sowing-1.html", "Sowing")
    assert (found.author, found.date, found.origin) == (
        "Hedda Lund",
        "2019-08-07",
        "https://medium.com/@h/sowing-1",
    )
    assert from_html(found.text) == "On patience\n\nWords."


def test_a_summary_medium_made_of_the_first_words_is_not_repeated(tmp_path: Path) -> None:
    body = '<h3 class="graf graf--title">Sowing</h3><p class="graf">Words that go on and on.</p>'
    for summary in ("Words that go on…", "Words that go on and on."):
        (found,), _ = read("medium", put(tmp_path, {"posts/a.html": story(body, subtitle=summary)}))
        assert from_html(found.text) == "Words that go on and on."


def test_drafts_and_answers_are_dropped_unless_taken(tmp_path: Path) -> None:
    answer = story(
        '<p class="graf graf--leading">What a fine text, thank you.</p>', "What a fine text, thank…", ""
    )
    place = put(tmp_path, {"posts/b.html": answer, "posts/draft_a.html": story(), "posts/c.html": story()})
    found, dropped = read("medium", place)
    assert [each.id for each in found] == ["blog/posts/c.html"]
    assert dropped["blog/posts/b.html"].reason == "answer to somebody's story"
    assert dropped["blog/posts/draft_a.html"].reason == "draft"
    assert len(read("medium", place, "post", "draft", "response")[0]) == 3


def test_a_short_story_with_tags_is_no_answer(tmp_path: Path) -> None:
    tagged = story("<p>Words.</p>", "Sowing", "", '<p class="p-tags"><a class="p-tag">Garden</a></p>')
    assert len(read("medium", put(tmp_path, {"posts/a.html": tagged}))[0]) == 1


# All of them

PAGE = "<!DOCTYPE html><html><body>Please log in</body></html>"
EXPORTS = {
    "wordpress": ("garden.xml", wxr(item("a"))),
    "ghost": ("garden.json", ghost(POST)),
    "substack": ("posts.csv", POSTS),
    "medium": ("posts/a.html", story()),
}


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize(
    ("name", "text", "seen"),
    [
        pytest.param("export.xml", PAGE, "a web page", id="a page of a login, as XML"),
        pytest.param("export.json", PAGE, "a web page", id="a page of a login, as JSON"),
        pytest.param("export.json", "", "is empty", id="nothing, as JSON"),
        pytest.param("export.xml", "", "is empty", id="nothing, as XML"),
        pytest.param("note.txt", "hello", "it holds note.txt", id="something else"),
    ],
)
def test_what_is_no_export_is_named_in_one_line(
    tmp_path: Path, kind: str, name: str, text: str, seen: str
) -> None:
    with pytest.raises(StageError) as error:
        read(kind, put(tmp_path, {name: text}))
    assert seen in str(error.value)
    assert error.value.fix
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("other", EXPORTS)
def test_an_export_of_another_kind_is_called_by_its_name(tmp_path: Path, kind: str, other: str) -> None:
    place = put(tmp_path, dict([EXPORTS[other]]))
    if kind == other:
        read(kind, place)
    else:
        with pytest.raises(StageError) as error:
            read(kind, place)
        assert error.value.fix == f"set kind: {other}, in the recipe"


@pytest.mark.parametrize("kind", EXPORTS)
def test_an_export_that_is_missing_is_named(tmp_path: Path, kind: str) -> None:
    with pytest.raises(StageError, match="There is no file or folder"):
        read(kind, tmp_path / "nowhere.zip")


@pytest.mark.parametrize("kind", [kind for kind in EXPORTS if kind != "wordpress"])
def test_an_unknown_kind_of_document_is_an_error_with_the_nearest(tmp_path: Path, kind: str) -> None:
    with pytest.raises(StageError, match="Did you mean draft"):
        read(kind, put(tmp_path, dict([EXPORTS[kind]])), "drafts")


def test_a_ghost_export_that_breaks_off_says_so(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="breaks off or is damaged"):
        read("ghost", put(tmp_path, {"g.json": ghost(POST)[:-40]}))


def test_limits_and_licences_of_the_recipe_hold_for_exports_too(tmp_path: Path) -> None:
    place = put(tmp_path, {"x.xml": wxr(item("a"), item("b"))})
    (source,) = sources.pin((Source("wordpress", str(place), name="blog", limit=1, license="cc-by-4.0"),))
    (found,) = sources.read(replace(source, private=True))
    assert isinstance(found, Document)
    assert (found.license, found.private) == ("cc-by-4.0", True)
