from math import isinf, isnan, log

import numpy as np
import pytest

from train.evaluate.metrics.bits_per_byte import bits_per_byte
from train.evaluate.metrics.perplexity import perplexity
from train.evaluate.metrics.structure import lacking
from train.evaluate.metrics.topic import body, on_topic
from train.evaluate.report import Cost

POST = """\
# Keeping a paper notebook

Paper is patient.

## Choosing one

Take a small one.

## Conclusion

Write every day.
"""


@pytest.mark.parametrize(
    ("text", "title", "finished", "lacks"),
    [
        pytest.param(POST, "Keeping a paper notebook", True, (), id="a whole post"),
        pytest.param(POST, "KEEPING a  Paper Notebook", True, (), id="case and spacing do not matter"),
        pytest.param(POST, "Keeping a pen", True, ("title",), id="another title than asked for"),
        pytest.param(POST, "Keeping a paper notebook", False, ("end",), id="cut off"),
        pytest.param(f"{POST}\n# Again\n", "Keeping a paper notebook", True, ("title",), id="two titles"),
        pytest.param(
            POST.replace("Paper is patient.\n", ""),
            "Keeping a paper notebook",
            True,
            ("introduction",),
            id="sections at once",
        ),
        pytest.param(
            POST.replace("## Choosing one", "### Choosing one"),
            "Keeping a paper notebook",
            True,
            ("sections",),
            id="one section",
        ),
        pytest.param(
            POST.replace("Take a small one.", ""),
            "Keeping a paper notebook",
            True,
            ("sections",),
            id="an empty section is none",
        ),
        pytest.param(
            POST.replace("Write every day.", ""),
            "Keeping a paper notebook",
            True,
            ("sections", "conclusion"),
            id="an empty conclusion is none",
        ),
        pytest.param(
            f"{POST}\n## One more thing\n\nBuy ink.\n",
            "Keeping a paper notebook",
            True,
            ("conclusion",),
            id="the conclusion comes last",
        ),
        pytest.param(
            f"{POST}\n```\ncode\n", "Keeping a paper notebook", True, ("closed code",), id="an open fence"
        ),
        pytest.param(
            "```\n# Keeping a paper notebook\n```",
            "Keeping a paper notebook",
            True,
            ("title", "introduction", "sections", "conclusion"),
            id="a title inside code is none",
        ),
        pytest.param(
            f"{POST}\nAnd then,", "Keeping a paper notebook", True, ("end",), id="an end within a sentence"
        ),
        pytest.param(
            f"{POST}\n- ink\n- paper\n", "Keeping a paper notebook", True, (), id="a list needs no full stop"
        ),
        pytest.param(
            f"{POST}\n> \u201cWrite **daily**.\u201d \U0001f600",
            "Keeping a paper notebook",
            True,
            (),
            id="a quote",
        ),
        pytest.param(
            "", "Any", True, ("title", "introduction", "sections", "conclusion"), id="nothing written"
        ),
    ],
)
def test_lacking_names_the_parts_of_a_post_that_are_not_there(
    text: str, title: str, finished: bool, lacks: tuple[str, ...]
) -> None:
    assert lacking(text, title, finished) == lacks


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        pytest.param("It\u2019s \u201cthat\u201d day", 'It\'s "that" day', id="typographic quotes"),
        pytest.param("日記の書き方", "日記の書き方", id="another script"),
        pytest.param("STRASSE", "Straße", id="a letter that folds into two"),
    ],
)
def test_a_title_may_be_set_otherwise_than_it_was_asked(written: str, asked: str) -> None:
    assert lacking(POST.replace("Keeping a paper notebook", written), asked, finished=True) == ()


@pytest.mark.parametrize(
    ("heading", "concludes"),
    [
        ("In Conclusion", True),
        ("**Final thoughts**", True),
        ("Summary: what to keep", True),
        ("Wrapping up!", True),
        ("Closing Thoughts", True),
        ("Jumping to conclusions", False),
        ("The end", False),
    ],
)
def test_a_conclusion_is_known_by_its_heading(heading: str, concludes: bool) -> None:
    text = POST.replace("Conclusion", heading)
    assert ("conclusion" not in lacking(text, "Keeping a paper notebook", finished=True)) is concludes


def test_bits_per_byte_weighs_texts_by_their_bytes() -> None:
    costs = [Cost("a", nats=8 * log(2), bytes=4), Cost("b", nats=2 * log(2), bytes=16)]
    found = bits_per_byte(costs)(np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 0.0]]))
    assert found[:2] == pytest.approx([10 / 20, 2.0])
    assert isnan(found[2])
    assert isnan(bits_per_byte([])(np.ones((1, 0)))[0])


def test_perplexity_is_that_of_all_tokens_together() -> None:
    costs = [Cost("a", nats=3 * log(4), bytes=9, tokens=3), Cost("b", nats=1 * log(16), bytes=9, tokens=1)]
    found = perplexity(costs)(np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]))
    assert found == pytest.approx([4 ** (5 / 4), 4.0, 16.0])
    assert isnan(perplexity([Cost("a", 1.0, 1)])(np.ones((1, 1)))[0]), "no tokens, no perplexity"
    assert isinf(perplexity([Cost("a", 1e5, 1, 10)])(np.ones((1, 1)))[0]), "too large for a float"


@pytest.mark.parametrize(
    ("title", "body", "found"),
    [
        pytest.param("How to keep bees", "Bees want flowers.", True, id="the word itself"),
        pytest.param("Gardening for beginners", "My garden is small.", True, id="a word of the same stem"),
        pytest.param(
            "How to keep bees", "How to do it, and what to get.", False, id="stop words say nothing"
        ),
        pytest.param("The art of tea", "We start a team.", True, id="a stem may be the start of any word"),
        pytest.param("Oil", "The soil is wet.", False, id="a stem inside a word is chance"),
        pytest.param("How to do it", "It was not me.", True, id="a title of stop words only"),
        pytest.param("日記の書き方", "毎日、日記の書き方を学ぶ。", True, id="a script without spaces"),
        pytest.param("Дневник", "Мои дневники.", True, id="another script with spaces"),
        pytest.param("???", "Anything.", False, id="a title without words"),
        pytest.param("Bees", "", False, id="no body"),
    ],
)
def test_on_topic_looks_below_the_title(title: str, body: str, found: bool) -> None:
    assert on_topic(f"# {title}\n\n{body}", title) is found


def test_a_text_without_title_line_is_all_body() -> None:
    assert on_topic("Bees want flowers.\nAnd water.", "Bees")


@pytest.mark.parametrize(
    ("text", "below"),
    [
        pytest.param("# Bees\n\nHoney.", "\nHoney.", id="its heading"),
        pytest.param("Bees\nHoney.", "Honey.", id="its first line"),
        pytest.param("Honey.\n\n**BEES:**", "Honey.\n", id="said over again"),
        pytest.param("Bees make honey.", "Bees make honey.", id="a sentence that begins with it"),
    ],
)
def test_a_body_is_what_a_text_says_beside_its_title(text: str, below: str) -> None:
    assert body(text, "Bees") == below
