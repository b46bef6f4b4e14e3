"""A Hub killed while people discuss, propose and merge: what was confirmed is there, and nothing is torn."""

from __future__ import annotations

import os
import signal
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import HfHubHTTPError

from tests.waiting import PATIENCE_S, going_on, wait_for
from train.rehearse.hub.process import running_hub
from train.rehearse.ports import free_port

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

REPO = "rehearsal/killed"
ROUNDS = 15


def propose_and_merge_many(url: str) -> tuple[list[int], list[int]]:
    """The pull requests that the Hub said were opened, and merged, whatever else befell it."""
    api = HfApi(endpoint=url)
    opened, merged = list[int](), list[int]()
    api.create_repo(REPO)
    for n in range(ROUNDS):
        with going_on(url, httpx2.TransportError, HfHubHTTPError):
            files = [CommitOperationAdd(f"{n}.txt", str(n).encode())]
            pull = api.create_commit(REPO, files, commit_message=f"Add {n}", create_pr=True)
            opened.append(pull.pr_num or 0)
            api.comment_discussion(REPO, opened[-1], "Fine")
            api.merge_pull_request(REPO, opened[-1])
            merged.append(opened[-1])
    return opened, merged


def look_again(url: str) -> tuple[dict[int, str], list[str]]:
    api = HfApi(endpoint=url)
    found = [api.get_discussion_details(REPO, one.num) for one in api.get_repo_discussions(REPO)]
    for one in found:
        if one.status == "open":  # what was cut short can be done again
            api.merge_pull_request(REPO, one.num)
    return {one.num: one.status for one in found}, api.list_repo_files(REPO)


@pytest.mark.slow
def test_what_was_proposed_and_merged_outlives_a_kill(client: Client, tmp_path: Path) -> None:
    port = free_port()
    with running_hub(tmp_path, port=port) as hub:
        working = client.start(propose_and_merge_many, hub.url)
        wait_for(lambda: sum(request.path.endswith("/merge") for request in hub.requests()) > 5)
        os.kill(hub.pid, signal.SIGKILL)
    with running_hub(tmp_path, port=port) as hub:
        opened, merged = working.result(PATIENCE_S)
        assert len(merged) > 5, "the kill came in the middle"
        statuses, files = client.run(look_again, hub.url)
    assert set(opened) <= set(statuses)
    assert {statuses[number] for number in merged} == {"merged"}
    assert len(files) == len(statuses) + 1, "each pull request was merged once, .gitattributes beside them"
    folder = tmp_path / "repos" / "models" / f"{REPO}.git"
    subprocess.run(["git", "fsck", "--full", "--strict", "--no-dangling"], cwd=folder, check=True)
    titles = subprocess.run(["git", "log", "--format=%s", "main"], cwd=folder, capture_output=True, text=True)
    assert len(set(titles.stdout.split("\n"))) == len(titles.stdout.split("\n")), "and none twice"


def upload_tag_and_squash(url: str) -> tuple[dict[str, str], dict[str, str]]:
    """The large files and the tags that the Hub confirmed, while the history is squashed now and then."""
    api, uploaded, tagged = HfApi(endpoint=url), dict[str, str](), dict[str, str]()
    api.create_repo(REPO)
    for n in range(ROUNDS):
        content = bytes([0, n]) * 1000
        with going_on(url, httpx2.TransportError, HfHubHTTPError, OSError, RuntimeError):
            info = api.upload_file(repo_id=REPO, path_or_fileobj=content, path_in_repo=f"{n}.bin")
            uploaded[f"{n}.bin"] = sha256(content).hexdigest()
            api.create_tag(REPO, tag=f"v{n}", revision=info.oid)
            tagged[f"v{n}"] = info.oid
            if n % 4 == 3:
                api.super_squash_history(REPO)
    return uploaded, tagged


@pytest.mark.slow
@pytest.mark.parametrize("requests", [20, 45])
def test_large_files_tags_and_squashes_outlive_a_kill(client: Client, tmp_path: Path, requests: int) -> None:
    port = free_port()
    with running_hub(tmp_path, port=port) as hub:
        working = client.start(upload_tag_and_squash, hub.url)
        wait_for(lambda: len(hub.requests()) >= requests)
        os.kill(hub.pid, signal.SIGKILL)
    with running_hub(tmp_path, port=port):
        uploaded, tagged = working.result(PATIENCE_S)
    assert len(uploaded) > ROUNDS // 2
    folder = tmp_path / "repos" / "models" / f"{REPO}.git"
    git(folder, "fsck", "--full", "--strict", "--no-dangling")
    for tag, commit in tagged.items():
        assert git(folder, "rev-parse", f"refs/tags/{tag}").strip() == commit
    for name, digest in uploaded.items():
        assert f"oid sha256:{digest}" in git(folder, "show", f"main:{name}")
        kept = (tmp_path / "lfs" / digest[:2] / digest[2:4] / digest).read_bytes()
        assert sha256(kept).hexdigest() == digest


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout
