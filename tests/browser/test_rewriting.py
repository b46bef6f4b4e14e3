"""A writer that says a text in other words: what changed, what was kept, what it is not for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.scripted import FORMAL, NATURAL
from tests.browser.visiting import Visit, visiting

pytestmark = pytest.mark.slow


@pytest.fixture
def humanizer(context: BrowserContext, several_url: str) -> Iterator[Visit]:
    with visiting(context, several_url, writer="humanizer") as visitor:
        visitor.page.get_by_role("tab", name="Formal to natural").click()
        yield visitor
        assert visitor.mistakes == []


def test_a_formal_text_comes_back_natural_and_every_change_is_shown(humanizer: Visit) -> None:
    humanizer.write(FORMAL, "Formal text")
    expect(humanizer.paper.locator(".md")).to_have_text(NATURAL)
    kept = humanizer.desk.locator("[data-kept]")
    expect(kept).to_contain_text("18 words before, 13 after: 28 % shorter.")
    expect(kept.locator(".kept-one")).to_have_text(["anna@example.org kept", "Anna kept", "Berg kept"])
    expect(kept.locator(".lost-one")).to_have_text(["12 lost"])
    humanizer.desk.get_by_role("tab", name="Differences").click()
    changes = humanizer.desk.locator("[data-changes]")
    expect(changes.locator("del")).to_have_text(["are not able to", "However,", "to have", "12"])
    expect(changes.locator("ins")).to_have_text(["can't", "But", "the"])
    humanizer.shoot("1280-light-rewritten")


def test_the_page_says_what_it_is_not_for(humanizer: Visit) -> None:
    said = humanizer.page.get_by_text("It is not for hiding from a teacher, an editor or a detector")
    expect(said).to_be_visible()


def test_a_line_break_in_a_long_text_asks_for_nothing(humanizer: Visit) -> None:
    box = humanizer.desk.get_by_label("Formal text")
    box.fill("One line.")
    box.press("Enter")
    expect(humanizer.button("Rewrite")).to_be_visible()
    expect(box).to_have_value("One line.\n")


def test_ctrl_and_enter_write_from_within_a_long_text(humanizer: Visit) -> None:
    box = humanizer.desk.get_by_label("Formal text")
    box.fill(FORMAL)
    box.press("Control+Enter")
    expect(humanizer.paper.locator(".md")).to_have_text(NATURAL)
    expect(box).to_have_value(FORMAL)
