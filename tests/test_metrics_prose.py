"""Length, slop, specifics and readability: what is counted in a text, and what is not."""

from math import exp, isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.evaluate.metrics import length
from train.evaluate.metrics.authors import texts
from train.evaluate.metrics.prose import prose
from train.evaluate.metrics.readability import Reading, lix, reading
from train.evaluate.metrics.slop import slop
from train.evaluate.metrics.slop_phrases import PHRASES
from train.evaluate.metrics.specifics import said, specifics
from train.prepare.words import count


@pytest.mark.parametrize(
    ("words", "score", "over", "under"),
    [
        pytest.param(100, 100.0, False, False, id="the limit itself"),
        pytest.param(60, 100.0, False, False, id="the floor itself"),
        pytest.param(80, 100.0, False, False, id="between them"),
        pytest.param(110, 100 * exp(-0.2), False, False, id="a tenth over"),
        pytest.param(111, 100 * exp(-0.22), True, False, id="more than a tenth over"),
        pytest.param(200, 100 * exp(-2), True, False, id="twice the limit"),
        pytest.param(1500, 100 * exp(-28), True, False, id="without an end"),
        pytest.param(59, 100 * exp(-5 / 60), False, True, id="a word below the floor"),
        pytest.param(30, 100 * exp(-2.5), False, True, id="half the floor"),
        pytest.param(0, 100 * exp(-5), False, True, id="nothing written"),
    ],
)
def test_length_is_free_between_floor_and_limit(words: int, score: float, over: bool, under: bool) -> None:
    text = "## tea - \n\n" + "tea " * (words - 1) if words else ""
    assert length.score(text, 100) == pytest.approx(score)
    assert length.is_over(text, 100) is over
    assert length.is_under(text, 100) is under


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 1000))
def test_a_length_further_from_what_was_asked_never_scores_more(one: int, other: int, limit: int) -> None:
    near, far = (length.score("tea " * words, limit) for words in (min(one, other), max(one, other)))
    assert 0 <= min(near, far) <= max(near, far) <= 100
    if min(one, other) >= limit:
        assert near >= far
    if max(one, other) <= limit * length.FLOOR:
        assert near <= far


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We delve into a tapestry.", 2),
        ("DELVES; delving, delved!", 3),
        ("In today\u2019s fast-paced world, tea matters.", 1),
        ("Leverage, leveraged, leverages, leveraging.", 4),
        ("A leveret is no leverag.", 0),
        ("Let's dive\nin to tea.", 1),
        ("Undelved depths.", 0),
        ("It's important to note that it is worth noting.", 2),
        ("Tea is hot.", 0),
        ("", 0),
        ("在今天的世界里", 0),
    ],
)
def test_slop_counts_phrases_in_any_case_and_setting(text: str, found: int) -> None:
    assert slop(text, "On tea") == found


def test_what_the_request_says_itself_is_no_slop() -> None:
    assert slop("The tapestry hangs in a vibrant hall.", "How to mend a tapestry") == 1


def test_every_phrase_of_the_list_is_found_alone_and_none_stands_twice() -> None:
    assert len(set(PHRASES)) == len(PHRASES) >= 120
    for phrase in PHRASES:
        stem, _, endings = phrase.replace(")", "(", 1).partition("(")
        first, _, rest = endings.partition("(")
        for ending in first.split("|"):
            assert slop(f"So {stem}{ending}{rest} it.", "") == 1, phrase


def test_machine_prose_has_more_slop_than_any_of_five_people() -> None:
    machine = (
        "In today's fast-paced world, it is essential to embrace the power of tea. It is a testament to a "
        "rich history, a vibrant tapestry of flavours that resonates with people. Let's dive in and "
        "unlock the secrets of this treasure trove. In conclusion, the possibilities are endless."
    )
    worst = max(1000 * slop(text, "") / count(text) for text in texts().values())
    assert worst < 7
    assert 1000 * slop(machine, "") / count(machine) > 10 * worst


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("It costs 5 pounds, or 1,250.50.", ("5", "1,250.50"), id="numbers"),
        pytest.param("On 3 May 2019 and May 4th, 2020.", ("3 May 2019", "May 4th, 2020"), id="dates"),
        pytest.param("Since 2019-05-03, or 3.5.2019.", ("2019-05-03", "3.5.2019"), id="dates in digits"),
        pytest.param("She said \u201cwe never knew\u201d.", ("we never knew",), id="a quote"),
        pytest.param("I met Anna Berg's son.", ("Anna Berg",), id="a name"),
        pytest.param("The University of the West fell.", ("University of the West",), id="a name with an of"),
        pytest.param("Today Anna left. In Paris it rained.", (), id="a sentence's own capital is no name"),
        pytest.param("The River Oke rose.", ("River Oke",), id="a name after an article"),
        pytest.param("Łukasz Żak and Éva Ördög came.", ("Łukasz Żak", "Éva Ördög"), id="other capitals"),
        pytest.param("Иван Петров пришёл.", ("Иван Петров",), id="another script with capitals"),
        pytest.param("你好 世界", (), id="a script without capitals"),
        pytest.param("# Ten Great Teas of 2020\n\nTea.\n\n## The Big Pot\n\nTea.", (), id="headings"),
        pytest.param("```\nx = 5\n```\n\nTea `y = 6`.", (), id="code"),
        pytest.param("1. Boil.\n2. Pour.", (), id="a list's own numbers"),
        pytest.param("See [the pot](https://tea.example/2019).", (), id="an address"),
        pytest.param("STOP READING THIS NOW.", (), id="a shout"),
        pytest.param("", (), id="nothing written"),
    ],
)
def test_specifics_are_numbers_dates_quotes_and_names(text: str, found: tuple[str, ...]) -> None:
    assert specifics(text, "On tea") == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("It took 5 days.", "Five days at sea"),
        ("It took 300 words.", "On tea 300"),
        ("Anna Berg came.", "An hour with ANNA  BERG"),
        ("We met on 3 May 2019.", "What happened on 3 May 2019"),
        ("He says \u201cnever again\u201d.", 'Why I say "never again"'),
    ],
)
def test_what_was_told_is_no_invention(text: str, told: str) -> None:
    assert specifics(text, told) == ()
    assert len(specifics(text, "On tea")) == 1


def test_inventing_more_counts_as_more() -> None:
    plain, invented = texts()["essayist"], texts()["reporter"]
    rates = [100 * len(specifics(text, "The bridge")) / said(text) for text in (plain, invented)]
    assert rates[0] < 0.3 < 2.5 < rates[1]


def test_prose_is_what_is_left_when_a_text_is_read_aloud() -> None:
    text = "# Tea\n\nHot **tea** in [a pot](http://x.example 'y').\n\n- one\n\n```\ncode\n```\n\n> two"
    assert prose(text) == ("Hot tea in a pot.", "one", "two")
    assert prose("# Tea") == prose("```\ncode\n```") == prose("") == ()


def test_marks_without_end_are_read_as_quickly_as_words() -> None:
    assert prose(f"It is a{'_' * 200_000}b, __so__ _it_ is, at snake_case_.") == (
        f"It is a{'_' * 200_000}b, so it is, at snake_case.",
    )


def test_readability_is_by_the_formula() -> None:
    text = "# Heading\n\nThe kettle whistled. Everybody listened quietly to it, and I didn't."
    assert reading(text) == Reading(sentences=2, words=11, long=4)
    assert lix(text) == pytest.approx(11 / 2 + 100 * 4 / 11)


@pytest.mark.parametrize("text", ["", "# Tea", "```\ncode\n```", "\U0001f600", "今日は。", "วันนี้", "\u0345"])
def test_what_has_no_words_has_no_readability(text: str) -> None:
    assert isnan(lix(text))


def test_long_winded_prose_reads_harder_than_a_diary() -> None:
    hard, easy = texts()["essayist"], texts()["diarist"]
    assert 10 < lix(easy) < 30 < 40 < lix(hard) < 60
