"""Plain git against the Hub: clones by address, at a tag, with a token; and the folders it keeps."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from train.rehearse.hub.process import LocalHub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

LARGE = b"\0large" * 1000
POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    f"oid sha256:{hashlib.sha256(LARGE).hexdigest()}\nsize {len(LARGE)}\n"
)


def git(*arguments: str, folder: Path = Path()) -> subprocess.CompletedProcess[str]:
    """Stock git without the settings, the hooks or the keyboard of the person who runs the tests."""
    environment = {
        "PATH": "/usr/bin:/bin:/usr/local/bin",
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_AUTHOR_EMAIL": "ann@example.org",
        "GIT_COMMITTER_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@example.org",
        "LANG": "C",
    }
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def publish(repo: str, kind: str) -> str:
    api = HfApi()
    api.create_repo(repo, repo_type=kind, private=kind == "dataset", space_sdk="gradio", exist_ok=True)
    files = [CommitOperationAdd(f"deep/{n}.txt", str(n).encode()) for n in range(300)]
    files += [CommitOperationAdd("large.bin", LARGE)]
    tagged = api.create_commit(repo, files, commit_message="One", repo_type=kind).oid
    api.create_tag(repo, tag="v1", tag_message="The first", repo_type=kind)
    for text, propose in (b"x", False), (b"y", True):
        add = [CommitOperationAdd("later.txt", text)]
        title = "Proposal" if propose else "Two"
        api.create_commit(repo, add, commit_message=title, repo_type=kind, create_pr=propose)
    return tagged


@pytest.mark.parametrize(
    ("kind", "prefix", "suffix"),
    [("model", "", ""), ("dataset", "datasets/", ".git"), ("space", "spaces/", "")],
)
def test_git_clones_a_repository_and_fetches_what_is_new(
    hub: LocalHub, client: Client, tmp_path: Path, kind: str, prefix: str, suffix: str
) -> None:
    repo = f"rehearsal/cloned-{kind}"
    tagged = client.run(publish, repo, kind)
    address = hub.url.replace("://", "://user:hf_rehearsal@") + f"/{prefix}{repo}{suffix}"
    cloned = git("clone", "--quiet", address, "all", folder=tmp_path)
    assert cloned.returncode == 0, cloned.stderr
    assert (tmp_path / "all" / "large.bin").read_text() == POINTER
    assert (tmp_path / "all" / "later.txt").read_text() == "x"
    shallow = git("clone", "--quiet", "--depth=1", "--branch=v1", address, "tagged", folder=tmp_path)
    assert shallow.returncode == 0, shallow.stderr
    assert git("rev-parse", "HEAD", folder=tmp_path / "tagged").stdout.strip() == tagged
    assert not (tmp_path / "tagged" / "later.txt").exists()
    fetched = git("fetch", "--quiet", "origin", "refs/pr/1", folder=tmp_path / "all")
    assert fetched.returncode == 0, fetched.stderr
    assert git("log", "-1", "--format=%s", "FETCH_HEAD", folder=tmp_path / "all").stdout == "Proposal\n"


def test_git_shows_no_private_repository_and_pushes_nowhere(
    hub: LocalHub, client: Client, tmp_path: Path
) -> None:
    client.run(publish, "rehearsal/secret", "dataset")
    anonymous = git("clone", f"{hub.url}/datasets/rehearsal/secret", folder=tmp_path)
    assert "could not read Username" in anonymous.stderr, "git asks, since it was told to sign in"
    stranger = hub.url.replace("://", "://bob:hf_bob@") + "/datasets/rehearsal/secret"
    assert "not found" in git("clone", stranger, folder=tmp_path).stderr
    owner = hub.url.replace("://", "://user:hf_rehearsal@") + "/datasets/rehearsal/secret"
    git("clone", "--quiet", owner, "mine", folder=tmp_path)
    git("commit", "--quiet", "--allow-empty", "--message=More", folder=tmp_path / "mine")
    pushed = git("push", folder=tmp_path / "mine")
    assert pushed.returncode != 0
    assert "The embedded Hub takes no git push: use huggingface_hub" in pushed.stderr


def test_git_lfs_is_told_where_a_large_file_lies(web: httpx2.Client, client: Client) -> None:
    client.run(publish, "rehearsal/fetched", "model")
    known, unknown = hashlib.sha256(LARGE).hexdigest(), "0" * 64
    wanted = [{"oid": oid, "size": len(LARGE)} for oid in (known, unknown)]
    body = {"operation": "download", "transfers": ["basic"], "objects": wanted}
    answer = web.post("/rehearsal/fetched.git/info/lfs/objects/batch", json=body)
    found, missing = answer.json()["objects"]
    assert answer.headers["content-type"] == "application/vnd.git-lfs+json"
    assert missing["error"]["code"] == 404
    with httpx2.Client(timeout=60) as anybody:
        href = found["actions"]["download"]["href"]
        assert anybody.get(href).content == LARGE
        assert anybody.put(href, content=LARGE).status_code == 403, (
            "an address to read from is not for writing"
        )


def test_git_finds_nothing_wrong_in_the_folders_of_the_hub(hub: LocalHub, client: Client) -> None:
    client.run(publish, "rehearsal/inspected", "model")
    client.run(squash_and_purge, "rehearsal/inspected")
    folder = hub.data / "repos" / "models" / "rehearsal" / "inspected.git"
    checked = git("fsck", "--full", "--strict", "--no-dangling", folder=folder)
    assert checked.returncode == 0, checked.stderr
    refs = git("for-each-ref", "--format=%(refname)", folder=folder).stdout.split()
    assert refs == ["refs/heads/main", "refs/pr/1", "refs/tags/v1"]
    assert git("log", "-1", "--format=%an", "refs/pr/1", folder=folder).stdout == "rehearsal\n"


def squash_and_purge(repo: str) -> None:
    api = HfApi()
    api.super_squash_history(repo)
    api.permanently_delete_lfs_files(repo, api.list_lfs_files(repo))
