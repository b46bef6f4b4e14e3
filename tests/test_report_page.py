import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from math import nan
from typing import Any

import pytest

from tests.verdicts import AUDIT, BLOG, metrics
from train.evaluate.gate import judge
from train.evaluate.report import Audit, Copy, Document, Metrics, Sample, Who
from train.evaluate.showing.marks import Shown, faults, pieces
from train.evaluate.showing.page import Seen, page

GOOD = "# On tea\n\nTea is warm.\n\n## Pot\n\nWarm it.\n\n## Cup\n\nFill it.\n\n## Conclusion\n\nDrink it."
HOSTILE = (
    "</div></section><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7 * 7 }} &amp; \x00 \u202e"
    "<style>body{display:none}</style> ]]> <!-- \U0001f375 日記"
)
VOID = {"meta", "br", "img", "path", "use", "rect"}
WRITERS: tuple[Who, ...] = ("base", "last", "adapter")


class Tree(HTMLParser):
    """What a browser would make of a page: its tags in order, its words, and whether all was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words, self.open, self.flaws = "", list[str](), list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.flaws.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def sample(text: str, who: Who = "adapter", title: str = "On tea", **scores: float) -> Sample:
    found = {"structure": 1.0, "repetition": 0.0, "slop": 0.0, "specifics": 0.0} | scores
    return Sample(title, {"words": 80}, who, 0, text, True, (), scores=found)


def seen(
    *texts: str,
    audit: Audit = AUDIT,
    found: Metrics | None = None,
    writers: tuple[Who, ...] = WRITERS,
    **scores: float,
) -> Seen:
    found = found or metrics(last="last" in writers)
    shown = {
        who: [Shown(sample(text, who, f"On tea {place}", **scores)) for place, text in enumerate(texts)]
        for who in writers
    }
    documents = [Document("test/1", 100, 160.0, 120.0), Document("test/2", 50, 60.0, 70.0)]
    return Seen(found, judge(BLOG, found, audit), audit, shown, documents)


def test_the_page_says_the_verdict_first_and_shows_every_part() -> None:
    text = page(seen(GOOD, "Tea.", "More tea."))
    tree = Tree(text)
    assert tree.flaws == tree.open == []
    assert tree.words.index("The gate is open.") < tree.words.index("whole posts")
    parts = ["Figures", "Every check", "Copied from the training texts", "How the texts are spread"]
    assert [tree.words.index(part) for part in parts] == sorted(tree.words.index(part) for part in parts)
    assert {"last version, v1.1.0", "this version", "from last"} <= set(re.findall(r">([^<]+)</th>", text))
    assert "9 words in “On tea”, from my-blog/tea.md" in tree.words
    assert all(f"{why}: “On tea" in tree.words for why in ("Best", "In the middle", "Worst"))


def test_the_page_needs_nothing_from_anywhere_and_runs_nothing() -> None:
    text = page(seen(GOOD, HOSTILE))
    tree = Tree(text)
    loading = {"script", "link", "iframe", "object", "img", "image", "base", "form"}
    assert loading.isdisjoint(tag for tag, _ in tree.tags)
    assert not re.search(r"url\((?!#)|@import|javascript:", text)
    for _, attrs in tree.tags:
        assert not any(name.startswith("on") or name in ("src", "srcset", "action") for name in attrs)
        assert all((value or "").startswith("#") for name, value in attrs.items() if name == "href")


def test_what_a_model_wrote_is_shown_and_never_obeyed() -> None:
    hostile = replace(AUDIT, copies=(Copy(HOSTILE, 40, HOSTILE, HOSTILE),))
    found = replace(metrics(last=True), recipe=HOSTILE)
    told = seen(HOSTILE, audit=hostile, found=found)
    titled = [replace(each, sample=replace(each.sample, title=HOSTILE)) for each in told.texts["adapter"]]
    text = page(replace(told, texts={**told.texts, "adapter": titled}))
    tree = Tree(text)
    assert tree.flaws == tree.open == []
    assert "script" not in {tag for tag, _ in tree.tags}
    assert len(tree.of("style")) == 1
    assert "{{ 7 * 7 }} &amp;" in tree.words
    assert "<script>" not in text


def test_the_same_evidence_gives_the_same_bytes() -> None:
    assert page(seen(GOOD, "Tea.")) == page(seen(GOOD, "Tea."))


def test_it_can_be_read_without_eyes_and_without_a_mouse() -> None:
    tree = Tree(page(seen(GOOD, "Tea tea.")))
    assert tree.of("html")[0]["lang"] == "en"
    assert len(tree.of("caption")) == len(tree.of("table")) > 2
    assert all(each["scope"] in ("col", "row") for each in tree.of("th"))
    assert all(each["aria-label"] for each in tree.of("figure"))
    assert len(tree.of("figure")) == len(tree.of("svg")) == 3
    assert all(each["aria-hidden"] for each in tree.of("svg"))
    ids = [attrs["id"] for _, attrs in tree.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    scrolled = [each for each in tree.of("div") if each.get("class") in ("wide", "text")]
    assert all(each.get("tabindex") == "0" and each.get("aria-label") for each in scrolled)
    heads = [int(tag[1]) for tag, _ in tree.tags if re.fullmatch("h[1-6]", tag)]
    assert heads[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(heads))


def test_a_demo_is_called_one_and_a_shut_gate_too() -> None:
    words = Tree(page(seen(GOOD, found=metrics(demo=True, last=True, structure=0.1)))).words
    assert "demo" in words
    assert (
        "The gate is shut: `bundle` refuses this version, unless --publish-anyway gives its card a reason."
        in words
    )


@pytest.mark.parametrize(
    ("texts", "scores"),
    [
        pytest.param((), {}, id="no text"),
        pytest.param(("",), {"repetition": nan}, id="an empty text"),
        pytest.param(("tea " * 20_000,), {"repetition": 1.0, "words_over_limit": 1.0}, id="an endless one"),
        pytest.param(("\u202e日記の書き方、" * 50,), {"repetition": nan, "slop": nan}, id="another script"),
    ],
)
def test_any_text_can_be_shown(texts: tuple[str, ...], scores: dict[str, Any]) -> None:
    tree = Tree(page(seen(*texts, **scores)))
    assert tree.flaws == tree.open == []


def test_without_a_last_version_there_is_no_column_for_it() -> None:
    text = page(seen(GOOD, writers=("base", "adapter")))
    assert "last version" not in text
    assert "from last" not in text


def marked(kind: str, text: str, **scores: Any) -> list[str]:
    shown = Shown(sample(text, **scores))
    return [piece.text for piece in pieces(shown) if kind in piece.kinds]


def test_the_pieces_of_a_text_are_the_text() -> None:
    for text in (GOOD, HOSTILE, "", "tea " * 300):
        assert (
            "".join(piece.text for piece in pieces(Shown(sample(text), copied=((0, len(text) // 2),))))
            == text
        )


def test_what_is_wrong_is_marked_where_it_stands() -> None:
    nine = "one two three four five six seven eight nine"
    assert marked("repeated", f"{nine}. And {nine}, ten.") == [nine]
    assert "".join(marked("over", "tea " * 90, words_over_limit=1.0)) == " " + "tea " * 10
    assert marked("over", "tea " * 90) == []
    assert marked("specific", "It has 80 leaves, and 4711 more, said Robin Kettle.") == [
        "4711",
        "Robin Kettle",
    ]
    assert "delve" in " ".join(marked("slop", "Let us delve into the rich tapestry of tea."))
    assert marked("copied", GOOD) == []


def test_marks_that_meet_are_both_told() -> None:
    shown = Shown(sample("It has 4711 leaves."), copied=((0, 11),))
    assert [(piece.text, piece.kinds) for piece in pieces(shown)] == [
        ("It has ", ("copied",)),
        ("4711", ("copied", "specific")),
        (" leaves.", ()),
    ]


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (Shown(sample(GOOD)), ()),
        (Shown(replace(sample(GOOD), lacks=("introduction", "end"))), ("no introduction", "no end")),
        (Shown(sample("tea " * 90, words_over_limit=1.0)), ("90 words, 80 asked for",)),
        (Shown(sample("Tea.", repetition=0.25)), ("25% repeated",)),
        (Shown(sample("Tea.", retrieval=0.0)), ("closer to another title",)),
        (Shown(sample("Tea."), copied=((0, 3),)), ("word for word from a training text",)),
        (Shown(sample(" ", repetition=nan)), ("empty",)),
    ],
)
def test_the_faults_of_a_text_are_said(shown: Shown, said: tuple[str, ...]) -> None:
    assert faults(shown) == said


def test_a_text_that_had_to_keep_what_went_in_says_what_it_lost() -> None:
    one = Sample("Robin has 4711 cups.", {}, "adapter", 0, "He has cups.", True, (), scores={"kept": 0.0})
    assert faults(Shown(one)) == ("not the same: numbers",)
