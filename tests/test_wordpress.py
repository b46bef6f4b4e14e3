from pathlib import Path

import pytest

from tests.exports import COMMENT, item, put, read, wxr
from train.errors import StageError
from train.prepare.rules.html import from_html
from train.prepare.sources.wordpress_body import to_html


def test_a_wordpress_post_comes_with_its_author_date_and_link(tmp_path: Path) -> None:
    text = wxr(item("sowing", title="Sowing &amp;amp; reaping", text="First line\nsecond\n\nNext."))
    (found,), _ = read("wordpress", put(tmp_path, {"garden.xml": text}) / "garden.xml")
    assert (found.id, found.title, found.author) == ("blog/sowing", "Sowing & reaping", "Hedda Lund")
    assert (found.date, found.origin) == ("2020-03-02", "https://garden.example/sowing/")
    assert (found.kind, found.language, found.markup) == ("post", "en-GB", "html")
    assert from_html(found.text) == "First line  \nsecond\n\nNext."


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param({"status": "draft"}, "unpublished", id="a draft"),
        pytest.param({"status": "private"}, "private, not published", id="a private post"),
        pytest.param({"status": "pending"}, "pending, not published", id="a post to be reviewed"),
        pytest.param({"status": "trash"}, "trash, not published", id="a post in the bin"),
        pytest.param({"password": "sesame"}, "behind a password", id="a post with a password"),
        pytest.param({"type": "page"}, "page, not taken", id="a page"),
        pytest.param({"text": " "}, "empty", id="a post without words"),
    ],
)
def test_what_a_wordpress_site_does_not_show_is_dropped(
    tmp_path: Path, values: dict[str, str], reason: str
) -> None:
    found, dropped = read("wordpress", put(tmp_path, {"x.xml": wxr(item("sowing", **values), item("other"))}))
    assert [each.id for each in found] == ["blog/other"]
    assert dropped["blog/sowing"].reason == reason


def test_pages_and_drafts_are_taken_if_the_recipe_says_so(tmp_path: Path) -> None:
    place = put(tmp_path, {"x.xml": wxr(item("a", type="page"), item("b", status="draft"), item("c"))})
    assert [each.id for each in read("wordpress", place, "page", "post", "draft")[0]] == [
        "blog/a",
        "blog/b",
        "blog/c",
    ]


def test_readers_comments_are_counted_once_and_never_read(tmp_path: Path) -> None:
    text = wxr(item("a", more=COMMENT * 2), item("b", more=COMMENT), item("c", type="attachment"))
    found, dropped = read("wordpress", put(tmp_path, {"x.xml": text}))
    assert not any("Lovely" in each.text or "example.org" in each.text for each in found)
    assert dropped["blog/comments"].detail.startswith("3 comments")
    assert dropped["blog/attachment"].reason == "not a text"


def test_a_prefix_that_the_head_forgets_to_declare_costs_no_post(tmp_path: Path) -> None:
    text = wxr(item("a", more="<weather:sky>clear</weather:sky>"), item("b"))
    found, _ = read("wordpress", put(tmp_path, {"x.xml": text}))
    assert [each.id for each in found] == ["blog/a", "blog/b"]
    assert not any("clear" in each.text for each in found)


def test_a_file_with_loose_ampersands_and_control_characters_is_read(tmp_path: Path) -> None:
    text = wxr(item("a", title="Tea &nbsp;& \x0bscones", text="A ]]&gt; \x02 & <b>b</b>"))
    (found,), _ = read("wordpress", put(tmp_path, {"x.xml": text}))
    assert found.title == "Tea & scones"


@pytest.mark.parametrize(
    "head",
    [
        pytest.param('<!DOCTYPE a [<!ENTITY b "boom"><!ENTITY c "&b;&b;">]>', id="entities in entities"),
        pytest.param('<!DOCTYPE a SYSTEM "file:///etc/passwd">', id="a file from outside"),
    ],
)
def test_a_document_type_is_refused(tmp_path: Path, head: str) -> None:
    with pytest.raises(StageError, match="declares a document type"):
        read("wordpress", put(tmp_path, {"x.xml": wxr(item("a"), head=head)}))


def test_an_export_that_breaks_off_in_its_first_item_is_damaged_and_not_of_another_kind(
    tmp_path: Path,
) -> None:
    with pytest.raises(StageError, match="breaks off, is damaged"):
        read("wordpress", put(tmp_path, {"x.xml": wxr(item("a"))[:700]}))


def test_fields_of_strangers_in_an_export_are_not_taken_for_its_own(tmp_path: Path) -> None:
    strange = '<item xmlns:x="http://example.com/x"><x:status>publish</x:status><x:title>Fake</x:title>'
    text = wxr(item("a", status="draft").replace("<item>", strange))
    assert not read("wordpress", put(tmp_path, {"x.xml": text}))[0]


def test_a_truncated_export_says_where(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="breaks off or is damaged after 2 items"):
        read("wordpress", put(tmp_path, {"x.xml": wxr(item("a"), item("b"), item("c"))[:-300]}))


@pytest.mark.parametrize(
    ("body", "markdown"),
    [
        pytest.param("One\ntwo\n\nthree", "One  \ntwo\n\nthree", id="free lines are breaks and paragraphs"),
        pytest.param(
            "<!-- wp:paragraph -->\n<p>One</p>\n<!-- /wp:paragraph -->", "One", id="the block editor's"
        ),
        pytest.param("One\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nTwo", "One\n\n- a\n- b\n\nTwo", id="lists"),
        pytest.param("<blockquote>One\n\nTwo</blockquote>", "> One\n>\n> Two", id="quotations"),
        pytest.param("A\n<pre>x\n\n  y</pre>\nB", "A\n\n```\nx\n\n  y\n```\n\nB", id="code"),
        pytest.param(
            '[code lang="js"]if (a < b) {\n\n  c }[/code]', "```js\nif (a < b) {\n\n  c }\n```", id="[code]"
        ),
        pytest.param("[python]a &lt; b[/python]", "```python\na < b\n```", id="[python]"),
        pytest.param('Hi [gallery ids="1,2"] there', "Hi there", id="a gallery goes"),
        pytest.param('[box color="red"]Words[/box]', "Words", id="what an unknown shortcode encloses stays"),
        pytest.param(
            "He said [sic] it was [1] so.", "He said [sic] it was [1] so.", id="brackets in prose stay"
        ),
        pytest.param("[[gallery]] makes one", "[gallery] makes one", id="an escaped shortcode is words"),
        pytest.param(
            '[caption id="a" width="3"]<img src="a.png" alt="x" /> A robin[/caption]',
            "![x](a.png)\n\nA robin",
            id="a caption",
        ),
        pytest.param(
            '[caption caption="A wren"]<img src="a.png">[/caption]',
            "![](a.png)\n\nA wren",
            id="an old caption",
        ),
        pytest.param("[embed]https://video.example/1[/embed]Words", "Words", id="an embed goes"),
        pytest.param('[contact-form-7 id="3" title="Write"]', "", id="a form goes"),
    ],
)
def test_a_wordpress_body_becomes_what_its_site_shows(body: str, markdown: str) -> None:
    assert from_html(to_html(body)) == markdown
