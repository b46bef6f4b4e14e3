"""History made shorter, large files taken out of it, and tags that stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError

from train.rehearse.hub.process import LocalHub, running_hub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]


def squash(repo: str) -> tuple[list[str], list[str], list[str]]:
    api = HfApi()
    api.create_repo(repo)
    for text in (b"one", b"two"):
        api.upload_file(repo_id=repo, path_or_fileobj=text, path_in_repo="x.txt")
    api.create_tag(repo, tag="v1")
    api.super_squash_history(repo, commit_message="Start afresh")
    titles = [commit.title for commit in api.list_repo_commits(repo)]
    tagged = [commit.title for commit in api.list_repo_commits(repo, revision="v1")]
    return titles, tagged, api.list_repo_files(repo)


def test_a_squashed_branch_is_one_commit_and_a_tag_keeps_its_own(client: Client) -> None:
    titles, tagged, files = client.run(squash, "rehearsal/squashed")
    assert titles == ["Start afresh"]
    assert len(tagged) == 3
    assert files == [".gitattributes", "x.txt"]


def delete_large_file(repo: str) -> dict[str, object]:
    api = HfApi()
    api.create_repo(repo)
    api.create_repo(f"{repo}-other")
    files = [
        CommitOperationAdd("secret.bin", b"\0secret"),
        CommitOperationAdd("deep/shared.bin", b"\0shared"),
        CommitOperationAdd("kept.bin", b"\0kept"),
    ]
    api.create_commit(repo, files, commit_message="Add")
    api.create_tag(repo, tag="v1", tag_message="One")
    api.upload_file(repo_id=repo, path_or_fileobj=b"later", path_in_repo="later.txt")
    api.upload_file(repo_id=f"{repo}-other", path_or_fileobj=b"\0shared", path_in_repo="shared.bin")
    listed = list(api.list_lfs_files(repo))
    unwanted = [file for file in listed if file.filename != "kept.bin"]
    api.permanently_delete_lfs_files(repo, unwanted)
    try:
        hf_hub_download(repo, "secret.bin", revision="v1")
        gone = False
    except EntryNotFoundError:
        gone = True
    return {
        "listed": [(file.filename, file.size, file.ref) for file in listed],
        "left": [file.filename for file in api.list_lfs_files(repo)],
        "files": [api.list_repo_files(repo, revision=revision) for revision in ("main", "v1")],
        "titles": [commit.title for commit in api.list_repo_commits(repo, revision="v1")],
        "gone": gone,
        "other": Path(hf_hub_download(f"{repo}-other", "shared.bin")).read_bytes(),
    }


def test_a_large_file_is_taken_out_of_all_history_but_not_from_others(client: Client, hub: LocalHub) -> None:
    assert client.run(delete_large_file, "rehearsal/purged") == {
        "listed": [
            ("deep/shared.bin", 7, "refs/heads/main"),
            ("kept.bin", 5, "refs/heads/main"),
            ("secret.bin", 7, "refs/heads/main"),
        ],
        "left": ["kept.bin"],
        "files": [[".gitattributes", "kept.bin", "later.txt"], [".gitattributes", "kept.bin"]],
        "titles": ["Add", "initial commit"],
        "gone": True,
        "other": b"\0shared",
    }


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    with running_hub(tmp_path_factory.mktemp("strict"), arguments=["--immutable-tags"]) as hub:
        yield hub


def refusal(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except HfHubHTTPError as error:
        return f"{error.response.status_code} {error.server_message}"
    return "done"


def try_to_move_a_tag(url: str) -> list[str]:
    api, repo = HfApi(endpoint=url), "rehearsal/tagged"
    api.create_repo(repo)
    api.upload_file(repo_id=repo, path_or_fileobj=b"\0", path_in_repo="x.bin")
    api.create_tag(repo, tag="v1")
    api.create_branch(repo, branch="draft")
    return [
        refusal(lambda: api.delete_tag(repo, tag="v1")),
        refusal(lambda: api.create_tag(repo, tag="v1")),
        refusal(lambda: api.permanently_delete_lfs_files(repo, api.list_lfs_files(repo))),
        refusal(lambda: api.delete_branch(repo, branch="draft")),
    ]


def test_a_strict_hub_keeps_every_tag_where_it_is(strict: LocalHub, client: Client) -> None:
    assert client.run(try_to_move_a_tag, strict.url) == [
        "403 Cannot delete refs/tags/v1: tags are immutable here",
        "409 Reference refs/tags/v1 already exists",
        "403 Tags are immutable here, and the history they stand for with them.",
        "done",
    ]


def test_a_branch_cannot_take_the_name_of_a_ref(web: httpx2.Client) -> None:
    web.post("/api/repos/create", json={"name": "named"}).raise_for_status()
    answer = web.post("/api/models/rehearsal/named/branch/refs%2Fpr%2F1", json={})
    assert (answer.status_code, answer.json()["error"]) == (400, "Invalid reference name: refs/pr/1")


def delete_but_keep_the_history(repo: str) -> list[object]:
    api = HfApi()
    api.create_repo(repo)
    info = api.upload_file(repo_id=repo, path_or_fileobj=b"\0secret", path_in_repo="secret.bin")
    api.permanently_delete_lfs_files(repo, api.list_lfs_files(repo), rewrite_history=False)
    try:
        hf_hub_download(repo, "secret.bin")
        said = "there"
    except EntryNotFoundError:
        said = "gone"
    return [api.repo_info(repo).sha == info.oid, "secret.bin" in api.list_repo_files(repo), said]


def test_a_file_deleted_for_good_without_a_new_history_is_named_but_gone(client: Client) -> None:
    assert client.run(delete_but_keep_the_history, "rehearsal/kept-history") == [True, True, "gone"]
