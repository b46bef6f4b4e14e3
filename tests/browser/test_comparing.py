"""Two versions side by side, from one request and one seed."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from orders import BASE
from tests.browser.visiting import TITLE, Visit, visiting
from tests.scripted_studio import ScriptedStudio

pytestmark = pytest.mark.slow
MARKED = """side => [...(CSS.highlights.get(`imprint-${side}`) ?? [])].map(
    ({startContainer, startOffset, endOffset}) => startContainer.data.slice(startOffset, endOffset))"""


def compare(visit: Visit, title: str = TITLE, right: str = "") -> None:
    visit.page.get_by_role("tab", name="Compare").first.click()
    visit.pair.get_by_label("Blog title").fill(title)
    if right:
        visit.pair.get_by_label("Right version").click()
        visit.page.get_by_role("option", name=right).click()
        expect(visit.pair.locator("[data-version]").last).to_have_text(right)
    visit.pair.get_by_role("button", name="Compare").click()


def test_two_versions_write_at_once_and_their_differences_are_marked(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "most", 40)
    compare(visit, right="v0.1.0")
    left, right = visit.pair.locator(".left .block.paper"), visit.pair.locator(".right .block.paper")
    expect(left.locator("h1")).to_have_text(TITLE)
    expect(right.locator("h1")).to_have_text(TITLE)
    expect(visit.pair.get_by_role("button", name="Stop")).to_be_visible()
    monkeypatch.setattr(scripted, "most", None)
    expect(visit.pair.get_by_role("button", name="Compare")).to_be_visible()
    differ = visit.pair.locator("[data-differences]")
    expect(differ).to_have_text("3 words only on the left, 1 word only on the right")
    assert visit.page.evaluate(MARKED, "left") == ["with one page"]
    assert visit.page.evaluate(MARKED, "right") == ["small"]
    first, second = scripted.orders
    assert {first.version, second.version} == {"v0.2.0", "v0.1.0"}
    assert (first.inputs, first.decoding) == (second.inputs, second.decoding)
    expect(visit.pair.locator("[data-version]").first).to_have_text("v0.2.0")
    expect(visit.pair.locator(".right [data-count]")).to_have_text(re.compile(r"\d+ words · \d\.\d s"))
    visit.shoot("1280-light-compared")
    visit.pair.get_by_label("Mark differences").uncheck()
    assert visit.page.evaluate(MARKED, "left") == []


def test_the_base_alone_is_what_a_version_is_compared_with_at_first(
    visit: Visit, scripted: ScriptedStudio
) -> None:
    visit.page.get_by_role("tab", name="Compare").first.click()
    names = visit.pair.locator("[data-version]")
    expect(names).to_have_text(["v0.2.0", "The base"])
    compare(visit)
    visit.until(lambda: {order.version for order in scripted.orders} == {"v0.2.0", BASE})
    visit.until(lambda: len(visit.history()) == 2)
    expect(names).to_have_text(["v0.2.0", "The base"])


def test_a_request_goes_along_from_one_tab_to_the_other(visit: Visit, scripted: ScriptedStudio) -> None:
    visit.fold("Settings")
    visit.desk.get_by_label("Seed").fill("99")
    visit.desk.get_by_label("300").check()
    visit.write("Of the one tab")
    visit.page.get_by_role("tab", name="Compare").click()
    expect(visit.pair.get_by_label("Blog title")).to_have_value("Of the one tab")
    visit.pair.get_by_role("button", name="Compare").click()
    visit.until(lambda: len(visit.history()) == 3)
    assert len({(str(each.inputs), each.decoding) for each in scripted.orders}) == 1
    visit.pair.get_by_label("Blog title").fill("Of the other")
    visit.page.get_by_role("tab", name="Write", exact=True).click()
    expect(visit.desk.get_by_label("Blog title")).to_have_value("Of the other")


def test_compared_texts_are_kept_and_a_link_compares_once_more(
    visit: Visit, scripted: ScriptedStudio, context: BrowserContext
) -> None:
    compare(visit, right="v0.1.0")
    visit.until(lambda: len(visit.history()) == 2)
    assert [each["order"]["version"] for each in visit.history()] == ["v0.2.0", "v0.1.0"]
    visit.pair.get_by_role("button", name="Copy link").click()
    link = visit.page.evaluate("navigator.clipboard.readText()")
    with visiting(context, link) as guest:
        expect(guest.pair.get_by_text("This link holds a request to two versions")).to_be_visible()
        expect(guest.pair.get_by_label("Blog title")).to_have_value(TITLE)
        expect(guest.pair.locator("[data-version]")).to_have_text(["v0.2.0", "v0.1.0"])
        assert len(scripted.orders) == 2
        guest.pair.locator(".asks .note").get_by_role("button", name="Compare").click()
        guest.until(lambda: len(scripted.orders) == 4)
        expect(guest.pair.get_by_text("This link holds")).to_be_hidden()
        assert "#" not in guest.page.url
    known = {(str(each.inputs), each.version, each.decoding) for each in scripted.orders}
    assert len(known) == 2


def test_one_stop_ends_both(visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripted, "most", 40)
    compare(visit, right="v0.1.0")
    for side in ("left", "right"):
        expect(visit.pair.locator(f".{side} .block.paper h1")).to_be_visible()
    visit.pair.get_by_role("button", name="Stop").click()
    expect(visit.pair.get_by_role("button", name="Compare")).to_be_visible()
    visit.until(lambda: scripted.stopped == 2)
    expect(visit.announced()).to_have_text("Stopped.")
    visit.page.wait_for_timeout(200)
    expect(visit.pair.locator(".note:visible")).to_have_count(0)


def test_an_empty_request_compares_nothing(visit: Visit, scripted: ScriptedStudio) -> None:
    compare(visit, "")
    expect(visit.pair.get_by_text("Please write something here first.")).to_be_visible()
    assert scripted.orders == []


def test_a_reload_keeps_what_both_had_written(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "most", 40)
    compare(visit, right="v0.1.0")
    for side in ("left", "right"):
        expect(visit.pair.locator(f".{side} .block.paper h1")).to_be_visible()
    visit.page.reload()
    expect(visit.pair.locator(".left .block.paper h1")).to_contain_text("How")
    assert [(each["order"]["version"], each["stopped"]) for each in visit.history()] == [
        ("v0.2.0", True),
        ("v0.1.0", True),
    ]


def test_who_reloads_comes_back_to_the_comparison(visit: Visit, scripted: ScriptedStudio) -> None:
    visit.page.get_by_role("tab", name="Compare").click()
    expect(visit.pair).to_be_visible()
    visit.page.reload()
    expect(visit.pair).to_be_visible()
    compare(visit, right="v0.1.0")
    visit.until(lambda: len(visit.history()) == 2)
    visit.page.reload()
    expect(visit.pair.get_by_label("Blog title")).to_have_value(TITLE)
    expect(visit.pair.locator("[data-version]")).to_have_text(["v0.2.0", "v0.1.0"])
    expect(visit.pair.locator("[data-differences]")).to_have_text(
        "3 words only on the left, 1 word only on the right"
    )
    assert visit.page.evaluate(MARKED, "right") == ["small"]
    expect(visit.pair.locator(".right [data-count]")).to_have_text(re.compile(r"\d+ words · \d\.\d s"))
    visit.pair.get_by_role("button", name="Compare").click()
    visit.until(lambda: len(scripted.orders) == 4)
    visit.page.get_by_role("tab", name="Write", exact=True).click()
    visit.page.reload()
    expect(visit.desk).to_be_visible()
