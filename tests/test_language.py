import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.prepare.filters.language import Foreign, foreign

ENGLISH = (
    "We walked down to the harbour before breakfast, and the boats had already gone out, "
    "so there was nobody to ask about the ferry but the gulls."
)
GERMAN = (
    "Wir sind vor dem Frühstück zum Hafen gegangen, aber die Boote waren schon weg, "
    "und niemand konnte uns sagen, wann die Fähre endlich kommt."
)
NORWEGIAN = (
    "Vi gikk ned til havnen før frokost, men båtene var allerede dratt ut på fjorden, "
    "så det var ingen å spørre om når fergen skulle komme."
)
CHINESE = "我们早饭前走到港口。船已经都出去了。没有人可以问渡轮什么时候来。只有海鸥在叫。后来我们回家喝茶。"
NAMES = "Anna Berg, Karl Wren, Lena Kettle, Oskar Moss, Vera Lind, Otto Stein, Ida Holm, Max Lark, Ruth Vale"


@pytest.mark.parametrize(
    ("text", "language", "is_foreign", "main"),
    [
        pytest.param(ENGLISH, "en", False, "en", id="the recipe's own"),
        pytest.param(ENGLISH, "en-US", False, "en", id="a tag with a country"),
        pytest.param(GERMAN, "en", True, "de", id="another"),
        pytest.param(ENGLISH, "de", True, "en", id="English, where it is not asked for"),
        pytest.param(CHINESE, "en", True, "zh", id="a dense script"),
        pytest.param(CHINESE, "zh-Hans", False, "zh", id="a tag with a script"),
        pytest.param(NORWEGIAN, "nb", False, "no", id="close kin is no other language"),
        pytest.param(NORWEGIAN, "en", True, "no", id="and still is one to all others"),
        pytest.param(f"{ENGLISH}\n\n{ENGLISH}\n\n{GERMAN}", "en", False, "en", id="a quotation in another"),
        pytest.param(ENGLISH.upper(), "en", False, "en", id="capitals"),
    ],
)
def test_most_words_say_which_language_a_text_is_in(
    text: str, language: str, is_foreign: bool, main: str
) -> None:
    found = foreign(text, language)
    assert (found.words * 2 > found.of, found.main) == (is_foreign, main)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("", "en", id="nothing"),
        pytest.param("Ja, genau.", "en", id="a few words"),
        pytest.param(NAMES, "fr", id="names"),
        pytest.param(f"```\n{GERMAN}\n\n{GERMAN}\n```", "en", id="code"),
        pytest.param(f"    {GERMAN}", "en", id="indented code"),
        pytest.param(
            "https://kettle.org/der-hafen-und-die-boote-am-morgen-vor-dem-fruehstueck", "en", id="a link"
        ),
        pytest.param(GERMAN, "tlh", id="a language that cannot be told"),
    ],
)
def test_what_is_not_sure_is_not_judged(text: str, language: str) -> None:
    assert foreign(text, language) == Foreign(0, 0, "")


def test_short_paragraphs_are_judged_together() -> None:
    lines = GERMAN.split(", ")
    assert foreign("\n\n".join(lines), "en").main == "de"


def test_a_long_text_costs_a_sample_of_it() -> None:
    text = f"{ENGLISH}\n\n" * 5000
    start = time.process_time()
    assert foreign(text, "en").main == "en"
    assert time.process_time() - start < 1


@given(st.text())
def test_any_text_can_be_judged(text: str) -> None:
    found = foreign(text, "en")
    assert 0 <= found.words <= found.of
    assert foreign(text, "en") == found
