"""Who may see and change what, from a repository's creation to its end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from train.rehearse.hub.process import LocalHub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]


def outcome(error: HfHubHTTPError) -> tuple[str, int]:
    return type(error).__name__, error.response.status_code


def live_a_life(repo: str) -> list[object]:
    api = HfApi()
    url = api.create_repo(repo, repo_type="space", space_sdk="gradio")
    sdk = api.space_info(repo).sdk
    api.update_repo_settings(repo, repo_type="space", visibility="private")
    hidden = api.space_info(repo).private
    api.move_repo(repo, f"{repo}-moved", repo_type="space")
    followed = api.space_info(repo).id
    again = api.create_repo(f"{repo}-moved", repo_type="space", space_sdk="gradio", exist_ok=True)
    api.delete_repo(f"{repo}-moved", repo_type="space")
    return [url.repo_id, sdk, hidden, followed, again.repo_id, api.repo_exists(repo, repo_type="space")]


def test_a_space_is_created_hidden_moved_and_deleted(client: Client) -> None:
    moved = "rehearsal/life-moved"
    assert client.run(live_a_life, "rehearsal/life") == [
        "rehearsal/life",
        "gradio",
        True,
        moved,
        moved,
        False,
    ]


def knock(repo: str, token: str | bool) -> list[tuple[str, int]]:
    api, answers = HfApi(token=token), []
    for call in (
        lambda: api.repo_info(repo),
        lambda: api.upload_file(repo_id=repo, path_or_fileobj=b"x", path_in_repo="x"),
        lambda: api.create_repo("rehearsal/new"),
        lambda: api.auth_check(repo),
    ):
        try:
            call()
            answers.append(("fine", 200))
        except HfHubHTTPError as error:
            answers.append(outcome(error))
    return answers


@pytest.mark.parametrize(
    ("private", "token", "expected"),
    [
        pytest.param(
            True,
            False,
            [("RepositoryNotFoundError", 401)] * 2
            + [("HfHubHTTPError", 401), ("RepositoryNotFoundError", 401)],
            id="an anonymous visitor learns nothing of a private repository",
        ),
        pytest.param(
            True,
            "hf_wrong",
            [("HfHubHTTPError", 401)] * 4,
            id="an unknown token is refused everywhere",
        ),
        pytest.param(
            False,
            False,
            [("fine", 200), ("RepositoryNotFoundError", 401), ("HfHubHTTPError", 401), ("fine", 200)],
            id="anybody may read a public repository",
        ),
    ],
)
def test_who_may_do_what(
    client: Client, private: bool, token: str | bool, expected: list[tuple[str, int]]
) -> None:
    repo = f"rehearsal/{'private' if private else 'public'}"
    client.run(make_repo, repo, private)
    assert client.run(knock, repo, token) == expected


def make_repo(repo: str, private: bool) -> None:
    HfApi().create_repo(repo, private=private, exist_ok=True)


def log_of(hub: LocalHub) -> list[dict[str, object]]:
    return [json.loads(line) for line in (hub.data / "requests.jsonl").read_text().splitlines()]


def test_the_log_names_every_request_and_no_token(hub: LocalHub, client: Client) -> None:
    client.run(make_repo, "rehearsal/logged", False)
    client.run(knock, "rehearsal/logged", "hf_wrong")
    log = log_of(hub)
    refused = [entry for entry in log if entry["repo"] == "rehearsal/logged" and entry["status"] == 401]
    assert {entry["account"] for entry in refused} == {None}
    assert any(entry["account"] == "rehearsal" and entry["bytes_in"] for entry in log)
    text = (hub.data / "requests.jsonl").read_text()
    assert hub.token not in text
    assert "hf_wrong" not in text
