"""What a release asks of the Hub, asked by the unmodified client."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationCopy,
    CommitOperationDelete,
    HfApi,
    hf_hub_download,
    snapshot_download,
)
from huggingface_hub.errors import HfHubHTTPError

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

CommitOperation = CommitOperationAdd | CommitOperationCopy | CommitOperationDelete
MIB = 1024 * 1024
CARD = "---\nlicense: mit\ntags: [essays]\nlanguage: en\n---\n# A writer\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small release: a card, text, an empty file, and large files of two sizes."""
    folder = tmp_path / "bundle"
    (folder / "evidence").mkdir(parents=True)
    (folder / "README.md").write_text(CARD)
    (folder / "evidence" / "metrics.json").write_text('{"loss": 1.5}')
    (folder / "empty.txt").write_text("")
    (folder / "adapter_model.safetensors").write_bytes(bytes(range(256)) * 100)
    (folder / "adapter.gguf").write_bytes(os.urandom(12 * MIB) + bytes(5 * MIB))
    return folder


def problem(attempt: Callable[[], object]) -> tuple[str, int]:
    try:
        attempt()
    except HfHubHTTPError as error:
        return type(error).__name__, error.response.status_code
    return "none", 200


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def publish(repo: str, folder: Path) -> list[str]:
    api = HfApi()
    api.create_repo(repo)
    first = api.upload_folder(repo_id=repo, folder_path=folder).oid
    again = api.upload_folder(repo_id=repo, folder_path=folder).oid
    api.create_tag(repo, tag="v1.0.0", tag_message="The first version", revision=first)
    api.upload_file(repo_id=repo, path_or_fileobj=b"later", path_in_repo="later.txt")
    downloaded = files_of(Path(snapshot_download(repo, revision="v1.0.0")))
    expected = files_of(folder)
    assert {name: downloaded[name] for name in expected} == expected
    return [first, again, *sorted(set(downloaded) - set(expected))]


@pytest.mark.parametrize("which", ["client", "lfs_client"])
def test_a_folder_comes_back_byte_for_byte_at_its_tag(
    which: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(which)
    first, again, *others = client.run(publish, f"rehearsal/published-{which}", folder)
    assert again == first, "an unchanged folder makes no commit"
    assert others == [".gitattributes"]


def commit_operations(repo: str) -> tuple[list[str], str, str]:
    api = HfApi()
    api.create_repo(repo)
    start = api.repo_info(repo).sha
    additions: list[CommitOperation] = [
        CommitOperationAdd("a/one.txt", b"one"),
        CommitOperationAdd("a/two.txt", b"two"),
        CommitOperationAdd("model.bin", b"\0large"),
        CommitOperationAdd("big.txt", b"line\n" * (11 * MIB // 5)),
    ]
    done = api.create_commit(repo, additions, commit_message="Add\n\nAll of it", parent_commit=start)
    changes: list[CommitOperation] = [
        CommitOperationDelete("a/one.txt"),
        CommitOperationCopy("model.bin", "copy.bin"),
        CommitOperationCopy("a/two.txt", "b/two.txt"),
    ]
    api.create_commit(repo, changes, commit_message="Change", parent_commit=done.oid)
    stale = [CommitOperationAdd("x.txt", b"x")]
    try:
        api.create_commit(repo, stale, commit_message="Late", parent_commit=start)
    except HfHubHTTPError as error:
        late = f"{error.response.status_code} {error.server_message}"
    copied = Path(hf_hub_download(repo, "copy.bin")).read_text()
    return api.list_repo_files(repo), late, copied


def test_a_commit_adds_deletes_and_copies_unless_the_branch_moved_on(client: Client) -> None:
    files, late, copied = client.run(commit_operations, "rehearsal/commits")
    assert files == [".gitattributes", "a/two.txt", "b/two.txt", "big.txt", "copy.bin", "model.bin"]
    assert late.startswith("412 The branch was updated since you opened this page.")
    assert copied == "\0large"


def refused_refs(api: HfApi, repo: str) -> dict[str, tuple[str, int]]:
    attempts: dict[str, Callable[[], object]] = {
        "same tag": lambda: api.create_tag(repo, tag="v1"),
        "same branch": lambda: api.create_branch(repo, branch="staging/v1"),
        "main": lambda: api.delete_branch(repo, branch="main"),
        "unknown": lambda: api.create_tag(repo, tag="v2", revision="nowhere"),
        "bad name": lambda: api.create_tag(repo, tag="v 2"),
    }
    return {name: problem(attempt) for name, attempt in attempts.items()}


def describe_refs(repo: str) -> dict[str, object]:
    api = HfApi()
    api.create_repo(repo)
    start = str(api.repo_info(repo).sha)
    api.create_branch(repo, branch="staging/v1")
    staged = api.upload_file(
        repo_id=repo, path_or_fileobj=b"x", path_in_repo="x.txt", revision="staging/v1"
    ).oid
    api.create_tag(repo, tag="v1", revision="staging/v1", tag_message="annotated")
    api.create_tag(repo, tag="v0", revision=start[:7])
    api.create_tag(repo, tag="v0", revision=staged, exist_ok=True)
    problems = refused_refs(api, repo)
    refs = api.list_repo_refs(repo)
    api.delete_tag(repo, tag="v0")
    api.delete_branch(repo, branch="staging/v1")
    left = api.list_repo_refs(repo)
    titles = [commit.title for commit in api.list_repo_commits(repo, revision="v1")]
    return {
        "start": start,
        "staged": staged,
        "refs": {ref.name: ref.target_commit for ref in [*refs.branches, *refs.tags]},
        "left": [ref.name for ref in [*left.branches, *left.tags]],
        "problems": problems,
        "at tag": api.repo_info(repo, revision="v1").sha,
        "titles": titles,
    }


def test_branches_and_tags_stand_for_commits(client: Client) -> None:
    facts = client.run(describe_refs, "rehearsal/refs")
    start, staged = facts["start"], facts["staged"]
    assert facts["refs"] == {"main": start, "staging/v1": staged, "v0": start, "v1": staged}
    assert facts["left"] == ["main", "v1"]
    assert facts["at tag"] == staged, "an annotated tag is peeled to its commit"
    assert facts["titles"] == ["Upload x.txt with huggingface_hub", "initial commit"]
    assert facts["problems"] == {
        "same tag": ("HfHubHTTPError", 409),
        "same branch": ("HfHubHTTPError", 409),
        "main": ("HfHubHTTPError", 403),
        "unknown": ("RevisionNotFoundError", 404),
        "bad name": ("BadRequestError", 400),
    }


def read_everything(repo: str) -> dict[str, object]:
    api = HfApi()
    api.create_repo(repo, repo_type="dataset", private=True)
    additions = [CommitOperationAdd(f"many/{n:04}.txt", str(n).encode()) for n in range(1100)]
    additions += [CommitOperationAdd("README.md", CARD.encode()), CommitOperationAdd("x.parquet", b"\0" * 9)]
    api.create_commit(repo, additions, commit_message="Much", repo_type="dataset")
    info = api.dataset_info(repo, files_metadata=True)
    large = next(sibling for sibling in info.siblings or [] if sibling.rfilename == "x.parquet")
    paths = api.get_paths_info(repo, ["many", "x.parquet", "none"], repo_type="dataset", expand=True)
    top = api.list_repo_tree(repo, repo_type="dataset", expand=True)
    return {
        "private": info.private,
        "tags": info.tags,
        "license": info.card_data and info.card_data.license,
        "large": large.lfs and (large.size, large.lfs.size),
        "paths": [entry.path for entry in paths],
        "top": [(entry.path, entry.last_commit and entry.last_commit.title) for entry in top],
        "files": len(
            list(api.list_repo_tree(repo, path_in_repo="many", repo_type="dataset", recursive=True))
        ),
        "expanded": api.dataset_info(repo, expand=["sha"]).author,
        "listed": [found.id for found in api.list_datasets(author="rehearsal", search="READ")],
    }


def test_a_repository_tells_what_is_in_it(client: Client) -> None:
    facts = client.run(read_everything, "rehearsal/reading")
    assert facts == {
        "private": True,
        "tags": ["essays", "en", "license:mit", "region:us"],
        "license": "mit",
        "large": (9, 9),
        "paths": ["many", "x.parquet"],
        "top": [
            (".gitattributes", "initial commit"),
            ("README.md", "Much"),
            ("many", "Much"),
            ("x.parquet", "Much"),
        ],
        "files": 1100,
        "expanded": None,
        "listed": ["rehearsal/reading"],
    }
