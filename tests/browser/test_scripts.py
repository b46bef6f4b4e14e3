"""What the page's scripts find out about texts."""

import json
from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import BrowserContext, Page

from tests.browser.visiting import visiting

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(context: BrowserContext, page_url: str) -> Iterator[Page]:
    with visiting(context, page_url) as visit:
        yield visit.page


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        pytest.param("one two", "one two", "one two ", id="nothing"),
        pytest.param("one two", "one new two", "one +new+ two ", id="a word more"),
        pytest.param("one old two", "one two", "one -old- two ", id="a word less"),
        pytest.param("a b c", "a x c", "a -b- +x+ c ", id="another word"),
        pytest.param("a b", "x y", "-a b- +x y+ ", id="everything"),
        pytest.param("", "new", "+new+ ", id="from nothing"),
        pytest.param("a b a b", "b a b", "-a- b a b ", id="words that repeat"),
        pytest.param("<b>x</b>", "<i>x</i>", "-<b>x</b>- +<i>x</i>+ ", id="HTML stays text"),
        pytest.param("a b\n\nc", "a x\n\nc", "a -b- +x+\n\nc ", id="paragraphs stay"),
        pytest.param(
            "我喜欢读书。", "我喜欢写书。", "我喜欢-读书。- +写书。+ ", id="a script without blanks"
        ),
    ],
)
def test_changes_are_found_word_by_word(page: Page, before: str, after: str, changes: str) -> None:
    marked = """([before, after]) => [...imprint.changes(before, after).childNodes].map((each) => {
        const sign = { DEL: "-", INS: "+" }[each.nodeName] ?? "";
        return sign + each.textContent + sign;
    }).join("")"""
    assert page.evaluate(marked, [before, after]) == changes


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("One, two  and\nthree.", 4, id="plain words"),
        pytest.param("## Two words\n\n- a | b --- *", 4, id="marks are none"),
        pytest.param("我喜欢读书。", 3, id="Chinese"),
        pytest.param("紙のノートを使う。", 5, id="Japanese"),
        pytest.param("ฉันอ่านหนังสือ", 3, id="Thai"),
        pytest.param("종이 공책을 씁니다.", 3, id="Korean, which has blanks"),
        pytest.param("Ein 🐝 summt", 2, id="an emoji is none"),
    ],
)
def test_words_are_counted_in_every_script(page: Page, text: str, count: int) -> None:
    assert page.evaluate("text => imprint.count(text)", text) == count


@pytest.mark.parametrize(
    ("title", "name"),
    [
        pytest.param("Élan über Straße: 3 Wege", "élan-über-straße-3-wege.md", id="accents"),
        pytest.param("ガイドブック", "ガイドブック.md", id="Japanese"),
        pytest.param("हिन्दी में लिखें", "हिन्दी-में-लिखें.md", id="Hindi"),
        pytest.param("한국어 공책", "한국어-공책.md", id="Korean"),
        pytest.param("../../etc/passwd", "etc-passwd.md", id="a path"),
        pytest.param("🐝", "blog.md", id="nothing that a name could hold"),
        pytest.param("𠮷" * 90, "𠮷" * 60 + ".md", id="no half characters"),
    ],
)
def test_a_file_is_named_after_its_text(page: Page, title: str, name: str) -> None:
    assert page.evaluate("title => imprint.fileName({order: {writer: 'blog', title}})", title) == name


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        pytest.param("It costs 1,250.50 euros.", "It's 1,250.50 euros.", [], id="a number is kept"),
        pytest.param("It costs 1,250 euros.", "It's 1,205 euros.", ["1,250"], id="a number is changed"),
        pytest.param("Call 12 people.", "Call 120 people.", ["12"], id="a number inside another"),
        pytest.param("We asked Zoë Adams.", "We asked Zoë.", ["Adams"], id="a name is lost"),
        pytest.param("However, it rained.", "But it rained.", [], id="a capital that begins a sentence"),
        pytest.param("Then I said so.", "So it was said.", [], id="I is no name"),
        pytest.param(
            "Write to a.b+c@d.example.", "Write to a.b@d.example.", ["a.b+c@d.example"], id="an address"
        ),
        pytest.param("See https://x.example/a?b=1.", "See https://x.example/a?b=1", [], id="a link is kept"),
        pytest.param("nothing here", "at all", [], id="nothing to lose"),
    ],
)
def test_what_a_rewriting_loses_is_found(page: Page, before: str, after: str, lost: list[str]) -> None:
    found = (
        "([before, after]) => imprint.lost(before, after).filter((each) => !each.kept).map(({each}) => each)"
    )
    assert page.evaluate(found, [before, after]) == lost


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("--- # no: comment", id="marks of YAML"),
        pytest.param("a\x7f\x85\ufffe b", id="characters that YAML wants escaped"),
        pytest.param("ሴ 🐝 \ud83d", id="half a character"),
    ],
)
def test_a_file_is_front_matter_and_a_text_whatever_its_title(page: Page, title: str) -> None:
    order = {"writer": "blog", "title": title, "version": "v0.2.0", "seed": 7}
    file = page.evaluate("text => imprint.file({order: JSON.parse(text), text: 'A'})", json.dumps(order))
    front, text = file.removeprefix("---\n").split("\n---\n", 1)
    assert yaml.safe_load(front)["title"] == title
    assert text == "\nA\n"


def test_long_texts_are_compared_within_a_second(page: Page) -> None:
    timed = """() => {
        const words = (shift) => Array.from({length: 4096}, (_, n) => `w${(n * 7 + shift) % 900}`).join(" ");
        const began = performance.now();
        imprint.changes(words(0), words(3));
        imprint.lost("1".repeat(50_000) + "a@".repeat(20_000) + " A".repeat(2_000), "");
        return performance.now() - began;
    }"""
    assert page.evaluate(timed) < 1000
