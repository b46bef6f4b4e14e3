"""The Space in its two forms: with scripted texts, and with a toy model from the embedded Hub."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from gradio_client import Client as Visitor
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from rates import Rates
from tests.browser import published
from tests.browser.scripted import TITLES, opened, studio
from tests.browser.serving import Served, copied, serving
from tests.browser.visiting import Visit, visiting
from tests.scripted_studio import ScriptedStudio
from tests.serviced import SECRETS
from tests.test_space import Release
from tests.waiting import wait_for
from train.rehearse.hub.process import LocalHub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client


expect.set_options(timeout=60_000)  # a machine may be busy; nothing waits that long on one that is not


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.fail("Chromium is missing: install it (apt-get install chromium), then run this again.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def scripted() -> ScriptedStudio:
    """A writer whose texts are known: how a text looks does not hang on what a model says."""
    return studio("blog")


@pytest.fixture(scope="session")
def rates() -> Rates:
    """How often each of its visitors may ask."""
    return Rates()


@pytest.fixture(scope="session")
def page_url(scripted: ScriptedStudio, rates: Rates) -> Iterator[str]:
    with opened(scripted, rates) as url:
        yield url


@pytest.fixture(scope="session")
def several() -> ScriptedStudio:
    """Writers that share a Space."""
    return studio(*TITLES)


@pytest.fixture(scope="session")
def several_url(several: ScriptedStudio) -> Iterator[str]:
    with opened(several, Rates()) as url:
        yield url


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    known = browser.new_context()
    known.grant_permissions(["clipboard-read", "clipboard-write"])
    yield known
    known.close()


@pytest.fixture
def visit(context: BrowserContext, page_url: str, scripted: ScriptedStudio) -> Iterator[Visit]:
    """A fresh visitor of a studio that nobody has asked yet."""
    wait_for(lambda: not scripted.working)  # the visitor before has left, and the server has seen it
    scripted.orders.clear()
    scripted.stopped = 0
    with visiting(context, page_url) as visitor:
        yield visitor
        assert visitor.mistakes == []


@pytest.fixture(scope="session")
def toy_release(client: "Client", tmp_path_factory: pytest.TempPathFactory) -> Release:
    """What a Space of the toy writer serves."""
    return client.run(published.publish, tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="session")
def real(hub: LocalHub, toy_release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The whole Space with a toy model, loaded from the embedded Hub."""
    folder = tmp_path_factory.mktemp("real")
    environment = hub.environment(folder / "home") | SECRETS
    with serving(copied(folder / "space", toy_release), environment) as served:
        yield served


@pytest.fixture
def one(scripted: ScriptedStudio) -> ScriptedStudio:
    """The writer of the page, whom nobody has asked yet."""
    scripted.orders.clear()
    return scripted


@pytest.fixture(scope="session")
def visitor(page_url: str) -> Visitor:
    """A program that asks it."""
    return Visitor(page_url, verbose=False)
