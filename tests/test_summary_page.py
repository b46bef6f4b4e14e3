"""The page of all rehearsed writers: whole, harmless, and the same each time."""

import base64
import re
from dataclasses import replace

import pytest

from tests.test_report_page import HOSTILE, Tree
from train.rehearse.page import Link, Writer, page, rendered
from train.rehearse.promises import Asked, Point

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path id="line"/></svg>'
SPACE = Link("rehearsal/writers", "http://127.0.0.1:8765/spaces/rehearsal/writers")
KITES = Writer(
    name="blog",
    title="Title to blog post",
    version="v0.1.0",
    promise="a structured post within the word limit",
    gate="14 of 14 checks passed",
    is_open=True,
    judged="50 texts asked for, 50 unseen texts read",
    points=(
        Point("whole posts", "0.0%", "98.0%", "94.0 to 100.0", holds=True),
        Point("too long", "4.0%", "9.0%", "", holds=False),
    ),
    asked=(
        Asked("On kites", 80, "# On kites\n\nThey *fly*.\n\n## Wind\n\n- a hill\n- a beach"),
        Asked("On tea", 80, "Pour it."),
    ),
    loss=SVG,
    base="rehearsal/tiny-llama",
    links=(Link("the whole report", "blog/evidence/report.html"),),
    flaws=("too long: 4.0% → 9.0%",),
)
TEA = replace(KITES, name="news", title="Headline to news text")


def test_it_shows_of_every_writer_what_it_promised_its_figures_and_a_text() -> None:
    tree = Tree(page([KITES, TEA], SPACE))
    assert tree.flaws == []
    assert tree.open == []
    for word in (
        *("2 writers", "Title to blog post", "Headline to news text", "a structured post", "14 of 14"),
        *(
            "0.0%",
            "98.0%",
            "94.0 to 100.0",
            "not kept",
            "Not as promised",
            "On kites",
            "They ",
            "fly",
            "Pour it.",
        ),
    ):
        assert word in tree.words
    links = {each["href"] for each in tree.of("a")}
    assert {"#blog", "#news", SPACE.address, "blog/evidence/report.html"} <= links


def test_it_is_the_same_each_time_and_asks_nobody_for_anything() -> None:
    text = page([KITES, TEA], SPACE)
    assert text == page([KITES, TEA], SPACE)
    tree = Tree(text)
    fetched = [each.get("src") for tag in ("img", "script", "iframe", "link") for each in tree.of(tag)]
    assert all(str(each).startswith("data:") for each in fetched)
    assert not re.search(r"url\(|@import", text)


def test_a_picture_is_on_the_page_as_it_was_drawn() -> None:
    drawn = Tree(page([KITES], SPACE)).of("img")[0]["src"]
    assert base64.b64decode(str(drawn).partition(",")[2]).decode() == SVG


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        pytest.param(
            "# A\n\nb *c*", "<h4>A</h4>\n<p>b <em>c</em></p>\n", id="its title is below its writer's"
        ),
        pytest.param("#### Deep", "<h6>Deep</h6>\n", id="no level below the last"),
        pytest.param("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n", id="tags are words"),
        pytest.param(
            "![x](http://a.example/x.png)", '<p>!<a href="http://a.example/x.png">x</a></p>\n', id="no image"
        ),
        pytest.param("[x](javascript:alert)", "<p>[x](javascript:alert)</p>\n", id="no script behind a link"),
    ],
)
def test_a_text_is_shown_as_markdown_and_never_as_html(markdown: str, html: str) -> None:
    assert rendered(markdown) == html


def test_hostile_words_stay_words() -> None:
    asked = (Asked(HOSTILE, None, HOSTILE),)
    hostile = replace(KITES, title=HOSTILE, promise=HOSTILE, judged=HOSTILE, asked=asked)
    tree = Tree(page([hostile], SPACE))
    assert tree.flaws == []
    assert tree.of("script") == []
    assert [each for each in tree.of("img") if not str(each["src"]).startswith("data:")] == []
    assert len(tree.of("style")) == 1
