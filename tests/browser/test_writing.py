"""What a visitor does at a desk: ask, watch a text grow, stop it, ask again."""

import re

import pytest
from playwright.sync_api import expect

from orders import BASE
from tests.browser.visiting import TITLE, Visit
from tests.scripted_studio import ScriptedStudio

pytestmark = pytest.mark.slow


def test_a_title_becomes_a_text_that_grows_on_the_page(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "most", 40)
    visit.ask(TITLE)
    expect(visit.paper.locator("h1")).to_have_text(TITLE)
    expect(visit.paper).not_to_contain_text("In conclusion")
    expect(visit.count).to_have_text(re.compile(r"^\d+ words? · \d+\.\d s$"))
    expect(visit.announced()).to_have_text("Writing.")
    monkeypatch.setattr(scripted, "most", None)
    visit.wait_for_the_end()
    expect(visit.paper.locator("h2").last).to_have_text("In conclusion")
    expect(visit.paper.locator("table tr")).to_have_count(3)
    expect(visit.announced()).to_have_text(re.compile(r"^Finished: \d+ words\.$"))
    visit.desk.get_by_role("tab", name="Source").click()
    expect(visit.desk.locator("[data-source]")).to_contain_text("## In conclusion")


@pytest.mark.parametrize(
    "by_keyboard", [pytest.param(False, id="by its button"), pytest.param(True, id="by Esc")]
)
def test_stop_ends_the_text_at_once_and_the_next_can_begin(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch, by_keyboard: bool
) -> None:
    monkeypatch.setattr(scripted, "most", 40)
    visit.ask("A text to stop")
    expect(visit.paper.locator("h1")).to_have_text("A text to stop")
    visit.page.keyboard.press("Escape") if by_keyboard else visit.button("Stop").click()
    expect(visit.button("Write")).to_be_visible()
    expect(visit.count).to_contain_text("stopped")
    expect(visit.note).to_be_hidden()
    visit.until(lambda: scripted.stopped == 1)  # the writer itself, not only the page
    left = visit.paper.inner_text()
    visit.page.wait_for_timeout(200)
    assert visit.paper.inner_text() == left
    expect(visit.note).to_be_hidden()
    monkeypatch.setattr(scripted, "most", None)
    visit.write("The next one")
    expect(visit.paper.locator("h1")).to_have_text("The next one")
    expect(visit.paper).to_contain_text("In conclusion")


def test_a_double_click_starts_one_text_and_stops_none(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "most", 40)
    visit.desk.get_by_label("Blog title").fill(TITLE)
    visit.start.dblclick()
    expect(visit.paper.locator("h1")).to_have_text(TITLE)
    visit.button("Stop").dblclick(delay=0)
    expect(visit.count).to_contain_text("stopped")
    visit.page.wait_for_timeout(300)
    expect(visit.button("Stop")).to_be_hidden()
    assert len(scripted.orders) == 1


def test_who_leaves_stops_the_text(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "most", 40)
    visit.ask("A text that nobody reads")
    expect(visit.paper.locator("h1")).to_be_visible()
    visit.page.goto("about:blank")
    visit.mistakes.clear()  # gradio's, about the request that it gives up
    visit.until(lambda: scripted.stopped == 1)


def test_an_empty_title_asks_for_one_and_runs_nothing(visit: Visit, scripted: ScriptedStudio) -> None:
    visit.ask("   ")
    expect(visit.desk.get_by_text("Please write something here first.")).to_be_visible()
    expect(visit.announced()).to_have_text("Please write something here first.")
    expect(visit.button("Stop")).to_be_hidden()
    assert scripted.orders == []


def test_a_title_that_is_too_long_is_counted_and_refused(visit: Visit, scripted: ScriptedStudio) -> None:
    visit.desk.get_by_label("Blog title").fill("x" * 201)
    expect(visit.desk.locator(".counter .over")).to_have_text("201 / 200: too long")
    visit.button("Write").click()
    expect(visit.desk.get_by_text("201 characters are too many: 200 at most.")).to_be_visible()
    assert scripted.orders == []
    visit.write("Short enough")
    assert len(scripted.orders) == 1


def test_an_emoji_is_one_character(visit: Visit, scripted: ScriptedStudio) -> None:
    visit.desk.get_by_label("Blog title").fill("🐝" * 200)
    expect(visit.desk.locator(".counter").first).to_have_text("200 / 200")
    visit.start.click()
    visit.until(lambda: len(scripted.orders) == 1)


def test_an_example_fills_the_form(visit: Visit) -> None:
    visit.button("What I learned from my bees").click()
    expect(visit.desk.get_by_label("Blog title")).to_have_value("What I learned from my bees")
    expect(visit.desk.locator(".counter").first).to_have_text("27 / 200")


def test_settings_reach_the_writer_and_go_back_to_its_own(visit: Visit, scripted: ScriptedStudio) -> None:
    settings = visit.desk.get_by_role("button", name="Settings", exact=True)
    expect(settings).to_have_attribute("aria-expanded", "false")
    settings.press("Enter")
    expect(settings).to_have_attribute("aria-expanded", "true")
    visit.desk.get_by_label("Seed").fill("12")
    visit.put("Temperature", "1.2")
    visit.desk.get_by_label("Version").click()
    visit.page.get_by_role("option", name="The base, without the adapter").click()
    visit.write(TITLE)
    order = scripted.orders[-1]
    assert order.decoding is not None
    assert (order.version, order.decoding.seed, order.decoding.temperature) == (BASE, 12, 1.2)
    assert order.inputs == {"title": TITLE, "words": 600}
    visit.button("Reset settings").click()
    expect(visit.desk.get_by_label("Seed")).to_have_value("7")


def test_another_text_is_written_from_another_seed(visit: Visit, scripted: ScriptedStudio) -> None:
    visit.write(TITLE)
    visit.button("Write another").click()
    visit.until(lambda: len(scripted.orders) == 2)
    visit.wait_for_the_end()
    seeds = [order.decoding.seed for order in scripted.orders if order.decoding]
    assert len(seeds) == 2
    assert seeds[0] == 7 != seeds[1]
    assert scripted.orders[0].inputs == scripted.orders[1].inputs


def test_a_writer_that_takes_the_likeliest_word_writes_another_text_all_the_same(
    visit: Visit, scripted: ScriptedStudio
) -> None:
    visit.fold("Settings")
    visit.put("Temperature", "0")
    visit.write(TITLE)
    visit.button("Write another at temperature 0.7").click()
    visit.until(lambda: len(scripted.orders) == 2)
    visit.wait_for_the_end()
    assert [order.decoding.temperature for order in scripted.orders if order.decoding] == [0, 0.7]
    expect(visit.desk.get_by_label("number input for Temperature")).to_have_value("0.7")
    expect(visit.button("Write another")).to_be_visible()


def test_who_looks_at_another_tab_meanwhile_reads_in_this_one_s_name_that_it_is_done(visit: Visit) -> None:
    name = visit.page.title()
    visit.page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    visit.write(TITLE)
    assert visit.page.title() == f"✓ {name}"
    visit.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert visit.page.title() == name


def test_the_keyboard_alone_is_enough(visit: Visit, scripted: ScriptedStudio) -> None:
    visit.desk.get_by_label("Blog title").focus()
    visit.page.keyboard.type("By hand")
    for _ in range(4):  # gradio lets the keyboard visit each choice of a word limit
        visit.page.keyboard.press("Tab")
    expect(visit.button("Write")).to_be_focused()
    ring = visit.button("Write").evaluate("each => getComputedStyle(each).outlineStyle")
    assert ring == "solid"
    visit.page.keyboard.press("Enter")
    visit.wait_for_the_end()
    expect(visit.button("Write")).to_be_focused()
    assert scripted.orders[0].inputs["title"] == "By hand"


def test_the_footer_names_the_commits_and_the_engine(visit: Visit) -> None:
    made = visit.page.locator(".block.made:visible")
    expect(made).to_contain_text("Version v0.2.0")
    expect(visit.page.locator(".block.foot").last).to_contain_text("Written by a script")
    link = made.get_by_role("link", name="rehearsal/blog-dataset")
    commit = "0123456789abcdef0123456789abcdef01234567"
    expect(link).to_have_attribute(
        "href", f"https://huggingface.co/datasets/rehearsal/blog-dataset/tree/{commit}"
    )
