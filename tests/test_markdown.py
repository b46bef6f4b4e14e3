import pytest

from cards.markdown import code, fence, inline, opening, wrapped


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain, with (brackets) and 1.5 %", "plain, with (brackets) and 1.5 %"),
        ("a_b *c* `d`", r"a\_b \*c\* \`d\`"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("- not a list", r"\- not a list"),
        ("two\nlines", "two lines"),
    ],
)
def test_text_is_escaped_only_where_markdown_would_act(text: str, escaped: str) -> None:
    assert inline(text) == escaped


def test_code_and_fences_are_longer_than_any_run_inside() -> None:
    assert code("a``b") == "```a``b```"
    assert fence("````\nx").startswith("`````\n")
    assert code("`") == "`` ` ``"


def test_an_opening_keeps_lines_and_shows_where_it_was_cut() -> None:
    assert opening("# a\n\nb c d", 3) == "# a\n\nb …"
    assert opening("a b", 2) == "a b"


def test_wrapping_breaks_long_lines_between_words_and_keeps_blank_ones() -> None:
    assert wrapped("one two three\n\nfour", 8) == "one two\nthree\n\nfour"
