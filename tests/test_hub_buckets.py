"""Buckets: files without history, up and down by Xet."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import BucketNotFoundError, HfHubHTTPError

from train.rehearse.hub.process import LocalHub, running_hub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

LARGE = random.Random(7).randbytes(3_000_000) + bytes(2_000_000)  # what repeats, and what does not


def live_a_life(bucket: str) -> list[object]:
    api = HfApi()
    url = api.create_bucket(bucket, private=True)
    again = api.create_bucket(bucket, exist_ok=True)
    api.batch_bucket_files(bucket, add=[(b"one", "a/one.txt"), (b"two", "a/b/two.txt"), (b"", "empty")])
    info = api.bucket_info(bucket)
    listed = [each.id for each in api.list_buckets(search="life")]
    api.update_bucket_settings(bucket, private=False)
    shown = api.bucket_info(bucket).private
    api.batch_bucket_files(bucket, delete=["a/one.txt"])
    left = [item.path for item in api.list_bucket_tree(bucket)]
    api.move_bucket(bucket, f"{bucket}-moved")
    api.delete_bucket(f"{bucket}-moved")
    api.delete_bucket(bucket, missing_ok=True)
    return [url.bucket_id, again.bucket_id, info.private, info.total_files, info.size, listed, shown, left]


def test_a_bucket_is_created_filled_emptied_and_deleted(client: Client) -> None:
    bucket = "rehearsal/life"
    assert client.run(live_a_life, bucket) == [
        bucket,
        bucket,
        True,
        3,
        6,
        [bucket],
        False,
        ["a/b/two.txt", "empty"],
    ]


def send(bucket: str, files: Mapping[str, bytes]) -> dict[str, int]:
    api = HfApi()
    api.create_bucket(bucket, exist_ok=True)
    api.batch_bucket_files(bucket, add=[(content, path) for path, content in files.items()])
    return {file.path: file.size for file in api.list_bucket_tree(bucket) if file.type == "file"}


def fetch(bucket: str, folder: Path, paths: list[str]) -> dict[str, str]:
    targets = [(path, folder / path) for path in paths]
    HfApi().download_bucket_files(bucket, targets)  # type: ignore[arg-type]
    return {path: hashlib.sha256(target.read_bytes()).hexdigest() for path, target in targets}


def test_what_goes_up_comes_down(client: Client, tmp_path: Path) -> None:
    files = {"large.bin": LARGE, "small.txt": b"small", "twice/large.bin": LARGE, "none": b""}
    sizes = client.run(send, "rehearsal/round", files)
    assert sizes == {path: len(content) for path, content in files.items()}
    sums = client.run(fetch, "rehearsal/round", tmp_path, list(files))
    assert sums == {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


@pytest.mark.slow
def test_another_client_on_a_restarted_hub_gets_the_same(tmp_path: Path) -> None:
    from tests.hub_fixtures import running_client

    with running_hub(tmp_path / "hub") as hub, running_client(hub, tmp_path / "home") as client:
        client.run(send, "rehearsal/kept", {"large.bin": LARGE})
    with running_hub(tmp_path / "hub") as hub, running_client(hub, tmp_path / "other") as client:
        sums = client.run(fetch, "rehearsal/kept", tmp_path, ["large.bin"])
    assert sums == {"large.bin": hashlib.sha256(LARGE).hexdigest()}


def level(bucket: str, prefix: str | None) -> list[str]:
    return [item.path for item in HfApi().list_bucket_tree(bucket, prefix, recursive=False)]


@pytest.mark.parametrize(
    ("prefix", "paths"),
    [
        (None, ["logs", "logs.json", "run"]),
        ("logs", ["logs/1.txt", "logs/old"]),
        ("lo", ["logs", "logs.json"]),
        ("logs/", ["logs/1.txt", "logs/old"]),
        ("none", []),
    ],
)
def test_a_level_shows_folders_once(client: Client, prefix: str | None, paths: list[str]) -> None:
    paths_there = ("logs/1.txt", "logs/old/0.txt", "logs/old/1.txt", "logs.json", "run/a/b")
    files = dict.fromkeys(paths_there, b"x")
    client.run(send, "rehearsal/levels", files)
    assert client.run(level, "rehearsal/levels", prefix) == paths


def copy(bucket: str) -> dict[str, bool]:
    api = HfApi()
    api.create_repo("rehearsal/source", exist_ok=True)
    api.upload_file(repo_id="rehearsal/source", path_or_fileobj=b"card", path_in_repo="card.txt")
    api.copy_files(f"hf://buckets/{bucket}/from", f"hf://buckets/{bucket}-2/to/")
    api.copy_files("hf://rehearsal/source/card.txt", f"hf://buckets/{bucket}-2/card.txt")
    hashes = {file.path: file.xet_hash for file in api.list_bucket_tree(f"{bucket}-2") if file.type == "file"}
    (source,) = api.get_bucket_paths_info(bucket, ["from/a.txt"])
    return {path: xet_hash == source.xet_hash for path, xet_hash in hashes.items()}


def test_files_are_copied_between_buckets_and_from_repositories(client: Client) -> None:
    client.run(send, "rehearsal/copied", {"from/a.txt": b"text"})
    client.run(send, "rehearsal/copied-2", {})
    copied = client.run(copy, "rehearsal/copied")
    assert copied == {"card.txt": False, "to/a.txt": True}


def knock(bucket: str) -> list[str]:
    api, said = HfApi(token=False), []
    for call in (
        lambda: api.bucket_info(bucket),
        lambda: api.batch_bucket_files(bucket, delete=["x"]),
        lambda: HfApi().bucket_info("rehearsal/nowhere"),
        lambda: HfApi().create_bucket("somebody/else"),
        lambda: HfApi().batch_bucket_files(bucket, delete=["x"]),
        lambda: HfApi().batch_bucket_files(bucket, delete=["x"], add=[(b"y", "../y"), (b"z", "z")]),
    ):
        try:
            call()
        except BucketNotFoundError:
            said.append("no such bucket")
        except HfHubHTTPError as error:
            said.append(str(error))
    return said


def test_what_is_refused(client: Client) -> None:
    client.run(hide, "rehearsal/hidden")
    said = client.run(knock, "rehearsal/hidden")
    assert said[:3] == ["no such bucket"] * 3
    assert 'You don\'t have the rights to create a bucket under the namespace "somebody"' in said[3]
    assert "Failed to apply 1 out of 1" in said[4]
    assert "Failed to apply 2 out of 3" in said[5]
    assert "  - x: File not found" in said[5]
    assert "  - ../y: Invalid path in repository: '../y'" in said[5]


def hide(bucket: str) -> None:
    HfApi().create_bucket(bucket, private=True)


@pytest.mark.slow
def test_the_command_line_syncs_a_folder(hub: LocalHub, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "a.txt").write_text("a")
    environment = {**hub.environment(tmp_path / "home"), "PATH": str(Path(sys.executable).parent)}
    for arguments in (
        ["create", "rehearsal/synced"],
        ["sync", str(source), "hf://buckets/rehearsal/synced"],
        ["sync", "hf://buckets/rehearsal/synced", str(target)],
    ):
        command = [str(Path(sys.executable).parent / "hf"), "buckets", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert (target / "deep" / "a.txt").read_text() == "a"


def publish_and_load(bucket: str) -> list[object]:
    import datasets

    api, table = HfApi(), datasets.Dataset.from_dict({"title": ["Ferry", "Loom"]})
    api.create_bucket(bucket)
    table.push_to_hub(f"buckets/{bucket}/spring")
    loaded = datasets.load_dataset(f"buckets/{bucket}/spring", split="train")
    files = [item.path for item in api.list_bucket_tree(bucket)]
    return [loaded["title"][:], files]


def test_a_data_set_is_pushed_to_a_bucket_and_loaded_from_it(client: Client) -> None:
    files = ["spring/README.md", "spring/data/train-00000-of-00001.parquet"]
    assert client.run(publish_and_load, "rehearsal/sets") == [["Ferry", "Loom"], files]


def read_on_from(bucket: str, position: int) -> bytes:
    send(bucket, {"words.txt": b"one two three"})
    url = f"{HfApi().endpoint}/buckets/{bucket}/resolve/words.txt"
    headers = {**HfApi()._build_hf_headers(), "Range": f"bytes={position}-"}
    return httpx2.get(url, headers=headers, timeout=300).content


def test_a_file_of_a_bucket_can_be_read_from_the_middle(client: Client) -> None:
    assert client.run(read_on_from, "rehearsal/middle", 4) == b"two three"
