from itertools import pairwise

import pytest

from tests.posts import cleaned, post
from train.prepare.clean import clean, steps
from train.prepare.document import Document
from train.sections import Clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "[my old diving friend]:  haha\n\nWe laughed.",
            "[my old diving friend]:  haha\n\nWe laughed.",
            id="3 a sentence that looks like the definition of a link",
        ),
        pytest.param("-----\nIt began here.", "It began here.", id="4 a text that begins with a rule"),
        pytest.param(
            "I went home. It rained.\n-------------\nThen it stopped.",
            "I went home. It rained.\n\n---\n\nThen it stopped.",
            id="4 a sentence above a rule",
        ),
        pytest.param(
            "for (i = 3; i <= n; ++ i) holds, List<String> too, <stdin> as well, and a < b > c.",
            "for (i = 3; i <= n; ++ i) holds, List<String> too, <stdin> as well, and a < b > c.",
            id="5 signs that are no tags",
        ),
        pytest.param(
            "Only {{ site.posts\n  | where: 'kind', 'walk'\n  | size }} walks.",
            "Only walks.",
            id="6 output over lines",
        ),
        pytest.param(
            "Write {% raw %}{{ site.title }}{% endraw %}.", "Write `{{ site.title }}`.", id="7 raw Liquid"
        ),
        pytest.param(
            "Set ${LOG_DIR:-${DATA_DIR}}, then $$x^{2a}}$$ and \\frac{{a}}{b}.",
            "Set ${LOG_DIR:-${DATA_DIR}}, then $$x^{2a}}$$ and \\frac{{a}}{b}.",
            id="8 what only looks like Liquid",
        ),
        pytest.param(
            '{{Figure "The harbour wall at low tide" (ImgSrc "wall.jpg")}}',
            "The harbour wall at low tide",
            id="8 a caption in a template of Go",
        ),
        pytest.param(
            "![a](b.png)\n{: .wide}\n\nText.\n{: .lead}\n\n* Table of Contents\n{:toc}\n\nMore.",
            "Text.\n\nMore.",
            id="9 attributes and the dummy list",
        ),
        pytest.param(
            "She said so[^5] and left.[^2]\n\n[^5]: In May.\n[^7]: Nobody asked.",
            "She said so[^5] and left.\n\n[^5]: In May.\nNobody asked.",
            id="10 notes without marks and marks without notes",
        ),
        pytest.param(
            'Salt<sup id="note-1-source">[1](#note-1)</sup> helps.',
            "Salt helps.",
            id="10 a mark glued to a word",
        ),
        pytest.param("", "", id="12 nothing"),
        pytest.param(
            "<ann> are you there?\n<bo> yes\n[10:04] <ann> good",
            "<ann> are you there?\n<bo> yes\n[10:04] <ann> good",
            id="13 a chat keeps its lines",
        ),
        pytest.param(
            "Which Cake Are You? brought to you by Quizilla\n\n"
            "Rank**Kind[Plain]:High[Sweet]:Low[Dry]:Low\n\nOh well.",
            "Oh well.",
            id="15 what a quiz left",
        ),
        pytest.param(
            '[caption id="a1" caption="The old pier"]![p](p.jpg)[/caption]\n\n'
            '[caption id="a2" width="300"]![b](b.jpg) The new boat[/caption]\n\n'
            '\\[caption id="a\\_3"\\]![c](c.jpg) The crew\\[/caption\\]',
            "The old pier\n\nThe new boat\n\nThe crew",
            id="16 captions in three dialects",
        ),
        pytest.param(
            ".box { display: block; color: red; }\n.box a {margin:0}\n\nWe met at noon.",
            "We met at noon.",
            id="17 a pasted style sheet",
        ),
        pytest.param(
            "We had planned to leave before the sun came up, but the engine was\n"
            "cold and the coffee was hot, so it was nearly nine when we finally\nrolled out.",
            "We had planned to leave before the sun came up, but the engine was cold and the coffee was hot, "
            "so it was nearly nine when we finally rolled out.",
            id="18 prose wrapped at a margin",
        ),
        pytest.param(
            "The lamp is low,\nthe night is long,\nI hear the snow\nhum half a song.",
            "The lamp is low,\nthe night is long,\nI hear the snow\nhum half a song.",
            id="18 a poem",
        ),
        pytest.param(
            "Ida Bell\n14 Harbour Road\nNorthwick", "Ida Bell\n14 Harbour Road\nNorthwick", id="18 an address"
        ),
        pytest.param("one line<br>\nand the next", "one line  \nand the next", id="18 a marked break"),
        pytest.param(
            "so\u200bme s\u00adoft \u202awords\u202c,\u00a0a\u000b\ufeffnd don\ufffdt \ufffd",
            "some soft words, a\nnd don\u2019t",
            id="19 what cannot be seen",
        ),
        pytest.param("Bjӧrk sang.", "Bjӧrk sang.", id="20 a letter of another alphabet"),
        pytest.param(
            "Tea &amp; milk &amp;amp; &#039;sugar&#039; &mdash; a &lt; b, `&amp;` and &lt;div&gt;",
            "Tea & milk & 'sugar' — a < b, `&amp;` and `<div>`",
            id="21 entities, but not in code",
        ),
        pytest.param("one\r\n\r\ntwo\r\n", "one\n\ntwo", id="22 line ends of another system"),
        pytest.param(
            "「译」ES5 notes\n\n```{r echo=FALSE}\nx <- 1\n```",
            "「译」ES5 notes\n\n```{r echo=FALSE}\nx <- 1\n```",
            id="23 two languages and a chunk of R",
        ),
    ],
)
def test_what_real_posts_hold(text: str, expected: str) -> None:
    assert cleaned(text) == expected
    assert cleaned(expected) == expected


def test_a_clean_text_begins_with_its_title_once() -> None:
    for text in ("Some words.", "# The title\n\nSome words.", "The Title\n=========\nSome words."):
        assert cleaned(text, wish=Clean()) == "# The Title\n\nSome words."
        assert cleaned(text) == "Some words.", "a recipe may want no heading"


def test_a_title_that_was_cut_is_dropped_from_the_text_but_never_a_sentence() -> None:
    title = "How I learned to stop worrying and repaired the roof of my grandmother's old summer house"
    assert cleaned(f"{title[:80]}\n\nIt leaked.", title) == "It leaked."
    assert cleaned(f"{title} in May.\n\nIt leaked.", title[:80]).startswith(title)


def test_a_title_is_one_clean_line() -> None:
    document, changed = clean(post("a", "  cafÃ©\n{{ x }} one\u200b &amp; <em>two</em> "))
    assert document.title == "café one & *two*"
    assert changed >= {"mojibake", "templates", "characters", "entities", "tags"}


def test_a_clean_text_is_said_to_be_unchanged() -> None:
    _, changed = clean(post("Some words.\n\n## One\n\nMore.\n"))
    assert changed == frozenset()


def test_html_becomes_markdown_after_its_templates_are_gone() -> None:
    page = Document(
        "b/1", "T", "<h2>One</h2>{% include x.html %}<p>A <b>word</b></p>", "1.html", "b", markup="html"
    )
    document, changed = clean(page)
    assert (document.text, document.markup) == ("# T\n\n## One\n\nA **word**", "markdown")
    assert "html" in changed
    assert next(steps(page, Clean()))[0] == "html"


@pytest.mark.parametrize(
    ("wish", "text", "expected"),
    [
        (Clean(urls="drop"), "See [my page](https://a.example) (https://b.example).", "See my page."),
        (Clean(urls="drop"), "Words.\n\nSource: https://a.example/b\n", "Words."),
        (Clean(urls="drop"), "See [it][1].\n\n[1]: https://a.example", "See it."),
        (Clean(urls="drop"), "`curl https://a.example`", "`curl https://a.example`"),
        (Clean(mentions="drop"), "Ask @ann_b, or ann@b.example.", "Ask, or ann@b.example."),
        (Clean(hashtags="drop"), "Good walk #hiking #fun\n\n## Not me, #1", "Good walk\n\n## Not me, #1"),
        (
            Clean(case="lower"),
            "Ask Bo at [Home](https://a.example/B) `X`",
            "ask bo at [home](https://a.example/B) `X`",
        ),
        (
            Clean(boilerplate="keep"),
            "Words.\n\nSubscribe to my newsletter!",
            "Words.\n\nSubscribe to my newsletter!",
        ),
    ],
)
def test_a_recipe_has_its_wishes(wish: Clean, text: str, expected: str) -> None:
    assert cleaned(text, wish=wish).partition("\n\n")[2] == expected


@pytest.mark.parametrize(
    "line",
    [
        "*Photo by [Ann Lee](https://a.example) on [Unsplash](https://b.example)*",
        "Image credit: the town archive",
        "Subscribe to my newsletter!",
        "Thanks for reading! If you enjoyed this story, please clap and follow me on Medium.",
        "Originally published at [harbour.example](https://harbour.example) on May 3, 2019.",
        "👏 Hit the clap button below.",
        "Share this:",
        "Follow me on Twitter",
    ],
)
def test_boilerplate_goes(line: str) -> None:
    assert cleaned(f"We sailed at dawn.\n\n{line}\n\nWe came back.") == "We sailed at dawn.\n\nWe came back."


@pytest.mark.parametrize(
    "line",
    [
        "Photos from that summer are all I have left of the boat.",
        "Subscribe is a word I dislike.",
        "If you enjoyed this as much as I did, you must have been there.",
        "The book was originally written in Danish, which explains the jokes.",
        "Follow me, she said, and we went down into the cellar.",
        "Image of the day: a heron, on one leg, in the rain.",
        "Read more books.",
        "Join us for the harbour walk on Sunday at ten.",
    ],
)
def test_prose_that_sounds_like_boilerplate_stays(line: str) -> None:
    assert line in cleaned(f"We sailed at dawn.\n\n{line}\n\nWe came back.")


def test_steps_tell_each_change_in_order() -> None:
    found = list(steps(post("<!-- x -->It rained.\u200b\n\n\n\nWe read {{ y }}."), Clean()))
    assert [name for name, _, _ in found] == ["characters", "comments", "templates", "spacing"]
    assert all(after == before for (_, _, after), (_, before, _) in pairwise(found))
