"""The Space in its two forms: with a scripted text, and with a toy model from the embedded Hub."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import published
from tests.browser.serving import Served, copied, serving
from train.rehearse.hub.process import LocalHub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.fail("Chromium is missing: install it (apt-get install chromium), then run this again.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page alone, so that what a text looks like does not hang on what a model says."""
    commit = "0123456789abcdef0123456789abcdef01234567"
    pins = {"adapter": "rehearsal/blog-adapter", "base": "rehearsal/tiny-llama"}
    revisions = {"adapter_revision": commit, "base_revision": commit}
    writer: dict[str, Any] = {"name": "blog", "title": "Title to blog post", "version": "v0.1.0"}
    dataset = {"dataset": "rehearsal/blog-dataset", "dataset_revision": commit}
    release = {"writers": [writer | pins | revisions | dataset]}
    folder = copied(tmp_path_factory.mktemp("scripted") / "space", release)
    recipe = published.toy_recipe()
    described = {"message": recipe.message, "golden": []} | {
        "inputs": {name: asdict(each) for name, each in recipe.inputs.items()},
        "decoding": asdict(recipe.decoding),
    }
    (folder / "writer.json").write_text(json.dumps(described))
    for name in ("scripted.py", "text.md"):
        shutil.copy(HERE / name, folder)
    with serving(folder, {}, "scripted.py") as served:
        yield served


@pytest.fixture(scope="module")
def real(hub: LocalHub, client: "Client", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The whole Space with a toy model, loaded from the embedded Hub."""
    folder = tmp_path_factory.mktemp("real")
    release = client.run(published.publish, folder)
    with serving(copied(folder / "space", release), hub.environment(folder / "home")) as served:
        yield served
