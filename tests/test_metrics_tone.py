"""What another tone must keep, and what it changes."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from train.evaluate.metrics.invariants import lost
from train.evaluate.metrics.numerals import numbers
from train.evaluate.metrics.tone import chrf, contractions, edit_distance, is_copy, keeps_length
from train.prepare.wording.formal import formal


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("five and 5", ["5", "5"]),
        ("5,000 is five thousand, or 5 thousand", ["5000", "5000", "5000"]),
        ("twenty-one or twenty one", ["21", "21"]),
        ("a hundred and five", ["105"]),
        ("two hundred and fifty thousand and six", ["250006"]),
        ("twenty-five hundred", ["2500"]),
        ("1.5 million", ["1500000.0"]),
        ("between five and ten", ["5", "10"]),
        ("seven eight", ["7", "8"]),
        ("on 2024-11-03 at 5:30", ["2024", "11", "3", "5", "30"]),
        ("one of them, someone, often, weight, tenth", []),
        ("one hundred", ["100"]),
        ("1st and 3pm", ["1", "3"]),
        ("hundreds of them", []),
        ("", []),
    ],
)
def test_numbers_are_the_values_that_a_text_names(text: str, values: list[str]) -> None:
    assert sorted(numbers(text).elements()) == sorted(map(type(next(iter(numbers("1")))), values))


KEPT = [
    ("We cannot go.", "We can't go."),
    ("We can not go, and will not.", "We can\u2019t go, and won\u2019t."),
    ("We are unable to attend.", "We can't make it."),
    ("It is impossible to attend, and he failed to say so.", "We can't make it, and he didn't say so."),
    ("It is neither large nor small.", "It isn't big or small."),
    ("Please refrain from rowing.", "Please don't row."),
    ("It is not known whether or not he rows.", "Nobody knows if he rows."),
    ("There are five boats.", "There're 5 boats."),
    ("However, London is pleasant.", "But London's nice."),
    ("It is said; however, Maria rows.", "Maria rows, they say."),
    ("One boat sank.", "1 boat sank."),
    ("One should not row.", "You shouldn't row."),
    ("It is at https://oars.example/a.", "It's at https://oars.example/a, see?"),
    ("Please write to anna@oars.example.", "Write to anna@oars.example!"),
    ("DO NOT ROW, JOHN.", "DON'T ROW, JOHN."),
    ('She said: "We are late."', 'She said: "We\'re late."'),
    ("Do not use `row --fast` here.", "Don't use `row --fast` here."),
    ("I am content.", "I'm fine."),
    ("He does not row.", "He does n't row."),
    ("HE DOES NOT ROW.", "HE DOES N'T ROW."),
]
LOST = [
    ("There are five boats.", "There are 6 boats.", ("numbers",)),
    ("There are five boats.", "There are boats.", ("numbers",)),
    ("There are boats.", "There are 2 boats.", ("numbers",)),
    ("There are 5 boats and 5 oars.", "There are 5 boats and oars.", ("numbers",)),
    ("In 1990 Tom rowed 1 mile.", "In 1990 Tom rowed a mile.", ("numbers",)),
    ("We saw London.", "We saw Paris.", ("names",)),
    ("We saw London.", "We saw it.", ("names",)),
    ("We saw it.", "We saw it in London.", ("names",)),
    ("We saw London.", "We saw london.", ("names",)),
    ("NASA is late.", "They're late.", ("names",)),
    ("There are 5 Berlin offices.", "There are 5 offices.", ("names",)),
    ("It is at https://oars.example/a.", "It's at https://oars.example/b.", ("links",)),
    ("It is at https://oars.example/a.", "It's there.", ("links",)),
    ("Do not use `row`.", "Don't use `Row`.", ("links",)),
    ("He does not row.", "He rows.", ("negations",)),
    ("He rows.", "He never rows.", ("negations",)),
    ("Nothing is lost, and no one is.", "Nothing's lost.", ("negations",)),
    ("Five boats are not in London.", "6 boats are in Paris.", ("numbers", "names", "negations")),
    ("He rows.", "", ("text",)),
    ("He rows.", "...", ("text",)),
]


@pytest.mark.parametrize(("asked", "text"), KEPT)
def test_another_tone_keeps_what_is_said(asked: str, text: str) -> None:
    assert lost(asked, text) == ()


@pytest.mark.parametrize(("asked", "text", "kinds"), LOST)
def test_what_is_not_the_same_is_named(asked: str, text: str, kinds: tuple[str, ...]) -> None:
    assert lost(asked, text) == kinds


@given(st.text(max_size=80), st.text(max_size=80))
def test_loss_is_the_same_in_both_directions(one: str, other: str) -> None:
    assert lost(one, one) in ((), ("text",))
    if "text" not in (*lost(one, other), *lost(other, one)):
        assert lost(one, other) == lost(other, one)


NATURAL = [
    "I don't think Anna's 3 boats aren't worth it, but maybe Tom's are.",
    "But you can't buy oars at https://oars.example/shop, and we've tried 4 times!",
    "Nobody's going to tell you, whether or not you're in Paris, so check out the harbour first.",
    "The kids didn't want to go to the Marsh Islands, even though it's only twenty minutes away.",
]


@pytest.mark.parametrize("natural", NATURAL)
def test_the_rules_that_make_a_text_formal_keep_what_it_says(natural: str) -> None:
    assert formal(natural) != natural
    assert lost(formal(natural), natural) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I don't, you can\u2019t, we've, they're, I'm, she'll, he'd.", 7),
        ("It's that there's what's here's who's let's.", 6),
        ("Anna's boat is today's, the boats' and the boss's.", 0),
        ("DON'T!", 1),
        ("She'd've gone.", 1),
        ("'Tis 5 o'clock, O'Brien.", 0),
        ("", 0),
    ],
)
def test_contractions_are_told_from_genitives(text: str, found: int) -> None:
    assert contractions(text) == found


@given(st.text(max_size=60))
def test_a_text_that_came_out_as_it_went_in_is_a_copy(text: str) -> None:
    assert is_copy(text, f" {text}\n")
    assert not is_copy(text, f"{text} more")


@pytest.mark.parametrize(
    ("text", "keeps"),
    [("a b c d e f g h", 1.0), ("a b c d e f g", 0.0), ("a " * 12, 1.0), ("a " * 13, 0.0), ("", 0.0)],
)
def test_length_is_kept_between_four_fifths_and_five_quarters(text: str, keeps: float) -> None:
    assert keeps_length("one two three four five six seven eight nine ten", text) == keeps
    assert isnan(keeps_length("...", text))


def test_chrf_is_the_f2_score_of_character_runs() -> None:
    """ "abc" and "abd": 2 of 3 signs, 1 of 2 pairs, 0 of 1 triple in common; the same both ways."""
    assert chrf("abc", "abd") == pytest.approx(100 * (2 / 3 + 1 / 2 + 0) / 3)
    assert chrf("the same", "the same") == pytest.approx(100)
    assert chrf("", "tea") == chrf("xyz", "tea") == 0
    assert isnan(chrf("tea", ""))


@given(st.text(alphabet="abc ", max_size=12), st.text(alphabet="abc ", min_size=1, max_size=12))
def test_edit_distance_is_levenshtein_per_character_of_the_longer(text: str, reference: str) -> None:
    found = edit_distance(text, reference)
    if not reference.strip():
        assert isnan(found)
    else:
        assert found == pytest.approx(_edits(text, reference) / max(len(text), len(reference)))
        assert found == Levenshtein.normalized_distance(reference, text)


def _edits(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for place, sign in enumerate(one, 1):
        before, row[0] = row[0], place
        for column, its in enumerate(other, 1):
            before, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, before + (sign != its)),
            )
    return row[-1]
