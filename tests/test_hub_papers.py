"""The licence files of a base on the Hub, on their way into an adapter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from train.errors import StageError

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]


def publish_base(name: str, files: dict[str, str]) -> tuple[str, str]:
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi()
    api.create_repo(name)
    operations = [CommitOperationAdd(path, text.encode()) for path, text in files.items()]
    commit = api.create_commit(name, operations, commit_message="A base")
    api.upload_file(path_or_fileobj=b"later", path_in_repo="LICENSE.txt", repo_id=name)
    return name, str(commit.oid)


def papers_of(name: str, files: dict[str, str], license_: str, folder: str) -> dict[str, str]:
    from train import recipe as recipes
    from train.tune.papers import take_papers

    base, commit = publish_base(name, files)
    recipe = recipes.load("blog" if license_ == "llama3.2" else "medium")
    recipe = replace(recipe, tune=recipe.tune | {"model_name_or_path": base})
    take_papers(recipe, commit, license_, Path(folder))
    return {path.name: path.read_text() for path in Path(folder).iterdir()}


AGREEMENT = {
    "README.md": "---\nlicense: llama3.2\n---\n",
    "LICENSE.txt": "The agreement, word for word.",
    "USE_POLICY.md": "The policy, word for word.",
    "NOTICE": "A notice of its own.",
    "original/LICENSE": "another",
    "config.json": "{}",
}


def test_tune_takes_the_licence_files_of_the_bases_own_commit_and_no_others(
    client: Client, tmp_path: Path
) -> None:
    taken = client.run(papers_of, "rehearsal/Llama-papers", AGREEMENT, "llama3.2", str(tmp_path))
    assert taken == {name: AGREEMENT[name] for name in ("LICENSE.txt", "NOTICE", "USE_POLICY.md")}


def test_a_base_without_the_agreement_that_its_licence_demands_stops_tune(
    client: Client, tmp_path: Path
) -> None:
    less = {name: text for name, text in AGREEMENT.items() if name != "USE_POLICY.md"}
    with pytest.raises(StageError, match="has no USE_POLICY file, which its licence wants"):
        client.run(papers_of, "rehearsal/Llama-less", less, "llama3.2", str(tmp_path))


def test_a_base_that_demands_nothing_may_have_no_papers_at_all(client: Client, tmp_path: Path) -> None:
    assert client.run(papers_of, "rehearsal/plain-base", {"config.json": "{}"}, "mit", str(tmp_path)) == {}


def test_a_base_under_another_licence_than_the_recipe_says_stops_tune(client: Client, tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"is under gpl-3\.0, and an adapter of it stays under it"):
        client.run(papers_of, "rehearsal/gpl-base", {"LICENSE": "GPL"}, "gpl-3.0", str(tmp_path))
    assert not list(tmp_path.iterdir())
