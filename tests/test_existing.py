"""What others wrote in the cards on the Hub, and that a release keeps it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.golden import run as invented
from train.errors import StageError
from train.release.bundle import bundle
from train.release.pins import Pins, Writer
from train.release.traced import flaws
from train.run import digests

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

PIN = Writer("tea", "On tea", "", "", "a" * 40, "acme/base", "b" * 40, "acme/rows", "c" * 40)
OWN = "<!-- yours -->\nWritten on the ferry, mostly.\n<!-- /yours -->\n"
DATASET = f"""---
license: mit
configs:
- config_name: default
  data_files: old/*.parquet
- config_name: letters
  data_files: letters/*.parquet
dataset_info:
- config_name: letters
  features: [{{name: letter, dtype: string}}]
---

# Old

{OWN}"""


def existing(name: str, cards: dict[str, str], tagged: dict[str, str], tag: str) -> dict[str, str]:
    from huggingface_hub import HfApi

    from train.release.existing import KINDS, existing_cards
    from train.sections import Publish

    api = HfApi()
    repos = {part: f"rehearsal/{name}-{part}" for part in KINDS}
    for version in (tagged, cards):
        for part, card in version.items():
            api.create_repo(repos[part], repo_type=KINDS[part], exist_ok=True)
            api.upload_file(
                path_or_fileobj=card.encode(),
                path_in_repo="README.md",
                repo_id=repos[part],
                repo_type=KINDS[part],
            )
            if version is tagged:
                api.create_tag(repos[part], tag="v0.1.0", repo_type=KINDS[part])
    publish = Publish(repos["dataset"], repos["adapter"], repos["space"], "mit", "mit")
    return existing_cards(api, publish, tag)


def test_a_new_version_takes_over_what_others_wrote_on_main(client: Client) -> None:
    found = client.run(existing, "kept", {"dataset": DATASET, "adapter": f"# Mine\n\n{OWN}"}, {}, "v0.1.0")
    assert found["adapter"].strip() == OWN.strip()
    assert "letters/*.parquet" in found["dataset"]
    assert "old/*.parquet" not in found["dataset"], "our own configuration is described anew"
    assert "space" not in found


def test_a_version_that_is_out_keeps_the_words_it_was_released_with(client: Client) -> None:
    later = {"adapter": f"# Mine\n\n{OWN.replace('ferry', 'train')}"}
    released = {"adapter": f"# Mine\n\n{OWN}"}
    assert "ferry" in client.run(existing, "out", later, released, "v0.1.0")["adapter"]
    assert "train" in client.run(existing, "next", later, released, "v0.2.0")["adapter"]


def shared(pins: str, tag: str) -> dict[str, str]:
    from huggingface_hub import HfApi

    from train.release.existing import existing_cards
    from train.sections import Publish

    api, space, said = HfApi(), f"rehearsal/shared-{tag}", OWN.replace("ferry", "train")
    api.create_repo(space, repo_type="space", space_sdk="gradio", exist_ok=True)
    for path, text in (("release.json", pins), ("README.md", f"# Ours\n\n{OWN}")):
        api.upload_file(path_or_fileobj=text.encode(), path_in_repo=path, repo_id=space, repo_type="space")
    api.create_tag(space, tag=tag, repo_type="space")
    card = f"# Ours\n\n{said}".encode()
    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=space, repo_type="space")
    publish = Publish("rehearsal/none", "rehearsal/tea-writer", space, "mit", "mit")
    return existing_cards(api, publish, tag.removeprefix("tea-"))


@pytest.mark.parametrize(
    ("adapter", "tag", "word"),
    [
        pytest.param("rehearsal/tea-writer", "v0.1.0", "ferry", id="its own tag"),
        pytest.param("rehearsal/tea-writer", "tea-v0.2.0", "ferry", id="its own among several"),
        pytest.param("rehearsal/news-writer", "v0.3.0", "train", id="the tag of another writer"),
    ],
)
def test_a_shared_space_is_read_where_it_served_this_very_version(
    client: Client, adapter: str, tag: str, word: str
) -> None:
    version = tag.removeprefix("tea-")
    writer = replace(PIN, adapter=adapter, version=version)
    assert word in client.run(shared, Pins((writer,)).as_text(), tag)["space"]


def test_where_nothing_is_published_nobody_wrote_anything(client: Client) -> None:
    assert client.run(existing, "nothing", {}, {}, "v0.1.0") == {}


def test_a_section_that_never_ends_is_named(client: Client) -> None:
    with pytest.raises(StageError, match="card of the adapter on the Hub, line 3"):
        client.run(existing, "open", {"adapter": "# Mine\n\n<!-- yours -->\nand then"}, {}, "v0.1.0")


def test_a_bundle_keeps_what_others_wrote_and_its_numbers_stay_proven(tmp_path: Path) -> None:
    run = invented.make(tmp_path)
    kept = {"dataset": DATASET.replace("default", "older"), "adapter": f"\n{OWN}"}
    made = bundle(invented.RECIPE, run, "v0.2.0", invented.RECIPE_TEXT, existing=lambda: kept)
    cards = {part: (run.bundle / part / "README.md").read_text() for part in ("dataset", "adapter", "space")}
    assert cards["adapter"].endswith(OWN)
    assert cards["dataset"].endswith(OWN)
    assert "config_name: letters" in cards["dataset"]
    assert "yours" not in cards["space"]
    assert flaws("dataset", run.bundle) == flaws("adapter", run.bundle) == ()
    assert made.adapter["README.md"] == digests(run.bundle / "adapter")["README.md"]
    assert bundle(invented.RECIPE, run, "v0.2.0", invented.RECIPE_TEXT, existing=lambda: kept) == made
