from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.prepare.document import Document
from train.prepare.filters.not_a_post import INSTRUCTIONS, for_machines
from train.prepare.keep import measures, reason_to_drop
from train.prepare.outline import Section, outline
from train.prepare.words import count
from train.sections import Keep

WHOLE = "# T\n\nAn introduction.\n\n## One\n\nFirst words.\n\n## Two\n\n### Deeper\n\nLast words here."


def post(text: str, title: str = "T") -> Document:
    return Document("blog/1", title, text, "1.md", "blog")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one two", 2),
        ("# One - two\n\n---\n", 2),
        ("it's 3.5 well-known", 3),
        ("café 漢字 ...", 2),
        ("| a | b |", 2),
    ],
)
def test_a_word_holds_a_letter_or_a_digit(text: str, words: int) -> None:
    assert count(text) == words


@given(st.text() | st.text(st.characters(max_codepoint=127)))
def test_every_word_is_counted_whatever_stands_around_it(text: str) -> None:
    assert count(text) == sum(any(map(str.isalnum, piece)) for piece in text.split())


def test_an_outline_names_title_introduction_and_sections() -> None:
    found = outline(WHOLE)
    assert (found.title, found.titles, found.introduction) == ("T", ("T",), 2)
    assert found.sections == (Section("One", 2), Section("Two", 4))
    assert found.fences_closed


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param("no title", (), id="none"),
        pytest.param("# A\n\n# B", ("A", "B"), id="two"),
        pytest.param("# Use `x` *now* #", ("Use `x` *now*",), id="marks stay, closing hashes do not"),
        pytest.param("A\n===", ("A",), id="underlined"),
        pytest.param("#A\n\n> # B\n\n- # C\n\n```\n# D\n```", (), id="elsewhere it is none"),
    ],
)
def test_titles_are_the_headings_of_the_first_level(text: str, titles: tuple[str, ...]) -> None:
    assert outline(text).titles == titles
    assert outline(text).title == (titles[0] if titles else "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "# T\n\none two\n\nthree\n\n## A\n\nfour", 3, id="all paragraphs before the first section"
        ),
        pytest.param("# T\n\n- one\n\n## A", 0, id="a list is none"),
        pytest.param("# T\n\n### Deeper\n\none", 0, id="below another heading it is none"),
        pytest.param("# T\n\n## A\n\none", 0, id="none"),
        pytest.param("one two\n\n## A", 2, id="without a title"),
    ],
)
def test_an_introduction_is_prose_between_title_and_first_heading(text: str, words: int) -> None:
    assert outline(text).introduction == words


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("```\na\n```", True),
        ("```\na", False),
        ("```", False),
        ("~~~ py\na\n~~~~", True),
        ("````\na\n```", False),
        ("> ```\n> a\n> ```", True),
        ("- ```\n  a\n  ```\n- b", True),
        ("```a```", True),
    ],
)
def test_a_fence_that_runs_to_the_end_is_not_closed(text: str, closed: bool) -> None:
    assert outline(text).fences_closed is closed


@given(st.text(alphabet="# \n`~->=*a1|[]()\r\t\0", max_size=60))
def test_any_text_has_an_outline(text: str) -> None:
    outline(text)


@pytest.mark.parametrize(
    ("text", "keep", "reason"),
    [
        pytest.param(WHOLE, Keep(structure="required"), None, id="a whole post stays"),
        pytest.param("# T", Keep(), "empty", id="a title alone"),
        pytest.param("# T\n\n---", Keep(), "empty", id="no word below the title"),
        pytest.param(WHOLE, Keep(words=(50, 99)), "too short", id="too few words"),
        pytest.param(WHOLE, Keep(words=(1, 5)), "too long", id="too many words"),
        pytest.param("# T\n\na\n\n## A\n\nb", Keep(structure="required"), "no sections", id="one section"),
        pytest.param(
            "# T\n\na\n\n## A\n\n## B\n\nc", Keep(structure="required"), "no sections", id="empty one"
        ),
        pytest.param(
            "# T\n\n## A\n\na\n\n## B\n\nb", Keep(structure="required"), "no introduction", id="none"
        ),
        pytest.param(f"{WHOLE}\n\n```\na", Keep(structure="required"), "unclosed code", id="open code"),
        pytest.param("# T\n\na", Keep(), None, id="any structure will do"),
    ],
)
def test_a_filter_says_why_a_document_cannot_stay(text: str, keep: Keep, reason: str | None) -> None:
    assert reason_to_drop(post(text), keep) == reason


def test_a_document_without_a_title_cannot_be_asked_for() -> None:
    assert reason_to_drop(post("# ?\n\na", title="?"), Keep()) == "no title"


def test_the_measures_are_what_the_filters_saw() -> None:
    assert measures(post(WHOLE)) == "11 words, 2 sections"


ENGLISH = "We walked down to the harbour before breakfast, and the boats had already gone out without us."
GERMAN = "Wir sind vor dem Frühstück zum Hafen gegangen, aber die Boote waren alle schon lange weg."
LETTER = (
    "From: Robin Wren\nSent: Monday, 3 March\nTo: All of us\nSubject: The ferry\n\nThe ferry will not sail."
)
CHAT = "\n".join(
    f"{name}: and then the kettle fell {line}" for line in range(4) for name in ("wren_91", "moss")
)


def under(body: str) -> str:
    return f"# T\n\n{body}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(
            '<meta http-equiv="refresh" content="0; url=/new">Go on.', "redirect", id="a page that reloads"
        ),
        pytest.param("This post has moved to [my new blog](https://kettle.org).", "redirect", id="moved"),
        pytest.param("You are being redirected.", "redirect", id="redirected"),
        pytest.param("[Kettle news](https://kettle.org/news)", "only links", id="only a link"),
        pytest.param("https://kettle.org/a\n\n<https://kettle.org/b>", "only links", id="only addresses"),
        pytest.param(f"[Kettles](https://kettle.org). {ENGLISH}", None, id="a link and words"),
        pytest.param(f"{ENGLISH} The shop has moved to the pier. " * 5, None, id="a story of a move"),
        pytest.param("Coming soon!", "placeholder", id="coming soon"),
        pytest.param("TODO: write this", "placeholder", id="to be done"),
        pytest.param(
            "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 20, "placeholder", id="Latin"
        ),
        pytest.param(f"{ENGLISH} " * 5 + "We printed lorem ipsum all day.", None, id="a story of Latin"),
        pytest.param(
            "Welcome to WordPress. This is your first post. Edit or delete it, then start writing!",
            "placeholder",
            id="the first post of WordPress",
        ),
        pytest.param(
            "You\u2019ll find this post in your `_posts` directory. Go ahead and edit it.",
            "placeholder",
            id="the first post of Jekyll",
        ),
        pytest.param(
            "Hey there, welcome to Ghost, your new home on the web.",
            "placeholder",
            id="the first post of Ghost",
        ),
        pytest.param(
            "This file provides guidance to Claude Code when working in this repository. Run `make`.",
            "instructions for agents",
            id="a file for agents",
        ),
        pytest.param(
            "You are a helpful writing assistant. Your task is to answer in one paragraph.",
            "instructions for agents",
            id="a prompt",
        ),
        pytest.param("You are a child again when the ferry sails, I thought.", None, id="no prompt"),
        pytest.param(
            "**You said:** what is tea?\n\n**ChatGPT said:** A drink of leaves.\n\n" * 3,
            "chat transcript",
            id="a talk",
        ),
        pytest.param("Robin: what is tea?\n\nWren: A drink of leaves.\n\n" * 2, None, id="an interview"),
        pytest.param(f"{GERMAN}\n\n{GERMAN}", "in another language", id="German"),
        pytest.param(f"{ENGLISH}\n\n{ENGLISH}\n\n> {GERMAN}", None, id="a German quotation"),
        pytest.param(f"> {ENGLISH} {ENGLISH}\n\nI agree.", "somebody else's words", id="mostly a quotation"),
        pytest.param(f"> {ENGLISH}\n\n{ENGLISH} I agree.", None, id="less quoted than said"),
        pytest.param(f"Look:\n\n{LETTER}", "somebody else's words", id="a letter with its head"),
        pytest.param(
            f"Begin forwarded message:\n\n{ENGLISH}", "somebody else's words", id="a forwarded message"
        ),
        pytest.param(f"FOR IMMEDIATE RELEASE\n\n{ENGLISH}", "somebody else's words", id="a press release"),
        pytest.param(f"{ENGLISH}\n\nFrom: the pier you can see it.", None, id="no letter"),
        pytest.param(f"Ha:\n\n{CHAT}", "somebody else's words", id="a chat"),
        pytest.param(
            CHAT.replace("wren_91: ", "[10:42] wren ").replace("moss: ", ""), None, id="times alone"
        ),
        pytest.param(
            f"A chat:\n\n```\n{CHAT}\n```\n\n{ENGLISH}", None, id="what stands in code is not looked at"
        ),
    ],
)
def test_a_post_is_somebody_s_own_words_in_the_writer_s_language(body: str, reason: str | None) -> None:
    assert reason_to_drop(post(under(body)), Keep()) == reason


@pytest.mark.parametrize("origin", ["CLAUDE.md", "notes/AGENTS.md", ".claude/commands/write.md"])
def test_files_for_agents_are_known_by_their_names(origin: str) -> None:
    assert reason_to_drop(replace(post(under(ENGLISH)), origin=origin), Keep()) == "instructions for agents"


def test_a_recipe_may_keep_every_language_and_every_quotation() -> None:
    assert reason_to_drop(post(under(GERMAN)), Keep(language="any")) is None
    assert reason_to_drop(post(under(GERMAN)), Keep(), "de") is None
    assert reason_to_drop(post(under(f"> {ENGLISH}")), Keep(quoted=1.0)) is None


def test_a_text_without_a_heading_begins_with_its_first_line() -> None:
    assert reason_to_drop(post(ENGLISH), Keep()) == "empty"
    assert reason_to_drop(post(ENGLISH), Keep(), heading=False) is None
    assert reason_to_drop(post(ENGLISH), Keep(words=(18, 99)), heading=False) == "too short"


def test_a_title_is_needed_only_where_the_writer_is_asked_with_it() -> None:
    assert reason_to_drop(post(ENGLISH, title=""), Keep(), heading=False) == "no title"
    assert reason_to_drop(post(ENGLISH, title=""), Keep(), heading=False, titled=False) is None
    assert reason_to_drop(replace(post(ENGLISH, title=""), formal="We went."), Keep(), heading=False) is None


@given(st.from_regex(INSTRUCTIONS, fullmatch=True))
def test_no_instructions_are_missed_whatever_their_letters(text: str) -> None:
    assert for_machines(text, "1.md") == "instructions for agents"


@given(st.text() | st.text("ab:>#-*[]()\n `"))
def test_any_text_gets_an_answer(text: str) -> None:
    assert reason_to_drop(post(text), Keep()) == reason_to_drop(post(text), Keep())
