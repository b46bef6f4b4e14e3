"""Natural sentences made formal: what changes, and what must not."""

import re
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from train.prepare.wording.formal import SWAPS, formal
from train.prepare.wording.formal_words import CONNECTORS, OPENINGS, VERBS, WORDS
from train.prepare.wording.sentences import sentences


@pytest.mark.parametrize(
    ("natural", "stiff"),
    [
        ("I don't know.", "I do not know."),
        ("I don\u2019t know.", "I do not know."),
        ("We won't, can't and shan't go.", "We will not, cannot and shall not go."),
        ("They're late and we've left.", "They are late and we have left."),
        ("I'm sure she'll come.", "I am sure she will come."),
        ("We should've called.", "We should have called."),
        ("It's cold.", "It is cold."),
        ("It's been cold.", "It has been cold."),
        ("It's always been cold.", "It has always been cold."),
        ("It's made of oak.", "It is made of oak."),
        ("He's better now.", "He is better now."),
        ("He's got a boat.", "He has got a boat."),
        ("You'd better row.", "You had better row."),
        ("They'd already left.", "They had already left."),
        ("I'd say they'd need a boat.", "I would say they would need a boat."),
        ("Let's row.", "Let us row."),
        ("Who's there?", "Who is there?"),
        ("Don't you row?", "Do you not row?"),
        ("Can't we row?", "Can we not row?"),
        ("DON'T ROW, IT'S COLD.", "DO NOT ROW, IT IS COLD."),
        ("But the oars broke.", "However, the oars broke."),
        ("So we swam.", "Therefore, we swam."),
        ("Plus, it rained.", "Furthermore, it rained."),
        ("It rained, but we rowed.", "It rained; however, we rowed."),
        ("It rained, so they left.", "It rained; therefore, they left."),
        ("Kids row.", "Children row."),
        ("Maybe the kids row.", "Perhaps the children row."),
        ("He wanted to buy around 20 bikes.", "He wished to purchase approximately 20 bicycles."),
        ("It was an awesome day and a cheap boat.", "It was an excellent day and an inexpensive boat."),
        ("It was an amazing day.", "It was a remarkable day."),
        ("Make sure to row.", "Take care to row."),
        ("We made sure it floats.", "We ensured it floats."),
        ("Instead of rowing, we swam.", "Rather than rowing, we swam."),
    ],
)
def test_a_natural_sentence_is_put_formally(natural: str, stiff: str) -> None:
    assert formal(natural) == stiff
    assert formal(stiff) == stiff, "what is formal stays as it is"


@pytest.mark.parametrize(
    "sentence",
    [
        "The dog's bone is Anna's.",
        "It ain't over.",
        "It's changed my life.",
        "She's written home.",
        "It's own colour.",
        "I'd put it there.",
        "There's many of them.",
        "Isn't the sea calm?",
        "He said \"I don't know\" and \u201cit's cold\u201d.",
        "Write `don't` or see https://ferry.example/don't.",
        "So far north it is cold.",
        "But for the rain it was dry.",
        "The talk about rowing was long.",
        "The big data of Kids Harbour.",
        "Rock \u2019n\u2019 roll at five o'clock, ma'am.",
        "So-called experts shouldn't've come.",
        "",
    ],
)
def test_what_has_another_reading_stays(sentence: str) -> None:
    assert formal(sentence) == sentence


def test_the_lists_are_long_and_never_lead_back() -> None:
    assert len(VERBS | WORDS) >= 60
    assert len(OPENINGS | CONNECTORS) >= 20
    assert [
        word
        for word, instead in SWAPS.items()
        if formal(f"We say {instead} here.") != f"We say {instead} here."
    ] == []


def test_the_word_but_is_never_put_for_however() -> None:
    assert formal("However, it rained, but the sea was calm.") == "However, it rained, but the sea was calm."
    assert formal("however we go, kids row.") == "however we go, children row."


NEGATION = re.compile(r"\b(?:not|never|no|none|nothing)\b|n['\u2019]t\b|\bcannot\b", re.IGNORECASE)
FACTS = re.compile(r"\d[\d.,:]*|https?://\S+|\"[^\"]*\"|\u201c[^\u201d]*\u201d|(?<=[a-z,] )[A-Z][a-z]+")
PIECES = st.sampled_from(
    [
        *("But", "So", "I", "they", "kids", "don't", "can't", "won't", "it's", "she'd", "gone", "Anna's"),
        *("never", "London", "Kids", "12.5", "around", "20", "https://a.example/x", '"it\'s"'),
        *("\u201cdon't\u201d", "a", "an", "huge", "awesome", "probably", "right now", "not", "no", ", but"),
        *(", so", "we", "you'll", "y'all", "ain't", "been", "want to", "make sure", "there's", "who's"),
        *("?", ".", "DON'T", "IT'S", "\u2019", "'", "\0", "\n"),
    ]
)


@given(st.lists(PIECES, max_size=25).map(" ".join))
@example("she'd probably I")
def test_numbers_names_quotes_and_negations_are_the_same_in_both(text: str) -> None:
    stiff = formal(text)
    assert Counter(NEGATION.findall(stiff)).total() == Counter(NEGATION.findall(text)).total()
    assert sorted(FACTS.findall(stiff)) == sorted(FACTS.findall(text))
    assert formal(stiff) == stiff


@given(st.text())
def test_any_text_is_put_formally(text: str) -> None:
    assert isinstance(formal(text), str)
    assert " ".join(sentences(text)) == " ".join(text.split())


@pytest.mark.parametrize(
    ("paragraph", "parts"),
    [
        ("One came. Two left!", ["One came.", "Two left!"]),
        ("Dr. Lee met J. Smith. They rowed.", ["Dr. Lee met J. Smith.", "They rowed."]),
        ("See e.g. Figure 2. It shows oars.", ["See e.g. Figure 2.", "It shows oars."]),
        ("He said \u201cno.\u201d Then he left.", ["He said \u201cno.\u201d", "Then he left."]),
        ("It cost 3.50 euros. That was\nfine.", ["It cost 3.50 euros.", "That was fine."]),
        ("So do I. We row.", ["So do I.", "We row."]),
        (
            "See no. 7 and p. 12. Nothing there, no. 7 it was.",
            ["See no. 7 and p. 12.", "Nothing there, no. 7 it was."],
        ),
        ("wait... what? Yes", ["wait... what?", "Yes"]),
        ("", []),
    ],
)
def test_a_paragraph_is_cut_into_sentences(paragraph: str, parts: list[str]) -> None:
    assert sentences(paragraph) == parts
