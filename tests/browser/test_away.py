"""A Hub that is away: waited for while the cache is cold, and not missed once it is warm."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.published import TITLE
from tests.browser.serving import Served, copied, health, serving, starting, wait_until_ready
from tests.browser.visiting import visiting
from tests.test_space import Release
from tests.waiting import PATIENCE_S, wait_for
from train.rehearse.hub.process import LocalHub

pytest_plugins = ["tests.hub_fixtures"]
pytestmark = pytest.mark.slow


def impatient(folder: Path) -> Path:
    """The same Space, which asks a Hub that is away again every second."""
    for name in ("app.py", "studio.py"):
        file = folder / name
        changed, times = re.subn(r"(?m)^AGAIN_S = [\d.]+", "AGAIN_S = 1.0", file.read_text())
        assert times == 1
        file.write_text(changed)
    return folder


@contextmanager
def armed(hub: LocalHub, *faults: str) -> Iterator[None]:
    hub.arm(*faults)
    try:
        yield
    finally:
        hub.arm()


def test_a_cold_cache_waits_for_the_hub_and_a_warm_one_needs_none(
    hub: LocalHub, context: BrowserContext, toy_release: Release, tmp_path: Path
) -> None:
    folder, home = impatient(copied(tmp_path / "space", toy_release)), tmp_path / "home"
    text = written_once_the_hub_is_back(hub, context, folder, home, toy_release)
    with serving(folder, {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(home)}) as served:
        wait_for(lambda: bool(health(served)["ready"]))
        with visiting(context, served.url) as visit:
            expect(visit.page.locator(".block.banner")).to_be_hidden()
            visit.write(TITLE)
            assert visit.history()[0]["text"] == text
            visit.start.click()
            end(served, signal.SIGTERM)
            visit.mistakes.clear()  # of a page whose server has gone
    assert (folder / "stderr.txt").read_text() == ""


def written_once_the_hub_is_back(
    hub: LocalHub, context: BrowserContext, folder: Path, home: Path, release: Release
) -> str:
    """On Hugging Face: at first nothing can be had, then all but the base, then that too."""
    pins = release["writers"][0]
    parts = ((pins[part], pins[f"{part}_revision"]) for part in ("adapter", "base"))
    away = [f"{repo}@{commit[:7]} cannot be loaded from" for repo, commit in parts]
    environment = hub.environment(home) | {"SPACE_ID": "rehearsal/space"}
    with armed(hub, "* * 503"), starting(folder, environment) as process:
        wait_for(lambda: away[0] in (folder / "stderr.txt").read_text())
        hub.arm(f"* */{pins['base']}/* 503")
        served = wait_until_ready(process, folder / "stderr.txt")
        with visiting(context, served.url) as visit:
            banner = visit.page.locator(".block.banner")
            expect(banner).to_contain_text(f"{away[1]} {hub.url}: the Hub does not answer.")
            expect(visit.button("Write")).to_be_disabled()
            hub.arm()
            expect(visit.button("Write")).to_be_enabled()
            expect(banner).to_be_hidden()
            visit.write(TITLE)
            text = str(visit.history()[0]["text"])
        end(served, signal.SIGINT)
    said = (folder / "stderr.txt").read_text().splitlines()
    assert all(line.startswith(tuple(away)) for line in said), "a line each time, no traceback"
    return text


def end(served: Served, number: signal.Signals) -> None:
    served.process.send_signal(number)
    assert served.process.wait(PATIENCE_S) == 0
