"""Gated repositories, and what settings, moves and copies do to a repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import httpx2
import pytest
from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationCopy,
    HfApi,
    get_hf_file_metadata,
    hf_hub_download,
    hf_hub_url,
)
from huggingface_hub.errors import HfHubHTTPError

from train.rehearse.hub.process import LocalHub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]


def problem(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except HfHubHTTPError as error:
        return f"{type(error).__name__} {error.response.status_code}: {error.server_message}"
    return "fine"


def download(repo: str, token: str | bool) -> str:
    url = hf_hub_url(repo, "secret.txt")
    return problem(lambda: get_hf_file_metadata(url, token=token))


def gate(repo: str, how: Literal["auto", "manual"]) -> list[object]:
    api, bob = HfApi(), HfApi(token="hf_bob")
    api.create_repo(repo)
    api.upload_file(repo_id=repo, path_or_fileobj=b"x", path_in_repo="secret.txt")
    api.update_repo_settings(repo, gated=how)
    return [
        bob.model_info(repo).gated,
        len(bob.list_repo_files(repo)),
        download(repo, False),
        download(repo, "hf_bob"),
        problem(lambda: bob.auth_check(repo)),
        download(repo, "hf_rehearsal"),
    ]


@pytest.mark.parametrize("how", ["auto", "manual"])
def test_a_gate_shows_what_there_is_and_keeps_the_files(
    client: Client, how: Literal["auto", "manual"]
) -> None:
    repo = f"rehearsal/gated-{how}"
    gated, files, anonymous, stranger, check, owner = client.run(gate, repo, how)
    assert (gated, files, owner) == (how, 2, "fine")
    assert str(anonymous).startswith(f"GatedRepoError 401: Access to model {repo} is restricted. You must")
    assert str(stranger).startswith(f"GatedRepoError 403: Access to model {repo} is restricted and you are")
    assert check == stranger


def handle_requests(repo: str) -> dict[str, object]:
    api = HfApi()
    api.create_repo(repo)
    api.upload_file(repo_id=repo, path_or_fileobj=b"x", path_in_repo="secret.txt")
    before = problem(lambda: api.grant_access(repo, "bob"))
    api.update_repo_settings(repo, gated="manual")
    with httpx2.Client(base_url=api.endpoint, headers={"Authorization": "Bearer hf_bob"}, timeout=60) as bob:
        bob.post(f"/{repo}/ask-access").raise_for_status()
    pending = [(one.username, one.email) for one in api.list_pending_access_requests(repo)]
    waiting = download(repo, "hf_bob")
    api.accept_access_request(repo, "bob")
    accepted = download(repo, "hf_bob")
    twice = problem(lambda: api.accept_access_request(repo, "bob"))
    api.reject_access_request(repo, "bob", rejection_reason="Not now")
    rejected = download(repo, "hf_bob")
    api.grant_access(repo, "dave")
    return {
        "before": before,
        "pending": pending,
        "waiting": waiting,
        "accepted": accepted,
        "twice": twice,
        "rejected": rejected,
        "granted": [one.username for one in api.list_accepted_access_requests(repo)],
        "known": download(repo, "hf_dave"),
        "unknown": problem(lambda: api.grant_access(repo, "nobody")),
        "stranger": problem(lambda: list(HfApi(token="hf_bob").list_accepted_access_requests(repo)))[:18],
    }


def test_an_author_answers_who_asks_at_the_gate(client: Client) -> None:
    repo = "rehearsal/asked"
    assert client.run(handle_requests, repo) == {
        "before": f"BadRequestError 400: The model {repo} is not gated",
        "pending": [("bob", "bob@users.noreply.huggingface.co")],
        "waiting": f"GatedRepoError 403: Your request to access model {repo} is awaiting a review from the "
        "repo authors.",
        "accepted": "fine",
        "twice": "HfHubHTTPError 404: User access request is already in the accepted list",
        "rejected": f"GatedRepoError 403: Your request to access model {repo} has been rejected by the "
        "repo's authors.",
        "granted": ["dave"],
        "known": "fine",
        "unknown": "HfHubHTTPError 404: The user nobody does not exist",
        "stranger": "HfHubHTTPError 403",
    }


def duplicate(source: str, target: str, kind: str) -> list[object]:
    api = HfApi()
    api.create_repo(source, repo_type=kind, space_sdk="gradio" if kind == "space" else None)
    for text in (b"one", b"two"):
        api.upload_file(repo_id=source, path_or_fileobj=text, path_in_repo="x.txt", repo_type=kind)
    api.upload_file(repo_id=source, path_or_fileobj=b"\0", path_in_repo="x.bin", repo_type=kind)
    url = api.duplicate_repo(source, target, repo_type=kind)
    again = problem(lambda: api.duplicate_repo(source, target, repo_type=kind))
    titles = [commit.title for commit in api.list_repo_commits(target, repo_type=kind)]
    text = Path(hf_hub_download(target, "x.bin", repo_type=kind)).read_bytes()
    return [url.repo_id, again[:17], len(titles), titles[0], text]


@pytest.mark.parametrize(
    ("kind", "commits", "title"),
    [
        ("model", 1, "Duplicate from rehearsal/first-model"),
        ("space", 4, "Upload x.bin with huggingface_hub"),
    ],
)
def test_a_copy_of_a_space_keeps_its_history_and_others_do_not(
    client: Client, kind: str, commits: int, title: str
) -> None:
    source, target = f"rehearsal/first-{kind}", f"rehearsal/second-{kind}"
    found = client.run(duplicate, source, target, kind)
    assert found == [target, "HfHubHTTPError 40", commits, title, b"\0"]


def copy_between(source: str, target: str) -> dict[str, bytes]:
    api = HfApi()
    for repo in (source, target):
        api.create_repo(repo)
    files = [CommitOperationAdd("a.txt", b"text"), CommitOperationAdd("a.bin", b"\0large")]
    api.create_commit(source, files, commit_message="Add")
    copies = [
        CommitOperationCopy(old, new, src_repo_id=source, src_repo_type="model")
        for old, new in (("a.txt", "b.txt"), ("a.bin", "deep/b.bin"))
    ]
    api.create_commit(target, copies, commit_message="Copy")
    names = ("b.txt", "deep/b.bin")
    return {name: Path(hf_hub_download(target, name)).read_bytes() for name in names}


def test_files_are_copied_from_one_repository_to_another(client: Client) -> None:
    copied = client.run(copy_between, "rehearsal/from", "rehearsal/to")
    assert copied == {"b.txt": b"text", "deep/b.bin": b"\0large"}


def test_only_a_space_can_be_protected(web: httpx2.Client) -> None:
    answer = web.post("/api/repos/create", json={"name": "half", "visibility": "protected"})
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        '"visibility" can be protected for Spaces only',
    )


@pytest.mark.parametrize("kind", ["models", "datasets", "spaces"])
def test_an_unknown_field_is_answered_with_the_known_ones(web: httpx2.Client, kind: str) -> None:
    named = {"name": f"fields-{kind}", "type": kind[:-1], "sdk": "gradio"}
    web.post("/api/repos/create", json=named).raise_for_status()
    answer = web.get(f"/api/{kind}/rehearsal/fields-{kind}?expand=sha&expand=weather")
    assert answer.status_code == 400
    assert 'expected one of "author"|' in answer.json()["error"]
    assert answer.json()["error"].endswith("at expand[1]")


def move_with_everything(repo: str) -> list[object]:
    api = HfApi()
    api.create_repo(repo)
    api.create_discussion(repo, title="Which licence?")
    api.update_repo_settings(repo, gated="auto")
    api.move_repo(repo, "acme/moved")
    titles = [one.title for one in api.get_repo_discussions(repo)]
    return [api.model_info(repo).id, api.model_info(repo).gated, titles]


def test_a_move_takes_discussions_and_settings_along(client: Client, hub: LocalHub) -> None:
    assert client.run(move_with_everything, "rehearsal/moving") == ["acme/moved", "auto", ["Which licence?"]]
    assert (hub.data / "repos" / "models" / "acme" / "moved.git" / "hub" / "discussions" / "1.json").exists()
