"""A visitor: one page in a browser, what it asked for, and how one writes there."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, ViewportSize, expect

from tests.waiting import PATIENCE_S

SHOTS = Path(__file__).parent / "screenshots"
TITLE = "How to keep a paper notebook"
DESKTOP, PHONE = (1280, 800), (360, 740)
EXPECTED = (
    *("Content Security Policy", "422 (Unprocessable Entity)"),  # a form that was refused
    *("signal is aborted without reason", "Connection errored out"),  # Gradio's own, of a page that was left
)


@dataclass
class Visit:
    """A page, every address it asked for, and every mistake its scripts made."""

    page: Page
    writer: str = "blog"
    asked: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    @property
    def desk(self) -> Locator:
        return self.page.locator(f"#{self.writer}-write")

    @property
    def pair(self) -> Locator:
        return self.page.locator(f"#{self.writer}-compare")

    @property
    def paper(self) -> Locator:
        return self.desk.locator(".block.paper")

    @property
    def count(self) -> Locator:
        return self.desk.locator("[data-count]")

    @property
    def note(self) -> Locator:
        return self.desk.locator(".block.note")

    def button(self, name: str) -> Locator:
        return self.desk.get_by_role("button", name=name, exact=True)

    @property
    def start(self) -> Locator:
        return self.desk.locator("button.write")

    def fold(self, name: str) -> None:
        self.desk.locator(".fold .label-wrap").filter(has_text=name).click()

    def put(self, label: str, number: str) -> None:
        box = self.desk.get_by_label(f"number input for {label}")
        self.until(lambda: self._took(box, number))  # while its fold opens, Gradio puts its own number back

    def _took(self, box: Locator, number: str) -> bool:
        box.fill(number)
        self.page.wait_for_timeout(50)
        return box.input_value() == number

    def ask(self, text: str, label: str = "Blog title") -> None:
        self.desk.get_by_label(label).fill(text)
        self.start.click()

    def wait_for_the_end(self) -> None:
        expect(self.count).to_contain_text("word")
        expect(self.button("Stop")).to_be_hidden()
        expect(self.start).to_be_visible()

    def write(self, text: str, label: str = "Blog title") -> None:
        before = self.history()[:1]
        self.ask(text, label)
        self.until(lambda: self.history()[:1] != before)  # a text is kept once it is finished
        self.wait_for_the_end()

    def announced(self) -> Locator:
        return self.page.locator("[data-announcer]")

    def history(self) -> list[dict[str, Any]]:
        return list(json.loads(self.page.evaluate("localStorage.getItem('imprint.history') ?? '[]'")))

    def shoot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(200)  # colours fade in
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    def fits(self) -> bool:
        width = self.page.viewport_size
        return (
            width is not None
            and int(self.page.evaluate("document.documentElement.scrollWidth")) <= width["width"]
        )

    def note_request(self, request: Request) -> None:
        self.asked.append(request.url)

    def note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.note_mistake(message.text)

    def note_mistake(self, text: str) -> None:
        if not any(each in text for each in EXPECTED):
            self.mistakes.append(text)

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < end, "it did not happen"
            self.page.wait_for_timeout(20)


@contextmanager
def visiting(
    context: BrowserContext,
    url: str,
    size: tuple[int, int] = DESKTOP,
    dark: bool = False,
    writer: str = "blog",
) -> Iterator[Visit]:
    """A visitor who has never been here, and whose browser has the page's scripts all the same."""
    visit = Visit(context.new_page(), writer)
    visit.page.set_viewport_size(ViewportSize(width=size[0], height=size[1]))
    visit.page.emulate_media(color_scheme="dark" if dark else "light")
    visit.page.on("request", visit.note_request)
    visit.page.on("console", visit.note_console)
    visit.page.on("pageerror", lambda error: visit.note_mistake(str(error)))
    visit.page.goto(url)
    visit.page.locator(".write:visible").first.wait_for()
    yield visit
    if visit.page.url.startswith(url):
        visit.page.evaluate("localStorage.clear()")
    visit.page.close()
