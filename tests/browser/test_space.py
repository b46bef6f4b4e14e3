"""What a visitor sees: text as it is written, a way to stop it, on any screen, from this host alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect

from tests.browser.serving import Served

pytest_plugins = ["tests.hub_fixtures"]
pytestmark = pytest.mark.slow
SHOTS = Path(__file__).parent / "screenshots"
TITLE = "How to keep a paper notebook"
DESKTOP, PHONE = (1280, 800), (360, 740)


@dataclass
class Visit:
    """A page, and every address it really fetched."""

    page: Page
    fetched: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        self.fetched.append(request.url)

    def shoot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    def ask(self, title: str) -> None:
        self.page.get_by_label("Blog title").fill(title)
        self.page.get_by_role("button", name="Write", exact=True).click()

    def wait_for_the_end(self) -> None:
        expect(self.page.locator("#count")).to_contain_text("word")
        expect(self.page.get_by_role("button", name="Stop")).to_be_hidden(timeout=30_000)
        expect(self.page.get_by_role("button", name="Write", exact=True)).to_be_visible()


def visit(browser: Browser, served: Served, size: tuple[int, int], dark: bool = False) -> Iterator[Visit]:
    screen = ViewportSize(width=size[0], height=size[1])
    page = browser.new_page(viewport=screen, color_scheme="dark" if dark else "light")
    visiting = Visit(page)
    page.on("requestfinished", visiting.note)
    page.goto(served.url)
    page.get_by_role("button", name="Write", exact=True).wait_for()
    yield visiting
    page.close()


@pytest.fixture
def scripted_visit(browser: Browser, scripted: Served) -> Iterator[Visit]:
    yield from visit(browser, scripted, DESKTOP)


@pytest.fixture
def real_visit(browser: Browser, real: Served) -> Iterator[Visit]:
    yield from visit(browser, real, DESKTOP)


def test_a_title_becomes_a_text_that_grows_on_the_page(scripted_visit: Visit) -> None:
    page = scripted_visit.page
    scripted_visit.ask(TITLE)
    expect(page.locator("#text h1")).to_have_text(TITLE)
    expect(page.locator("#text")).not_to_contain_text("In conclusion")
    expect(page.locator("#count")).to_contain_text(re.compile(r"\d+ words"))
    scripted_visit.wait_for_the_end()
    expect(page.locator("#text h2").last).to_have_text("In conclusion")
    expect(page.locator("#text table tr")).to_have_count(3)
    page.get_by_role("tab", name="Source").click()
    expect(page.locator("#source")).to_contain_text("## In conclusion")
    expect(page.get_by_role("button", name="Copy")).to_be_visible()


def test_stop_ends_the_text_at_once_and_the_next_can_begin(scripted_visit: Visit, scripted: Served) -> None:
    page = scripted_visit.page
    scripted_visit.ask("A text to stop")
    expect(page.locator("#text h1")).to_have_text("A text to stop")
    scripted.said.clear()
    page.get_by_role("button", name="Stop").click()
    scripted_visit.wait_for_the_end()
    assert scripted.hears("stopped", timeout_s=1), "the writer itself was stopped, not only the page"
    left = page.locator("#text").inner_text()
    page.wait_for_timeout(300)
    assert page.locator("#text").inner_text() == left
    scripted_visit.ask("The next one")
    expect(page.locator("#text h1")).to_have_text("The next one")
    scripted_visit.wait_for_the_end()
    assert scripted.hears("finished")


def test_an_empty_title_asks_for_one_and_runs_nothing(scripted_visit: Visit, scripted: Served) -> None:
    scripted.said.clear()
    scripted_visit.ask("   ")
    form = scripted_visit.page.locator("#form")
    expect(form.get_by_text("Please write something here first.")).to_be_visible()
    expect(scripted_visit.page.get_by_role("button", name="Stop")).to_be_hidden()
    assert scripted.said == []


def test_an_example_fills_the_form(scripted_visit: Visit) -> None:
    scripted_visit.page.get_by_role("button", name="What I learned").click()
    box = scripted_visit.page.get_by_label("Blog title")
    expect(box).to_have_value("What I learned from a year of sourdough")


def test_the_footer_names_the_commits(scripted_visit: Visit) -> None:
    foot = scripted_visit.page.locator("#foot")
    expect(foot).to_contain_text("Version v0.1.0")
    link = foot.get_by_role("link", name="rehearsal/blog-dataset")
    commit = "0123456789abcdef0123456789abcdef01234567"
    expect(link).to_have_attribute(
        "href", f"https://huggingface.co/datasets/rehearsal/blog-dataset/tree/{commit}"
    )


@pytest.mark.parametrize("dark", [pytest.param(False, id="light"), pytest.param(True, id="dark")])
@pytest.mark.parametrize("size", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")])
def test_a_text_fits_every_screen_and_asks_no_other_host(
    browser: Browser, scripted: Served, size: tuple[int, int], dark: bool
) -> None:
    for visiting in visit(browser, scripted, size, dark):
        name = f"{size[0]}-{'dark' if dark else 'light'}"
        visiting.shoot(f"{name}-empty")
        visiting.ask(TITLE)
        expect(visiting.page.locator("#text blockquote")).to_be_visible()
        visiting.shoot(f"{name}-writing")
        visiting.wait_for_the_end()
        visiting.shoot(f"{name}-written")
        assert visiting.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        ground = visiting.page.evaluate("getComputedStyle(document.querySelector('#text')).backgroundColor")
        assert (sum(map(int, ground[4:-1].split(", "))) < 200) == dark
        assert visiting.page.evaluate("window.hacked") is None
        assert {urlsplit(url).netloc for url in visiting.fetched} == {urlsplit(scripted.url).netloc}


def test_a_real_model_writes_from_its_pinned_commits(real_visit: Visit) -> None:
    page = real_visit.page
    real_visit.ask(TITLE)
    real_visit.wait_for_the_end()
    page.get_by_role("tab", name="Source").click()
    expect(page.locator("#source")).to_have_text(re.compile(r"\S"))
    real_visit.shoot("real")
    expect(page.locator("#foot")).to_contain_text("rehearsal/toy-adapter")
