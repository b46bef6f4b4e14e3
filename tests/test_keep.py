import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.prepare.document import Document
from train.prepare.keep import measures, reason_to_drop
from train.prepare.outline import Section, outline
from train.prepare.words import count
from train.sections import Keep

WHOLE = "# T\n\nAn introduction.\n\n## One\n\nFirst words.\n\n## Two\n\n### Deeper\n\nLast words here."


def post(text: str, title: str = "T") -> Document:
    return Document("blog/1", title, text, "1.md", "blog")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one two", 2),
        ("# One - two\n\n---\n", 2),
        ("it's 3.5 well-known", 3),
        ("café 漢字 ...", 2),
        ("| a | b |", 2),
    ],
)
def test_a_word_holds_a_letter_or_a_digit(text: str, words: int) -> None:
    assert count(text) == words


def test_an_outline_names_title_introduction_and_sections() -> None:
    found = outline(WHOLE)
    assert (found.title, found.titles, found.introduction) == ("T", ("T",), 2)
    assert found.sections == (Section("One", 2), Section("Two", 4))
    assert found.fences_closed


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param("no title", (), id="none"),
        pytest.param("# A\n\n# B", ("A", "B"), id="two"),
        pytest.param("# Use `x` *now* #", ("Use `x` *now*",), id="marks stay, closing hashes do not"),
        pytest.param("A\n===", ("A",), id="underlined"),
        pytest.param("#A\n\n> # B\n\n- # C\n\n```\n# D\n```", (), id="elsewhere it is none"),
    ],
)
def test_titles_are_the_headings_of_the_first_level(text: str, titles: tuple[str, ...]) -> None:
    assert outline(text).titles == titles
    assert outline(text).title == (titles[0] if titles else "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "# T\n\none two\n\nthree\n\n## A\n\nfour", 3, id="all paragraphs before the first section"
        ),
        pytest.param("# T\n\n- one\n\n## A", 0, id="a list is none"),
        pytest.param("# T\n\n### Deeper\n\none", 0, id="below another heading it is none"),
        pytest.param("# T\n\n## A\n\none", 0, id="none"),
        pytest.param("one two\n\n## A", 2, id="without a title"),
    ],
)
def test_an_introduction_is_prose_between_title_and_first_heading(text: str, words: int) -> None:
    assert outline(text).introduction == words


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("```\na\n```", True),
        ("```\na", False),
        ("```", False),
        ("~~~ py\na\n~~~~", True),
        ("````\na\n```", False),
        ("> ```\n> a\n> ```", True),
        ("- ```\n  a\n  ```\n- b", True),
        ("```a```", True),
    ],
)
def test_a_fence_that_runs_to_the_end_is_not_closed(text: str, closed: bool) -> None:
    assert outline(text).fences_closed is closed


@given(st.text(alphabet="# \n`~->=*a1|[]()\r\t\0", max_size=60))
def test_any_text_has_an_outline(text: str) -> None:
    outline(text)


@pytest.mark.parametrize(
    ("text", "keep", "reason"),
    [
        pytest.param(WHOLE, Keep(structure="required"), None, id="a whole post stays"),
        pytest.param("# T", Keep(), "empty", id="a title alone"),
        pytest.param("# T\n\n---", Keep(), "empty", id="no word below the title"),
        pytest.param(WHOLE, Keep(words=(50, 99)), "too short", id="too few words"),
        pytest.param(WHOLE, Keep(words=(1, 5)), "too long", id="too many words"),
        pytest.param("# T\n\na\n\n## A\n\nb", Keep(structure="required"), "no sections", id="one section"),
        pytest.param(
            "# T\n\na\n\n## A\n\n## B\n\nc", Keep(structure="required"), "no sections", id="empty one"
        ),
        pytest.param(
            "# T\n\n## A\n\na\n\n## B\n\nb", Keep(structure="required"), "no introduction", id="none"
        ),
        pytest.param(f"{WHOLE}\n\n```\na", Keep(structure="required"), "unclosed code", id="open code"),
        pytest.param("# T\n\na", Keep(), None, id="any structure will do"),
    ],
)
def test_a_filter_says_why_a_document_cannot_stay(text: str, keep: Keep, reason: str | None) -> None:
    assert reason_to_drop(post(text), keep) == reason


def test_a_document_without_a_title_cannot_be_asked_for() -> None:
    assert reason_to_drop(post("# ?\n\na", title="?"), Keep()) == "no title"


def test_the_measures_are_what_the_filters_saw() -> None:
    assert measures(post(WHOLE)) == "11 words, 2 sections"
