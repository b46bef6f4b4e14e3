"""What stays after a text is written: the history of this browser, and what a reload shows."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.visiting import TITLE, Visit, visiting
from tests.scripted_studio import ScriptedStudio

pytestmark = pytest.mark.slow
HISTORY = "Written in this browser"
BUSY = """() => {
    for (const end = performance.now() + 1000; performance.now() < end; );
    document.querySelector("button.stop").click();
}"""


def test_history_survives_a_reload_reopens_and_can_be_deleted(visit: Visit, scripted: ScriptedStudio) -> None:
    for title in ("The first", "The second", "The third"):
        visit.write(title)
    visit.page.reload()
    visit.fold(HISTORY)
    rows = visit.desk.locator(".shelf .open")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("The third")
    asked = len(scripted.orders)
    rows.last.click()
    expect(visit.paper.locator("h1")).to_have_text("The first")
    expect(visit.desk.get_by_label("Blog title")).to_have_value("The first")
    expect(visit.button("Download .md")).to_be_visible()
    assert len(scripted.orders) == asked, "reopening writes nothing"
    visit.button("Delete The second").click()
    expect(rows).to_have_count(2)
    visit.button("Delete all").click()
    expect(visit.desk.get_by_text("Texts that you write are kept here")).to_be_visible()
    assert visit.history() == []


def test_a_title_that_is_cut_in_the_list_shows_that_it_is(visit: Visit) -> None:
    visit.write("A word and " * 15)
    visit.fold(HISTORY)
    expect(visit.desk.locator(".shelf .open")).to_contain_text("A word and …")


def test_what_was_deleted_can_be_brought_back(visit: Visit) -> None:
    for title in ("The first", "The second"):
        visit.write(title)
    visit.fold(HISTORY)
    rows = visit.desk.locator(".shelf .open")
    visit.button("Delete The second").click()
    visit.button("Bring it back").click()
    expect(rows.first).to_contain_text("The second")
    visit.button("Delete all").click()
    visit.button("Bring 2 back").click()
    expect(rows).to_have_count(2)
    expect(visit.button("Bring 2 back")).to_be_hidden()


def test_a_reload_shows_what_was_there_and_stops_what_was_being_written(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.write("The first")
    visit.page.reload()
    expect(visit.paper.locator("h1")).to_have_text("The first")
    expect(visit.desk.get_by_label("Blog title")).to_have_value("The first")
    monkeypatch.setattr(scripted, "most", 40)
    visit.ask("The second")
    expect(visit.paper.locator("h1")).to_have_text("The second")
    visit.page.reload()
    expect(visit.paper.locator("h1")).to_have_text("The second")
    expect(visit.count).to_contain_text("stopped")
    expect(visit.button("Stop")).to_be_hidden()
    visit.until(lambda: scripted.stopped == 1)
    assert [each["order"]["title"] for each in visit.history()] == ["The second", "The first"]


def test_who_comes_back_from_another_page_finds_the_text(visit: Visit, page_url: str) -> None:
    visit.write(TITLE)
    visit.page.goto(f"{page_url}/robots.txt")
    visit.page.go_back()
    expect(visit.paper.locator("h1")).to_have_text(TITLE)


def test_once_something_is_written_the_address_holds_no_other_request(visit: Visit, page_url: str) -> None:
    visit.page.goto(f"{page_url}/#set.writer=blog&title=Of+the+link")
    expect(visit.desk.get_by_label("Blog title")).to_have_value("Of the link")
    visit.write("Another one")
    assert visit.page.url == f"{page_url}/"
    visit.page.reload()
    expect(visit.paper.locator("h1")).to_have_text("Another one")


def test_a_stopped_text_is_kept_as_it_was(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "most", 40)
    visit.ask(TITLE)
    expect(visit.paper.locator("h1")).to_have_text(TITLE)
    visit.button("Stop").click()
    visit.wait_for_the_end()
    (entry,) = visit.history()
    assert entry["stopped"]
    assert entry["text"].startswith(f"# {TITLE}")
    assert "In conclusion" not in entry["text"]


def test_words_that_come_after_the_stop_are_kept_too(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "pause_s", 0.05)
    monkeypatch.setattr(scripted, "most", 150)
    visit.ask(TITLE)
    expect(visit.paper.locator("h1")).to_have_text(TITLE)
    visit.page.evaluate(BUSY)  # so that words wait when it is stopped
    visit.until(lambda: not scripted.working)
    visit.page.wait_for_timeout(300)
    (entry,) = visit.history()
    assert entry["stopped"]
    visit.desk.get_by_role("tab", name="Source").click()
    expect(visit.desk.locator("[data-source]")).to_have_text(entry["text"])


def test_two_tabs_of_a_browser_share_what_was_written(
    visit: Visit, context: BrowserContext, page_url: str
) -> None:
    visit.write("In the one tab")
    with visiting(context, page_url) as other:
        other.write("In the other tab")
        visit.fold(HISTORY)
        rows = visit.desk.locator(".shelf .open")
        expect(rows).to_have_count(2)
        expect(rows.first).to_contain_text("In the other tab")


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param("{not json", id="no JSON"),
        pytest.param('{"a": 1}', id="no list"),
        pytest.param('[null, 3, {"text": "x"}]', id="no entries"),
    ],
)
def test_a_broken_history_is_left_out(visit: Visit, stored: str) -> None:
    visit.page.evaluate("text => localStorage.setItem('imprint.history', text)", stored)
    visit.page.reload()
    visit.fold(HISTORY)
    expect(visit.desk.get_by_text("Texts that you write are kept here")).to_be_visible()


def test_a_full_browser_keeps_the_newest(visit: Visit) -> None:
    visit.page.evaluate("localStorage.setItem('filling', 'x'.repeat(5_200_000))")
    kept = [
        {"id": str(each), "at": 0, "order": {"writer": "blog", "title": "t"}, "text": "x"}
        for each in range(30)
    ]
    visit.page.evaluate("kept => localStorage.setItem('imprint.history', JSON.stringify(kept))", kept)
    visit.write(TITLE)
    assert visit.history()[0]["order"]["title"] == TITLE


def test_two_hundred_texts_are_kept_and_the_next_one_pushes_out_the_oldest(visit: Visit) -> None:
    kept = [
        {"id": str(each), "at": each, "order": {"writer": "blog", "title": f"No. {each}"}, "text": "x"}
        for each in range(200, 0, -1)
    ]
    visit.page.evaluate("kept => localStorage.setItem('imprint.history', JSON.stringify(kept))", kept)
    visit.page.reload()
    visit.fold(HISTORY)
    rows = visit.desk.locator(".shelf .open")
    expect(rows).to_have_count(200)
    expect(rows.last.locator("small")).to_contain_text("Jan 1, 1970, 00:00")
    visit.write(TITLE)
    expect(rows).to_have_count(200)
    expect(rows.last).to_contain_text("No. 2")


FORBIDDEN = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, {get() { throw new DOMException("closed", "SecurityError"); }});"""


def test_a_browser_that_forbids_storage_says_so_and_remembers_until_it_is_closed(
    browser: Browser, page_url: str
) -> None:
    page = browser.new_page()
    page.add_init_script(FORBIDDEN)
    page.goto(page_url)
    visit = Visit(page)
    visit.fold(HISTORY)
    expect(visit.desk.get_by_text("This browser lets the page store nothing")).to_be_visible()
    visit.ask(TITLE)
    expect(visit.desk.locator(".shelf .open")).to_contain_text(TITLE)
    visit.ask("Another")
    expect(visit.desk.locator(".shelf .open")).to_have_count(2)
    visit.desk.locator(".shelf .open").last.click()
    expect(visit.paper.locator("h1")).to_have_text(TITLE)
    page.close()
