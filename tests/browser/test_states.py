"""What the page says when something is not as usual: a calm sentence in place, and what to do."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import door
from orders import Code, RefusedError, State
from rates import Rates
from tests.browser.scripted import opened, studio
from tests.browser.visiting import TITLE, Visit, visiting
from tests.scripted_studio import ScriptedStudio
from train.rehearse.ports import free_port

pytestmark = pytest.mark.slow


def test_the_page_opens_while_the_model_loads(
    context: BrowserContext, scripted: ScriptedStudio, page_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "phase", State("loading", "Fetching the base.", 0.4))
    with visiting(context, page_url) as visit:
        banner = visit.page.locator(".block.banner")
        expect(banner).to_contain_text("Fetching the base.")
        expect(banner.get_by_role("progressbar", name="Loading")).to_have_js_property("value", 40)
        expect(visit.button("Write")).to_be_disabled()
        visit.desk.get_by_label("Blog title").fill(TITLE)
        visit.shoot("1280-light-loading")
        monkeypatch.setattr(scripted, "phase", State("ready", "Ready."))
        expect(visit.button("Write")).to_be_enabled()
        expect(banner).to_be_hidden()
        expect(visit.desk.get_by_label("Blog title")).to_have_value(TITLE)
        polls = len(visit.asked)
        visit.page.wait_for_timeout(1500)
        assert len(visit.asked) == polls, "a page that is ready asks no more"


def test_a_failed_load_is_said_with_a_way_to_look_again(
    context: BrowserContext, scripted: ScriptedStudio, page_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "phase", State("failed", "The adapter o/a@0123456 is not on the Hub."))
    with visiting(context, page_url) as visit:
        banner = visit.page.locator(".block.banner")
        expect(banner).to_contain_text("The adapter o/a@0123456 is not on the Hub.")
        with visit.page.expect_event("load"):
            banner.get_by_role("button", name="Look again").click()
        monkeypatch.setattr(scripted, "phase", State("ready", "Ready."))  # not before: the page asks, too
        expect(visit.button("Write")).to_be_enabled()
        expect(banner).to_be_hidden()


def test_only_the_writers_that_failed_say_so(context: BrowserContext) -> None:
    some = studio("blog", "news", "voice")
    some.states = {
        "news": State("failed", "The base o/b@0123456 is not on the Hub."),
        "voice": State("failed", "The adapter o/c@0123456 is not on the Hub."),
    }
    some.forms = {name: form for name, form in some.forms.items() if name != "voice"}
    with opened(some, Rates()) as url, visiting(context, url) as visit:
        shown = visit.page.locator(".block.banner:visible")
        visit.write(TITLE)
        expect(shown).to_have_count(0)
        for tab, said in {
            "Headline to news text": "o/b@0123456",
            "A post in your own voice": "o/c@0123456",
        }.items():
            visit.page.get_by_role("tab", name=tab).click()
            expect(shown).to_contain_text(said)
        visit.shoot("1280-light-one-writer-is-missing")
        visit.page.get_by_role("tab", name="Headline to news text").click()
        expect(visit.page.locator("#news-write .write")).to_be_disabled()
        assert visit.mistakes == []


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        pytest.param("busy", "Try again in a minute.", id="busy"),
        pytest.param(
            "out_of_memory", "A shorter text, or a smaller word limit, may fit.", id="out of memory"
        ),
        pytest.param("unknown_version", "Choose another version under Settings.", id="a missing revision"),
        pytest.param("unreachable", "The released version works without the Hub", id="no Hub"),
        pytest.param("loading", "Try again in a moment.", id="loading"),
    ],
)
def test_a_refusal_is_a_sentence_and_a_second_try_works(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch, code: Code, advice: str
) -> None:
    monkeypatch.setattr(scripted, "refusal", RefusedError(code, "It is <b>so</b>."))
    visit.ask(TITLE)
    expect(visit.note).to_contain_text("It is <b>so</b>.")
    expect(visit.note).to_contain_text(advice)
    expect(visit.announced()).to_contain_text(advice)
    assert_calm(visit.page)
    monkeypatch.setattr(scripted, "refusal", None)
    visit.button("Try again").click()
    visit.wait_for_the_end()
    expect(visit.note).to_be_hidden()


def test_a_mistake_of_the_engine_shows_no_traceback(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "refusal", ZeroDivisionError("a secret of the engine"))
    visit.ask(TITLE)
    expect(visit.note).to_contain_text("The text could not be finished")
    expect(visit.button("Write")).to_be_visible()
    assert "secret" not in visit.page.content()
    assert_calm(visit.page)


def test_who_waits_sees_how_many_go_first(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "ahead", 2)
    monkeypatch.setattr(scripted, "most", 40)
    visit.ask(TITLE)
    expect(visit.note).to_have_text("In the queue: 2 texts go first.")
    monkeypatch.setattr(scripted, "ahead", 1)
    expect(visit.note).to_have_text(re.compile(r"In the queue: one text goes first, about \d+ \w+\."))
    monkeypatch.setattr(scripted, "ahead", 0)
    expect(visit.note).to_be_hidden()
    visit.button("Stop").click()


def test_who_asks_too_often_reads_when_to_go_on(
    context: BrowserContext, page_url: str, rates: Rates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with visiting(context, page_url) as visit:
        monkeypatch.setattr(rates, "per_minute", 1)
        monkeypatch.setattr(door, "BEHIND_PROXY", True)
        visit.page.set_extra_http_headers({"X-Forwarded-For": "5.5.5.5"})
        visit.write(TITLE)
        visit.start.click()
        expect(visit.note).to_contain_text("One visitor may ask for 1 texts a minute: go on in ")
        expect(visit.note).to_contain_text("Your request is kept in the form.")
        expect(visit.note.get_by_role("button", name="Try again")).to_be_visible()
        assert_calm(visit.page)


def test_a_server_that_goes_away_in_the_middle_of_a_text_takes_nothing_along(
    context: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = studio("blog", "humanizer")
    slow.most = 40
    monkeypatch.setattr("gradio.http_server.INITIAL_PORT_VALUE", free_port())  # as from its environment
    with opened(slow, Rates()) as url:
        visit = context.new_page()
        visit.goto(url)
        desk = visit.locator("#blog-write")
        desk.get_by_label("Blog title").fill(TITLE)
        desk.get_by_label("300").check()
        desk.get_by_role("button", name="Write", exact=True).click()
        expect(desk.locator(".paper h1")).to_have_text(TITLE)
    expect(desk.locator(".block.note")).to_contain_text("The text could not be finished")
    desk.get_by_role("button", name="Try again").click()
    expect(visit.get_by_text("This Space does not answer right now").first).to_be_visible()
    expect(desk.locator(".paper h1")).to_have_text(TITLE)
    assert_calm(visit)
    slow.most = None
    with opened(slow, Rates()) as url:
        expect(visit.get_by_text("This Space does not answer right now")).to_have_count(0)
        expect(desk.get_by_label("Blog title")).to_have_value(TITLE)
        expect(desk.get_by_label("300")).to_be_checked()
        expect(desk.locator(".paper h1")).to_have_text(TITLE)
        visit.locator(".fold .label-wrap").filter(has_text="Written in this browser").first.click()
        expect(desk.locator(".shelf .open")).to_contain_text(TITLE)
        visit.evaluate("localStorage.clear()")
        visit.close()


def test_a_server_that_goes_away_takes_no_comparison_along_either(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Compare").click()
    visit.pair.get_by_label("Blog title").fill(TITLE)
    visit.pair.get_by_label("300").check()
    visit.page.evaluate("imprint.away({textContent: 'Connection to the server was lost.'})")
    expect(visit.page.get_by_text("This Space does not answer right now").first).to_be_visible()
    visit.page.reload()  # as Gradio does once the server is back
    expect(visit.pair.get_by_text("The Space is back. Your request was kept")).to_be_visible()
    expect(visit.pair.get_by_label("Blog title")).to_have_value(TITLE)
    expect(visit.pair.get_by_label("300")).to_be_checked()


def test_a_borrowed_card_is_waited_for_in_words(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setattr(scripted, "most", 0)
    visit.ask(TITLE)
    expect(visit.note).to_contain_text("Asking for a graphics card")
    monkeypatch.setattr(scripted, "most", 40)
    expect(visit.note).to_be_hidden()
    visit.button("Stop").click()


def test_a_text_that_was_cut_says_so(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "ended", "length")
    visit.write(TITLE)
    expect(visit.note).to_contain_text("this is as long as a text may get with this writer")


def assert_calm(page: Page) -> None:
    """No toast, no red box, no Python."""
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(page.locator(".toast-body")).to_have_count(0)
    expect(page.locator(".paper .error:visible")).to_have_count(0)
