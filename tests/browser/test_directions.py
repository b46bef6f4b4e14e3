"""Texts that run from right to left, and marks of differences on white paper."""

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import TITLE, Visit
from tests.scripted_studio import ScriptedStudio

pytestmark = pytest.mark.slow
MIXED = """\
- שורה ראשונה

> ציטוט קצר

| סימן | משמעות |
|---|---|
| א | משימה |

1. A first line
"""


def test_a_list_a_quotation_and_a_table_stand_as_their_words_run(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "texts", {"blog": MIXED})
    visit.write(TITLE)
    for block, direction in {"ul": "rtl", "blockquote": "rtl", "table": "rtl", "ol": "ltr"}.items():
        expect(visit.paper.locator(block)).to_have_css("direction", direction)
    quotation = visit.paper.locator("blockquote")
    expect(quotation).to_have_css("border-right-width", "3px")
    expect(quotation).to_have_css("border-left-width", "0px")
    accent = quotation.evaluate("each => getComputedStyle(each).borderRightColor")
    link = "each => getComputedStyle(each).getPropertyValue('--color-accent')"
    visit.page.evaluate("colour => (document.body.style.outlineColor = colour)", quotation.evaluate(link))
    assert accent == visit.page.evaluate("getComputedStyle(document.body).outlineColor")


def test_on_paper_marked_words_are_dark_on_light_even_if_the_screen_is_dark(visit: Visit) -> None:
    visit.page.emulate_media(color_scheme="dark")
    visit.page.reload()
    expect(visit.page.locator("body.dark")).to_have_count(1)
    visit.page.get_by_role("tab", name="Compare").click()
    paper = visit.pair.locator(".paper").first
    expect(paper).to_be_visible()
    ink = "(paper, side) => getComputedStyle(paper, `::highlight(imprint-${side})`).color"
    marks = [paper.evaluate(ink, side) for side in ("left", "right")]
    visit.page.emulate_media(media="print")
    printed = [paper.evaluate(ink, side) for side in ("left", "right")]
    assert [brightness(each) > 400 for each in marks] == [True, True]
    assert [brightness(each) < 300 for each in printed] == [True, True]


def brightness(colour: str) -> int:
    return sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(", ")))
