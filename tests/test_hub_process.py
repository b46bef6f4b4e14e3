"""The Hub as a process: killed, restarted, repeated, refused."""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from huggingface_hub import CommitOperationAdd, HfApi, snapshot_download
from huggingface_hub.errors import HfHubHTTPError

from tests.waiting import PATIENCE_S, going_on, wait_for
from train.errors import SAME, ImprintError
from train.rehearse.hub import cli
from train.rehearse.hub.process import LocalHub, running_hub
from train.rehearse.ports import free_port

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

ROOT = Path(__file__).parent.parent
EPOCH = 1_700_000_000
REPO = "rehearsal/killed"


def commit_many(url: str) -> list[str]:
    api, confirmed = HfApi(endpoint=url), list[str]()
    api.create_repo(REPO)
    for n in range(24):
        content = str(n).encode() * 100 + (b"\0" if n % 3 == 0 else b"")
        with going_on(url, httpx2.TransportError, HfHubHTTPError, OSError):
            info = api.upload_file(repo_id=REPO, path_or_fileobj=content, path_in_repo=f"{n}.dat")
            confirmed.append(info.oid)
    snapshot_download(REPO, endpoint=url)
    return [*confirmed, *(commit.commit_id for commit in api.list_repo_commits(REPO))]


@pytest.mark.slow
def test_a_hub_killed_under_load_loses_nothing_and_goes_on(client: Client, tmp_path: Path) -> None:
    port = free_port()
    with running_hub(tmp_path, port=port) as hub:
        committing = client.start(commit_many, hub.url)
        wait_for(lambda: (hub.data / "requests.jsonl").read_text().count("/commit/main") >= 8)
        os.kill(hub.pid, signal.SIGKILL)
    with running_hub(tmp_path, port=port):
        seen = committing.result(PATIENCE_S)
    history = git(tmp_path, "log", "--format=%H", "main").split()
    assert len(history) > 20
    assert set(seen) == set(history), "what was confirmed is there, and nothing else"
    git(tmp_path, "fsck", "--full", "--strict", "--no-dangling")


def git(data: Path, *arguments: str) -> str:
    command = ["git", "-C", str(data / "repos" / "models" / f"{REPO}.git"), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def publish(url: str) -> tuple[str, list[str]]:
    api, repo = HfApi(endpoint=url), "rehearsal/same"
    api.create_repo(repo)
    files = [CommitOperationAdd("a/b.txt", b"text"), CommitOperationAdd("c.bin", b"\0" * 100)]
    api.create_commit(repo, files, commit_message="Publish")
    api.create_tag(repo, tag="v1", tag_message="One")
    created_at = str(api.model_info(repo).created_at)
    return created_at, [commit.commit_id for commit in api.list_repo_commits(repo, revision="v1")]


@pytest.mark.slow
def test_a_fixed_date_gives_the_same_commits_again(client: Client, tmp_path: Path) -> None:
    published = []
    for attempt in ("first", "second"):
        with running_hub(tmp_path / attempt, epoch=EPOCH) as hub:
            published.append(client.run(publish, hub.url))
    assert published[0] == published[1]
    assert published[0][0] == "2023-11-14 22:13:20+00:00"


@contextmanager
def hub_command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "train", "hub", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_several_accounts_and_ends_quietly(tmp_path: Path, number: signal.Signals) -> None:
    accounts = ["--account", "alice:hf_write", "--account", "bob:hf_read:read"]
    with hub_command("--port", "0", "--data", str(tmp_path), *accounts) as process:
        assert process.stdout
        url = process.stdout.readline().split()[-1]
        assert f"HF_ENDPOINT={url} HF_TOKEN=hf_write" in process.stdout.readline()
        assert process.stdout.readline().strip() == "accounts: alice (write, hf_write), bob (read, hf_read)"
        check_rights(url)
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 0
        assert process.communicate()[1] == ""


def check_rights(url: str) -> None:
    alice, bob = (
        httpx2.Client(base_url=url, headers={"Authorization": f"Bearer hf_{role}"}, timeout=60)
        for role in ("write", "read")
    )
    with alice, bob:
        assert bob.get("/api/whoami-v2").json()["auth"]["accessToken"]["role"] == "read"
        assert bob.post("/api/repos/create", json={"name": "x"}).status_code == 403
        assert alice.post("/api/repos/create", json={"name": "x", "organization": "bob"}).status_code == 403
        assert alice.post("/api/repos/create", json={"name": "x", "visibility": "private"}).status_code == 200
        assert bob.get("/api/models/alice/x").headers["x-error-code"] == "RepoNotFound"
        alice.put("/api/models/alice/x/settings", json={"visibility": "public"})
        assert bob.get("/api/models/alice/x").status_code == 200
        assert bob.get("/api/models/alice/x/auth-check/write").status_code == 403


def refused(*arguments: str) -> ImprintError:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    with pytest.raises(ImprintError) as error:
        cli.run(parser.parse_args(arguments))
    return error.value


def test_a_second_hub_on_the_same_data_is_refused(hub: LocalHub) -> None:
    error = refused("--data", str(hub.data), "--port", "0")
    assert str(error).startswith(f"The data folder {hub.data} is in use by process {hub.pid}, ")


def test_a_hub_that_does_not_start_has_its_own_sentence_handed_on(hub: LocalHub) -> None:
    said = f"did not start. The data folder {hub.data} is in use"
    with pytest.raises(ImprintError, match=said) as error, running_hub(hub.data):
        pass
    assert error.value.fix == SAME


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    error = refused("--data", str(tmp_path / "file" / "hub"))
    assert str(error).startswith(f"The data folder {tmp_path / 'file' / 'hub'} cannot be written: ")


@pytest.mark.parametrize("account", ["alice", "alice:", "alice:hf_x:admin", "a:b:c:d"])
def test_an_account_without_its_parts_is_refused(account: str) -> None:
    assert "NAME:TOKEN" in str(refused("--account", account))


def test_a_taken_port_is_named_with_the_next_one(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        error = refused("--data", str(tmp_path / "a"), "--port", str(port))
        assert error.fix == f"python -m train hub --port {port + 1}"
        with pytest.raises(ImprintError, match=re.escape(str(error))), running_hub(tmp_path / "b", port=port):
            pass


def test_the_hub_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal\n"
        "from train.rehearse.hub.process import running_hub\n"
        f"with running_hub(pathlib.Path({str(tmp_path)!r})) as hub:\n"
        "    print(hub.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    wait_for(lambda: not is_alive(int(said.stdout)))


def is_alive(pid: int) -> bool:
    with suppress(FileNotFoundError):
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    return False
