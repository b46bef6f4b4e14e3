import json
from pathlib import Path

import pytest

from tests.exports import (
    POST,
    ghost,
    put,
    read,
)
from train.prepare.rules.html import from_html


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_ghost_post_comes_with_its_author_and_date(tmp_path: Path, wrapped: bool) -> None:
    (found,), _ = read("ghost", put(tmp_path, {"ghost.json": ghost(POST, wrapped=wrapped)}))
    assert (found.id, found.title, found.author) == ("blog/posts/sowing", "Sowing & reaping", "Hedda Lund")
    assert (found.date, found.markup, from_html(found.text)) == ("2021-04-05", "html", "Words.")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param({"status": "draft"}, "unpublished", id="a draft"),
        pytest.param({"status": "scheduled"}, "scheduled, not published", id="a post for later"),
        pytest.param({"visibility": "members"}, "for members only", id="a post for members"),
        pytest.param({"visibility": "paid"}, "for paid only", id="a post that is paid for"),
        pytest.param({"type": "page"}, "page, not taken", id="a page"),
        pytest.param({"html": ""}, "empty", id="a post without words"),
    ],
)
def test_what_a_ghost_site_does_not_show_is_dropped(
    tmp_path: Path, values: dict[str, str], reason: str
) -> None:
    found, dropped = read("ghost", put(tmp_path, {"ghost.json": ghost(POST | values)}))
    assert not found
    assert [each.reason for each in dropped.values()] == [reason]


LEXICAL = {
    "root": {
        "children": [
            {"type": "heading", "tag": "h2", "children": [{"type": "text", "text": "Soil", "format": 0}]},
            {
                "type": "paragraph",
                "children": [
                    {"type": "text", "text": "Good ", "format": 0},
                    {"type": "text", "text": "loam", "format": 1},
                ],
            },
            {"type": "codeblock", "language": "py", "code": "a < b\n  c"},
            {"type": "image", "src": "a.png", "caption": "A spade"},
            {
                "type": "list",
                "tag": "ul",
                "children": [{"type": "listitem", "children": [{"type": "text", "text": "x"}]}],
            },
        ]
    }
}
MOBILEDOC = {
    "markups": [["strong"], ["a", ["href", "https://a.example"]]],
    "atoms": [["soft-return", "", {}]],
    "cards": [["code", {"language": "py", "code": "a < b\n  c"}], ["markdown", {"markdown": "## More"}]],
    "sections": [
        [1, "h2", [[0, [], 0, "Soil"]]],
        [1, "p", [[0, [], 0, "Good "], [0, [0], 1, "loam"], [1, [], 0, 0], [0, [1], 1, "here"]]],
        [10, 0],
        [3, "ul", [[[0, [], 0, "x"]]]],
        [10, 1],
    ],
}


def test_a_ghost_post_without_html_is_made_from_what_the_editor_stored(tmp_path: Path) -> None:
    code = "```py\na < b\n  c\n```"
    posts = (
        POST | {"html": "", "lexical": json.dumps(LEXICAL)},
        POST | {"html": "", "slug": "b", "mobiledoc": json.dumps(MOBILEDOC)},
    )
    one, other = (from_html(each.text) for each in read("ghost", put(tmp_path, {"g.json": ghost(*posts)}))[0])
    assert one == f"## Soil\n\nGood **loam**\n\n{code}\n\nA spade\n\n- x"
    assert other == f"## Soil\n\nGood **loam**  \n[here](https://a.example)\n\n{code}\n\n- x\n\n## More"
