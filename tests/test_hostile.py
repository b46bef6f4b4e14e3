"""Titles and samples that try to break out of their place in a card."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cards.combination import SourceTerms
from cards.facts import Check, Column, DatasetFacts, Figure, ModelFacts, Request, Sample
from cards.markdown import code, excerpt, fence, literal, one_line, text
from cards.opinion import findings
from cards.own import own_section
from cards.page import page
from cards.render import dataset_card, model_card, space_card
from cards.space import SpaceFacts
from tests.golden import facts as golden
from train.rehearse.hub.card_rules import check_card
from train.rehearse.hub.names import Kind

HOSTILE = [
    *("`" * length + " x" for length in (1, 2, 3, 4, 9)),
    "```\n\n# escaped\n\n````",
    "~~~\n# escaped\n~~~",
    "</details></td></table><h1>big</h1>",
    "<script>alert(1)</script><!-- ",
    "--> <img src=x onerror=alert(1)>",
    "<!-- yours -->\nmine\n<!-- /yours -->",
    "{{ 7*7 }}{% include 'model.md.jinja' %}{# #}",
    "---\nlicense: mit\n---",
    "--- \n=== \n***",
    "a | b |\n| --- | --- |\n| c | d |",
    "# heading\n## another",
    "Setext\n======",
    "- list\n1. list\n> quote\n+ list",
    "1) one",
    "    indented code",
    "![](http://x) ![y](http://evil.example/p.png)",
    "[x]: http://evil.example\n[x]",
    "x](https://evil.example) [y",
    "https://evil.example www.evil.example <https://evil.example> ftp://x.example",
    "someone@evil.example <someone@evil.example> @user",
    "[^1]: note [^1]",
    "$$x$$ \\(y\\) \\[z\\] $a$",
    "&lt;b&gt; &amp; &#60;b&#62; &NewLine;",
    "*a* _b_ **c** __d__ ~~e~~ *",
    "\\` \\* \\",
    "trailing\\",
    "\u202eevil\u202c \u2066x\u2069 \u200b\u200f\ufeff\u00ad",
    "\u2028# line\u2029# paragraph\x0b\x0c\x85# next",
    "\x00\x1b[31m\x08",
    "': {a: [\n- &b !!python/object:os.system",
    "key: value # comment",
    "\"); import os  # `$(rm -rf ~)` '\"'",
    "no",
    "\ufdd07b7d\ufdd199\ufdd2",
    "\ud800 lone",
    "ten kilobytes " * 730,
    "x" * 10_000,
]
FREE = st.text(min_size=1).filter(one_line)
PLAIN = "words"


def model(words: str) -> ModelFacts:
    """The facts of a model in which all words that come from elsewhere are these."""
    facts, request = golden.MODEL, Request(words, {"words": 600})
    figure = Figure("structure", words, 0.4, 0.9, "higher", words)
    evidence = replace(facts.evidence, figures=(figure,), checks=(Check(words, True, True),), anyway=words)
    combination = replace(facts.combination, sources=(SourceTerms(words, "jekyll", "unknown"),))
    return replace(
        facts,
        title=words,
        notes=(words,),
        usage=replace(facts.usage, request=request),
        sample=Sample(request, words),
        evidence=evidence,
        training=replace(facts.training, options={words: words}, device=words),
        corpus=replace(facts.corpus, read={words: 83}, dropped={words: 21}),
        combination=combination,
    )


def dataset(words: str) -> DatasetFacts:
    """The facts of a dataset with these words."""
    corpus = replace(
        golden.CORPUS,
        read={words: 83},
        dropped={words: 21},
        changed={words: 3},
        repeated={words: 1},
        masked={words: 1},
    )
    combination = replace(golden.COMBINATION, sources=(SourceTerms(words, "jekyll", "unknown"),))
    columns = (Column(one_line(words), "string", words, words), Column("text", "string", words, words))
    return replace(
        golden.DATASET,
        title=words,
        notes=(words,),
        corpus=corpus,
        columns=columns,
        sample=words,
        combination=combination,
    )


def space(words: str) -> SpaceFacts:
    """The facts of a Space with these words."""
    return replace(golden.SPACE, title=words)


def cards(words: str) -> tuple[str, str, str]:
    return model_card(model(words)), dataset_card(dataset(words)), space_card(space(words))


def top(card: str) -> str:
    found = re.match(r"---\n(.*?)\n---\n", card, re.DOTALL)
    assert found
    return found[1]


def tokens(card: str) -> Iterator[Token]:
    body = card[len(top(card)) + 9 :]
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body):
        yield token
        yield from token.children or []


def shape(card: str) -> list[tuple[str, str]]:
    """What a card is built of, whatever the words in it."""
    words = ("text", "text_special", "softbreak", "inline")
    return [(token.type, token.info.split(" ")[0]) for token in tokens(card) if token.type not in words]


def addresses(card: str) -> set[str]:
    return {
        str(token.attrs[name]) for token in tokens(card) for name in ("href", "src") if name in token.attrs
    }


class Elements(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [each for each in attrs if each[0] not in ("alt", "id")]))


def elements(card: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    read = Elements()
    read.feed(page(card, "model", {"model": "model.html"}, str))
    return read.found


def check_same_structure(words: str) -> None:
    for mine, plain, kind in zip(
        cards(words), cards(PLAIN), (Kind.MODEL, Kind.DATASET, Kind.SPACE), strict=True
    ):
        assert shape(mine) == shape(plain)
        assert addresses(mine) == addresses(plain)
        read, expected = yaml.safe_load(top(mine)), yaml.safe_load(top(plain))
        assert list(read) == list(expected)
        free = {"pretty_name", "title", "short_description", "dataset_info", "model-index"}
        assert {k: v for k, v in read.items() if k not in free} == {
            k: v for k, v in expected.items() if k not in free
        }
        assert check_card(mine, kind).errors == ()
        assert own_section(mine) is None
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufdd0-\ufdd2\x00]", mine)


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: repr(words[:30]))
def test_no_word_breaks_out_of_its_place(words: str) -> None:
    check_same_structure(words)


@settings(deadline=None, max_examples=25)
@given(FREE)
def test_no_text_at_all_breaks_out_of_its_place(words: str) -> None:
    check_same_structure(words)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(HOSTILE[:-2]), min_size=2, max_size=4).map(" ".join))
def test_nor_do_several_attacks_together(words: str) -> None:
    check_same_structure(words)


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: repr(words[:30]))
def test_a_page_in_the_browser_is_built_of_the_same_elements_whatever_the_words(words: str) -> None:
    for mine, plain in zip(cards(words), cards(PLAIN), strict=True):
        assert elements(mine) == elements(plain)


def test_a_template_in_a_title_is_not_rendered() -> None:
    for card in cards("{{ 7*7 }}"):
        assert "49" not in card
        assert "{{ 7\\*7 }}" in card


@settings(deadline=None)
@given(st.text())
def test_escaped_words_read_as_the_words_they_were(words: str) -> None:
    (paragraph,) = [
        each for each in MarkdownIt("commonmark").parse(f"x {text(words)}") if each.type == "inline"
    ]
    assert {each.type for each in paragraph.children or []} <= {"text", "text_special"}
    assert "".join(each.content for each in paragraph.children or []) == f"x {one_line(words)}".strip()


@settings(deadline=None)
@given(st.text())
def test_a_code_span_holds_all_its_words_and_a_fence_all_its_lines(words: str) -> None:
    (span,) = [each for each in MarkdownIt("commonmark").parse(f"a {code(words)} b") if each.type == "inline"]
    assert [each.type for each in span.children or []] == ["text", "code_inline", "text"]
    (block,) = MarkdownIt("commonmark").parse(fence(words, "text"))
    assert (block.type, block.info) == ("fence", "text")
    (block,) = MarkdownIt("commonmark").parse(excerpt(words))
    assert block.type == "fence"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_python_literal_is_the_words(words: str) -> None:
    assert eval(literal(words)) == words


@pytest.mark.parametrize("words", HOSTILE[:-2], ids=lambda words: repr(words[:30]))
def test_a_card_with_hostile_words_still_passes_our_own_check(words: str) -> None:
    for card in cards(words):
        meant = ("was left in", "the text says")  # what a person would be told of as well
        assert [each for each in findings(card) if not any(words in each.what for words in meant)] == []
