import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.prepare.copies.paragraphs import may_go, paragraphs, without

FENCE = "```py\none\n\n# two\n\nthree\n```"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("One.\n\nTwo.", 2, id="blank lines part"),
        pytest.param(f"One.\n\n{FENCE}\n\nTwo.", 3, id="a fence is never cut"),
        pytest.param("~~~\none\n\n```\n\n~~~\n\nTwo.", 2, id="nor by another mark inside it"),
        pytest.param("````\n```\n\n```\n\n````\n\nTwo.", 2, id="nor by a shorter one"),
        pytest.param("- One.\n\n  Still one.\n\n- Two.", 2, id="what is indented belongs to its item"),
        pytest.param("- ```\n  a\n\n  b\n  ```\n\nTwo.", 2, id="a fence in an item"),
        pytest.param("```never closed\n\nTwo.", 1, id="an open fence runs to the end"),
        pytest.param("``` `inline` ```\n\nTwo.", 2, id="inline code is no fence"),
        pytest.param("> One.\n>\n> Still one.\n\nTwo.", 2, id="a quote is one"),
    ],
)
def test_paragraphs(text: str, number: int) -> None:
    assert len(paragraphs(text)) == number
    assert "\n\n".join(paragraphs(text)) == text


@given(st.text(alphabet="a#`~ \n->"))
def test_nothing_is_lost_by_parting(text: str) -> None:
    assert "\n\n".join(paragraphs(text)) == text
    assert without(text, ()) == text


@pytest.mark.parametrize(
    ("text", "gone", "left"),
    [
        pytest.param("# T\n\nA\n\nB", {1}, "# T\n\nB", id="one paragraph"),
        pytest.param("# T\n\nA\n\n## S\n\nB", {3}, "# T\n\nA", id="its heading goes too"),
        pytest.param("# T\n\nA\n\n## S\n\nB\n\nC", {3}, "# T\n\nA\n\n## S\n\nC", id="not if more is below"),
        pytest.param(
            "# T\n\n## S\n\n### U\n\nB\n\n## V\n\nC",
            {3},
            "# T\n\n## V\n\nC",
            id="and those above that have no more",
        ),
        pytest.param(
            "# T\n\n## S\n\n### U\n\nB\n\n### W\n\nC", {3}, "# T\n\n## S\n\n### W\n\nC", id="but all"
        ),
        pytest.param("# T\n\nA\n\n## S\n\n## V\n\nB", {1}, "# T\n\n## S\n\n## V\n\nB", id="empty before"),
        pytest.param("# T\n\nA", {1}, "# T", id="the title stays"),
        pytest.param(f"A\n\n{FENCE}\n\nB", {1}, "A\n\nB", id="code goes whole"),
    ],
)
def test_without(text: str, gone: set[int], left: str) -> None:
    assert without(text, gone) == left


@pytest.mark.parametrize("needed", ["# A heading", "[^1]: A note.", "[home]: https://blog.example"])
def test_what_a_text_needs_may_not_go(needed: str) -> None:
    assert not may_go(needed)
    assert may_go("A paragraph, with [a link](https://blog.example).")
