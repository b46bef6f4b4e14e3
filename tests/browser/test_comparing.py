"""Two versions side by side, from one request and one seed."""

import re

import pytest
from playwright.sync_api import expect

from orders import BASE
from tests.browser.visiting import TITLE, Visit
from tests.scripted_studio import ScriptedStudio

pytestmark = pytest.mark.slow
MARKED = """side => [...(CSS.highlights.get(`imprint-${side}`) ?? [])].map(
    ({startContainer, startOffset, endOffset}) => startContainer.data.slice(startOffset, endOffset))"""


def compare(visit: Visit, title: str = TITLE) -> None:
    visit.page.get_by_role("tab", name="Compare").first.click()
    visit.pair.get_by_label("Blog title").fill(title)
    visit.pair.get_by_role("button", name="Compare").click()


def test_two_versions_write_at_once_and_their_differences_are_marked(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "pause_s", 0.1)
    compare(visit)
    left, right = visit.pair.locator(".left .block.paper"), visit.pair.locator(".right .block.paper")
    expect(left.locator("h1")).to_have_text(TITLE)
    expect(right.locator("h1")).to_have_text(TITLE)
    expect(visit.pair.get_by_role("button", name="Stop")).to_be_visible()
    monkeypatch.setattr(scripted, "pause_s", 0)
    expect(visit.pair.get_by_role("button", name="Compare")).to_be_visible()
    differ = visit.pair.locator("[data-differences]")
    expect(differ).to_have_text("3 words only on the left, 1 word only on the right", timeout=20_000)
    assert visit.page.evaluate(MARKED, "left") == ["with", "one", "page"]
    assert visit.page.evaluate(MARKED, "right") == ["small"]
    first, second = scripted.orders
    assert {first.version, second.version} == {"v0.2.0", "v0.1.0"}
    assert (first.inputs, first.decoding) == (second.inputs, second.decoding)
    expect(visit.pair.locator("[data-version]").first).to_have_text("v0.2.0")
    expect(visit.pair.locator(".right [data-count]")).to_have_text(re.compile(r"\d+ words · \d\.\d s"))
    visit.shoot("1280-light-compared")
    visit.pair.get_by_label("Mark differences").uncheck()
    assert visit.page.evaluate(MARKED, "left") == []


def test_the_base_alone_can_be_one_of_them(visit: Visit, scripted: ScriptedStudio) -> None:
    visit.page.get_by_role("tab", name="Compare").first.click()
    visit.pair.get_by_label("Right").click()
    visit.page.get_by_role("option", name="The base, without the adapter").click()
    compare(visit)
    expect(visit.pair.locator("[data-version]").last).to_have_text("The base")
    visit.until(lambda: {order.version for order in scripted.orders} == {"v0.2.0", BASE})


def test_one_stop_ends_both(visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripted, "pause_s", 0.05)
    compare(visit)
    for side in ("left", "right"):
        expect(visit.pair.locator(f".{side} .block.paper h1")).to_be_visible()
    visit.pair.get_by_role("button", name="Stop").click()
    expect(visit.pair.get_by_role("button", name="Compare")).to_be_visible(timeout=1000)
    visit.until(lambda: scripted.stopped == 2)
    expect(visit.announced()).to_have_text("Stopped.")
    visit.page.wait_for_timeout(200)
    expect(visit.pair.locator(".note:visible")).to_have_count(0)


def test_an_empty_request_compares_nothing(visit: Visit, scripted: ScriptedStudio) -> None:
    compare(visit, "")
    expect(visit.pair.get_by_text("Please write something here first.")).to_be_visible()
    assert scripted.orders == []
