"""The code on a card is the code that a rehearsal runs."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from cards.facts import Request
from cards.render import model_card
from tests.browser import published
from tests.golden import facts as golden
from train.rehearse import prove
from train.rehearse.demo import PROOFS
from train.rehearse.hub.process import LocalHub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]
TAG = "v0.1.0"


def card_of(base_revision: str) -> str:
    version = replace(golden.VERSION, adapter=published.ADAPTER)
    asked = Request(published.TITLE, {"words": 80})
    drawn = {"max_new_tokens": 8, "do_sample": True, "temperature": 0.7, "top_p": 0.9, "top_k": 0}
    usage = replace(golden.MODEL.usage, request=asked, generate=drawn)
    base = replace(golden.BASE, repo=published.BASE, revision=base_revision)
    return model_card(replace(golden.MODEL, version=version, usage=usage, base=base))


def release(folder: Path) -> str:
    """Publish a toy adapter with a card under a tag; the base's commit."""
    from huggingface_hub import HfApi

    base = str(published.publish(folder)["writers"][0]["base_revision"])
    api = HfApi()
    card = card_of(base).encode()
    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=published.ADAPTER)
    api.create_tag(published.ADAPTER, tag=TAG, exist_ok=True)
    return base


@pytest.mark.slow
def test_the_code_on_a_card_loads_the_adapter_over_its_base_and_asks_it(
    hub: LocalHub, client: "Client", tmp_path: Path
) -> None:
    base = client.run(release, tmp_path / "made")
    done = subprocess.run(
        [sys.executable, str(PROOFS / "adapter.py"), published.ADAPTER, TAG],
        env=prove.environment(hub.url, tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "same_logits": True,
        "changes_the_base": True,
        "base": f"{published.BASE}@{base}",
    }


def test_three_lines_load_an_adapter() -> None:
    blocks = [each.content for each in MarkdownIt().parse(card_of("0" * 40)) if each.info == "python"]
    imports, lines = blocks[0].strip().split("\n\n")
    assert len(lines.split("\n")) == 3
    assert all(line.startswith("from ") for line in imports.split("\n"))
