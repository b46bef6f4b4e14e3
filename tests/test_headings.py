import pytest

from train.prepare.rules import headings


@pytest.mark.parametrize(
    ("line", "is_heading"),
    [
        ("Getting Ready", True),
        ("Risks and mitigations", True),
        ("How many do you get?", True),
        ("Is it over? I asked.", False),
        ("Fig. 2 The Room", False),
        ("By Ida Bell", False),
        ("Now we can begin", False),
        ("It rained.", False),
        ("Here is the List:", False),
        ("how it works", False),
        ("One Two Three Four Five Six Seven Eight Nine", False),
    ],
)
def test_a_short_capitalised_paragraph_becomes_a_heading_when_all_were_lost(
    line: str, is_heading: bool
) -> None:
    text = f"It began so.\n\n{line}\n\nIt ended so."
    assert headings.restore_headings(text) == (text.replace(line, f"## {line}") if is_heading else text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("A.\n\nTwo Words\n\n## B", id="there is a heading"),
        pytest.param("A.\n\nTwo Words\n\nMore Words", id="nothing stands below"),
        pytest.param("A Subtitle\n\nIt began.", id="it is the first"),
        pytest.param("A.\n\nTwo Words", id="it is the end"),
    ],
)
def test_a_short_paragraph_stays_one_if(text: str) -> None:
    assert headings.restore_headings(text) == text
