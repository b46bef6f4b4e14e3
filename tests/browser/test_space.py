"""The whole Space with a toy model, as a visitor meets it."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.serving import Served
from tests.browser.visiting import TITLE, visiting

pytest_plugins = ["tests.hub_fixtures"]
pytestmark = pytest.mark.slow


def test_a_real_model_writes_from_its_pinned_commits(context: BrowserContext, real: Served) -> None:
    with visiting(context, real.url) as visit:
        expect(visit.button("Write")).to_be_enabled(timeout=60_000)
        expect(visit.page.locator(".block.banner")).to_be_hidden()
        visit.write(TITLE)
        visit.desk.get_by_role("tab", name="Source").click()
        expect(visit.desk.locator("[data-source]")).to_have_text(re.compile(r"\S"))
        visit.shoot("real")
        expect(visit.page.locator(".block.foot")).to_contain_text("rehearsal/toy-adapter")
        assert visit.mistakes == []
