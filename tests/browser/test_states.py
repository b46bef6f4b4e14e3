"""What the page says when something is not as usual: a calm sentence in place, and what to do."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from orders import Code, RefusedError, State
from tests.browser.scripted import opened, studio
from tests.browser.visiting import TITLE, Visit, visiting
from tests.scripted_studio import ScriptedStudio

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def single() -> ScriptedStudio:
    """A Space with one writer, as most are."""
    return studio("blog")


@pytest.fixture(scope="module")
def single_url(single: ScriptedStudio) -> Iterator[str]:
    with opened(single) as url:
        yield url


def test_the_page_opens_while_the_model_loads(
    context: BrowserContext, single: ScriptedStudio, single_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "phase", State("loading", "Fetching the base.", 0.4))
    with visiting(context, single_url) as visit:
        banner = visit.page.locator(".block.banner")
        expect(banner).to_contain_text("Fetching the base.")
        expect(banner.get_by_role("progressbar", name="Loading")).to_have_js_property("value", 40)
        expect(visit.button("Write")).to_be_disabled()
        visit.desk.get_by_label("Blog title").fill(TITLE)
        visit.shoot("1280-light-loading")
        monkeypatch.setattr(single, "phase", State("ready", "Ready."))
        expect(visit.button("Write")).to_be_enabled()
        expect(banner).to_be_hidden()
        expect(visit.desk.get_by_label("Blog title")).to_have_value(TITLE)
        polls = len(visit.asked)
        visit.page.wait_for_timeout(1500)
        assert len(visit.asked) == polls, "a page that is ready asks no more"


def test_a_failed_load_is_said_with_a_way_to_look_again(
    context: BrowserContext, single: ScriptedStudio, single_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "phase", State("failed", "The adapter o/a@0123456 is not on the Hub."))
    with visiting(context, single_url) as visit:
        banner = visit.page.locator(".block.banner")
        expect(banner).to_contain_text("The adapter o/a@0123456 is not on the Hub.")
        monkeypatch.setattr(single, "phase", State("ready", "Ready."))
        banner.get_by_role("button", name="Look again").click()
        expect(visit.button("Write")).to_be_enabled()
        expect(banner).to_be_hidden()


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
    monkeypatch.setattr(scripted, "pause_s", 0.4)
    monkeypatch.setattr(scripted, "text", "Done.")
    visit.ask(TITLE)
    expect(visit.note).to_have_text("In the queue: 2 texts go first.")
    expect(visit.note).to_have_text("In the queue: one text goes first.")
    expect(visit.note).to_be_hidden()
    visit.button("Stop").click()


def test_a_borrowed_card_is_waited_for_in_words(
    visit: Visit, scripted: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setattr(scripted, "pause_s", 0.3)
    visit.ask(TITLE)
    expect(visit.note).to_contain_text("Asking for a graphics card")
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
