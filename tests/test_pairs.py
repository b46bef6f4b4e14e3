"""Pairs of a natural sentence and its formal one: which are kept, and where the others fell out."""

import pytest

from train.prepare.document import Document
from train.prepare.pairs import overlap, pairs
from train.sections import Keep, Pairs

RULES, KEEP = Pairs(), Keep(words=(8, 200))


def document(text: str) -> Document:
    return Document("talks/p1/1", "Rowing", text, "p1/1", "talks", kind="answer", head="private")


def test_a_pair_has_both_sentences_and_its_place() -> None:
    found, steps = pairs(document("# Rowing\n\nWe don't row on Sundays in the old harbour."), RULES, KEEP)
    (pair,) = found
    assert (pair.id, pair.title, pair.kind, pair.origin) == ("talks/p1/1#1", "", "pair", "p1/1#1")
    assert pair.text == "We don't row on Sundays in the old harbour."
    assert pair.formal == "We do not row on Sundays in the old harbour."
    assert pair.head == ""
    assert steps == {"sentences": 1, "in length": 1, "changed": 1, "in overlap": 1, "unique": 1}


@pytest.mark.parametrize(
    ("text", "step"),
    [
        pytest.param("We don't row.", "in length", id="too short"),
        pytest.param("We don't " + "row and " * 40 + "swim.", "in length", id="too long"),
        pytest.param("We never row on Sundays in the old harbour.", "changed", id="formal as it is"),
        pytest.param(
            "I don't go, " + ", ".join(f"w{n}" for n in range(57)) + ".", "in overlap", id="hardly changed"
        ),
        pytest.param(
            "Can't won't don't isn't aren't wasn't hasn't didn't.", "in overlap", id="changed beyond knowing"
        ),
    ],
)
def test_a_sentence_that_makes_no_pair_is_counted_where_it_fell_out(text: str, step: str) -> None:
    found, steps = pairs(document(text), Pairs(overlap=(0.5, 0.95)), KEEP)
    assert found == []
    assert steps["sentences"] == 1
    assert steps[step] == 0


def test_a_short_sentence_goes_with_the_next_one() -> None:
    found, _ = pairs(document("I can't row. The kids weren't here, and the boat leaks."), RULES, KEEP)
    assert [pair.text for pair in found] == ["I can't row. The kids weren't here, and the boat leaks."]


@pytest.mark.parametrize(
    "text",
    [
        "- We don't row on Sundays in the old harbour.",
        "> We don't row on Sundays in the old harbour.",
        "## We don't row on Sundays in the old harbour.",
        "    We don't row on Sundays in the old harbour.",
        "```\nWe don't row on Sundays in the old harbour.\n```",
        "We don't row on Sundays in [the old harbour](https://harbour.example).",
        "We don't row on Sundays in the `old` harbour.",
        "We don't row on Sundays in the old harbour, and these are the reasons:",
    ],
)
def test_only_whole_sentences_of_prose_make_pairs(text: str) -> None:
    assert pairs(document(text), RULES, KEEP)[0] == []


def test_the_same_sentence_twice_makes_one_pair() -> None:
    line = "We don't row on Sundays in the old harbour."
    found, steps = pairs(document(f"{line}\n\n{line}"), RULES, KEEP)
    assert len(found) == 1
    assert (steps["in overlap"], steps["unique"]) == (2, 1)


def test_overlap_is_the_share_of_common_words() -> None:
    assert overlap("We do not row", "we DO swim") == pytest.approx(2 / 5)
    assert overlap("", "") == 1.0
