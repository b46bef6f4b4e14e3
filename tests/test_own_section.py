"""The part of a card that is a person's: found, carried on, and taken off exactly."""

import pytest

from cards.own import OwnSectionError, own_section, with_own_section, without_own_section


@pytest.mark.parametrize(
    ("card", "own"),
    [
        pytest.param("# A\n\n<!-- yours -->\nmine\n<!-- /yours -->\n", "mine\n", id="a section"),
        pytest.param("# A\n\n```\n<!-- yours -->\nx\n<!-- /yours -->\n```\n", None, id="in a code block"),
        pytest.param("# A\n", None, id="none"),
        pytest.param(
            "# A\x0b\n\n<!-- yours -->\none\u2028two\x85\nthree\n<!-- /yours -->\n",
            "one\u2028two\x85\nthree\n",
            id="with signs that end a line elsewhere",
        ),
        pytest.param("<!-- yours -->\r\na\r\n<!-- /yours -->\r\n", "a\r\n", id="with Windows' line ends"),
        pytest.param(
            "# A\n\n```\n<!-- yours -->\n```\n\n<!-- yours -->\n\n- mine\n\n<!-- /yours -->\n\nb\n",
            "\n- mine\n\n",
            id="below a quotation of the marker",
        ),
    ],
)
def test_a_section_is_what_stands_between_markers_outside_of_code(card: str, own: str | None) -> None:
    assert own_section(card) == own


def test_a_section_is_carried_from_release_to_release_and_taken_off_exactly() -> None:
    first = with_own_section("<!-- yours -->\n\nmine\n\n<!-- /yours -->\n", "# One\n\ntext\n")
    second = with_own_section(first, "# Two\n\ntext\n")
    assert (own_section(second), without_own_section(second)) == ("\nmine\n", "# Two\n\ntext\n")
    assert with_own_section(second, "# Two\n\ntext\n") == second
    assert with_own_section("# A foreign card\n", "# Two\n") == "# Two\n"


def test_a_section_that_never_ends_is_not_guessed_at() -> None:
    with pytest.raises(OwnSectionError, match="line 3"):
        with_own_section("# A\n\n<!-- yours -->\n\nmine\n", "# New\n")
