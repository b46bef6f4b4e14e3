"""Data sets pushed to the embedded Hub and loaded from it by their tags."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]


def push_twice_and_load(repo: str) -> list[object]:
    from datasets import Dataset, load_dataset
    from huggingface_hub import HfApi

    rows = [{"title": f"Title {n}", "text": "word " * n} for n in range(50)]
    Dataset.from_list(rows).push_to_hub(repo, split="train", private=True)
    HfApi().create_tag(repo, tag="v1.0.0", repo_type="dataset")
    Dataset.from_list(rows[:5]).push_to_hub(repo, split="test")
    tagged, latest = load_dataset(repo, revision="v1.0.0"), load_dataset(repo)
    return [
        {name: len(split) for name, split in tagged.items()},
        {name: len(split) for name, split in latest.items()},
        tagged["train"].to_list() == rows,
        HfApi().dataset_info(repo).private,
    ]


def test_a_data_set_is_loaded_as_it_was_at_its_tag(client: Client) -> None:
    tagged, latest, is_same, private = client.run(push_twice_and_load, "rehearsal/posts")
    assert tagged == {"train": 50}
    assert latest == {"train": 50, "test": 5}
    assert is_same
    assert private


def upload_by_hand_and_load(repo: str, folder: Path) -> list[str]:
    from datasets import load_dataset
    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo(repo, repo_type="dataset")
    commit = api.upload_folder(repo_id=repo, folder_path=folder, repo_type="dataset")
    return [str(row["title"]) for row in load_dataset(repo, split="train", revision=commit.oid)]


def test_a_parquet_folder_is_a_data_set_at_its_commit(client: Client, tmp_path: Path) -> None:
    client.run(write_parquet, tmp_path / "data" / "train-00000-of-00001.parquet")
    titles = client.run(upload_by_hand_and_load, "rehearsal/by-hand", tmp_path)
    assert titles == ["one", "two"]


def write_parquet(path: Path) -> None:
    from datasets import Dataset

    path.parent.mkdir()
    Dataset.from_dict({"title": ["one", "two"]}).to_parquet(path)
