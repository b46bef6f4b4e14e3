import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.prepare.filters.notes import _most_at_top, _top, notes

PROSE = """We moved into the lighthouse in March, when nobody else wanted to be near the water.
Its stairs are steep and cold, but every window has a different sea in it.
My brother painted the kitchen yellow, which the gulls seem to find offensive.
Bread is baked on Fridays, and by Sunday it is eaten with soup or given to the ducks.
You learn to read clouds here, because a wrong guess means wet firewood for the rest of the week.
Last night a ship answered our lamp with its horn, and we stood outside until our ears froze.
Have you ever heard fog? It sounds like someone folding a very large sheet."""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(PROSE, set(), id="plain prose passes all"),
        pytest.param("Too short.", {"Gopher quality", "Gopher repetition", "C4", "FineWeb"}, id="a note"),
        pytest.param(PROSE.replace(".", ""), {"C4", "FineWeb"}, id="lines without an end"),
        pytest.param(
            PROSE.replace("fog", "{fog}").replace("nobody", "{nobody}"), {"C4"}, id="a curly bracket"
        ),
        pytest.param(
            f"{PROSE}\n\n" * 3, {"Gopher repetition", "FineWeb"}, id="the same paragraph three times"
        ),
        pytest.param(PROSE.replace(" ", "\n"), {"C4", "FineWeb"}, id="a word a line"),
        pytest.param("", {"Gopher quality", "Gopher repetition", "C4", "FineWeb"}, id="nothing"),
    ],
)
def test_a_note_names_the_published_filters_that_would_drop_a_text(text: str, names: set[str]) -> None:
    assert notes(text) == names


@given(st.text() | st.text("ab .\n"))
def test_any_text_can_be_noted(text: str) -> None:
    assert notes(text) == notes(text)


@given(st.lists(st.sampled_from(["a", "be", "sea", "stair", "lighthouse"]), max_size=40), st.integers(2, 4))
def test_no_run_of_words_surpasses_what_their_numbers_allow(words: list[str], size: int) -> None:
    assert _top(words, size) <= _most_at_top(words)(size)


def test_blank_lines_between_paragraphs_are_no_repetition() -> None:
    sentences = [
        f"The {word} stood by the gate, and it had been there since the spring."
        for word in ("cart", "dog", "ladder")
    ]
    assert "Gopher repetition" in notes("\n\n".join(sentences * 2))
    assert "Gopher repetition" not in notes(PROSE.replace(". ", ".\n\n"))
