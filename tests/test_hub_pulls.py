"""Discussions and pull requests, from the first comment to the merge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from huggingface_hub import CommitInfo, CommitOperationAdd, CommitOperationDelete, HfApi, hf_hub_download
from huggingface_hub.community import DiscussionComment, DiscussionCommit, DiscussionEvent
from huggingface_hub.errors import HfHubHTTPError

from train.rehearse.hub.commit import Draft, Put, commit
from train.rehearse.hub.discussions import save_discussion
from train.rehearse.hub.home import Home, Settings
from train.rehearse.hub.names import Kind
from train.rehearse.hub.pulls import compare, look_up, merge, open_pull
from train.rehearse.hub.repository import Signature
from train.rehearse.hub.store import Store

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

BY = Signature("alice", 1_700_000_000)


def status_of(attempt: Callable[[], object]) -> int:
    try:
        attempt()
    except HfHubHTTPError as error:
        return error.response.status_code
    return 200


def words(event: DiscussionEvent) -> str:
    if isinstance(event, DiscussionComment):
        return event.content
    return event.summary if isinstance(event, DiscussionCommit) else ""


def talk(repo: str) -> dict[str, object]:
    api, bob = HfApi(), HfApi(token="hf_bob")
    api.create_repo(repo)
    first = bob.create_discussion(repo, title="  Which licence?  ", description="I *wonder*.")
    comment = api.comment_discussion(repo, first.num, "MIT, <b>see</b> the card.")
    edited = api.edit_discussion_comment(repo, first.num, comment.id, "MIT.")
    api.rename_discussion(repo, first.num, "The licence")
    bob.change_discussion_status(repo, first.num, "closed", comment="Thanks")
    hidden = api.hide_discussion_comment(repo, first.num, first.events[0].id)
    details = api.get_discussion_details(repo, first.num)
    return {
        "first": (first.num, first.title, first.author, words(first.events[0])),
        "edited": (edited.content, edited.edited, edited.number_of_edits, edited.rendered),
        "hidden": (hidden.hidden, hidden.content),
        "kinds": [event.type for event in details.events],
        "now": (details.title, details.status, details.url),
        "not theirs": status_of(lambda: bob.edit_discussion_comment(repo, first.num, comment.id, "GPL.")),
        "short": status_of(lambda: api.create_discussion(repo, title="?")),
        "unknown": status_of(lambda: api.get_discussion_details(repo, 7)),
        "closed": [one.num for one in api.get_repo_discussions(repo, discussion_status="closed")],
        "open": [one.num for one in api.get_repo_discussions(repo, discussion_status="open")],
    }


def test_a_discussion_is_led_edited_and_closed(client: Client, hub: object) -> None:
    found = client.run(talk, "rehearsal/talk")
    url = str(found["now"][2]) if isinstance(found["now"], tuple) else ""
    assert url.endswith("/rehearsal/talk/discussions/1")
    assert found == {
        "first": (1, "Which licence?", "bob", "I *wonder*."),
        "edited": ("MIT.", True, 1, "<p>MIT.</p>\n"),
        "hidden": (True, "This comment has been hidden"),
        "kinds": ["comment", "comment", "title-change", "comment", "status-change"],
        "now": ("The licence", "closed", url),
        "not theirs": 403,
        "short": 400,
        "unknown": 404,
        "closed": [1],
        "open": [],
    }


def propose(api: HfApi, repo: str, additions: list[CommitOperationAdd]) -> CommitInfo:
    """A pull request of two commits."""
    pull = api.create_commit(
        repo, additions, commit_message="Improve", commit_description="Because", create_pr=True
    )
    tidying = [CommitOperationDelete(".gitattributes")]
    api.create_commit(repo, tidying, commit_message="Tidy", revision=str(pull.pr_revision))
    return pull


def propose_and_merge(repo: str) -> dict[str, object]:
    api, bob = HfApi(), HfApi(token="hf_bob")
    api.create_repo(repo)
    api.upload_file(repo_id=repo, path_or_fileobj=b"old\n", path_in_repo="a.txt")
    additions = [CommitOperationAdd("a.txt", b"new\n"), CommitOperationAdd("b.bin", b"\0")]
    direct = status_of(lambda: bob.create_commit(repo, additions[:1], commit_message="Direct"))
    pull = propose(bob, repo, additions)
    refs = api.list_repo_refs(repo, include_pull_requests=True)
    at_pull = Path(hf_hub_download(repo, "a.txt", revision="refs/pr/1")).read_bytes()
    before = api.get_discussion_details(repo, 1)
    not_allowed = status_of(lambda: bob.merge_pull_request(repo, 1))
    api.merge_pull_request(repo, 1, comment="Thank you")
    after = api.get_discussion_details(repo, 1)
    merged = api.list_repo_commits(repo)[0]
    return {
        "rights": (direct, not_allowed, status_of(lambda: api.merge_pull_request(repo, 1))),
        "pull": (pull.pr_num, pull.pr_url == f"{api.endpoint}/{repo}/discussions/1", at_pull),
        "refs": [ref.ref for ref in refs.pull_requests or []],
        "before": (before.status, before.target_branch, before.conflicting_files),
        "diff": "-old\n+new" in str(before.diff),
        "commits": [words(event) for event in before.events if event.type == "commit"],
        "after": (after.status, after.merge_commit_oid == merged.commit_id, merged.title),
        "files": api.list_repo_files(repo),
    }


def test_a_stranger_proposes_and_the_owner_merges(client: Client) -> None:
    assert client.run(propose_and_merge, "rehearsal/proposed") == {
        "rights": (403, 403, 409),
        "pull": (1, True, b"new\n"),
        "refs": ["refs/pr/1"],
        "before": ("open", "refs/heads/main", []),
        "diff": True,
        "commits": ["Improve", "Tidy"],
        "after": ("merged", True, "Improve (#1)"),
        "files": ["a.txt", "b.bin"],
    }


def upload_as_pull(repo: str, folder: Path) -> list[object]:
    api = HfApi()
    api.create_repo(repo, repo_type="dataset")
    info = api.upload_folder(repo_id=repo, folder_path=folder, repo_type="dataset", create_pr=True)
    number = info.pr_num or 0
    draft = api.get_discussion_details(repo, number, repo_type="dataset").status
    refused = status_of(lambda: api.merge_pull_request(repo, number, repo_type="dataset"))
    api.change_discussion_status(repo, number, "open", repo_type="dataset")
    api.merge_pull_request(repo, number, repo_type="dataset")
    return [info.pr_revision, draft, refused, api.list_repo_files(repo, repo_type="dataset")]


def test_a_folder_becomes_a_draft_that_is_opened_before_its_merge(client: Client, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    files = [".gitattributes", "a.parquet", "a.txt"]
    found = client.run(upload_as_pull, "rehearsal/folder-pull", tmp_path)
    assert found == ["refs/pr/1", "draft", 409, files]


def propose_in_conflict(repo: str) -> tuple[list[str] | bool | None, int]:
    api = HfApi()
    api.create_repo(repo)
    mine = [CommitOperationAdd("a.txt", b"mine"), CommitOperationAdd("b/c.txt", b"mine")]
    api.create_commit(repo, mine, commit_message="Mine", create_pr=True)
    theirs = [CommitOperationAdd("a.txt", b"theirs"), CommitOperationAdd("b", b"theirs")]
    api.create_commit(repo, theirs, commit_message="Theirs")
    return api.get_discussion_details(repo, 1).conflicting_files, status_of(
        lambda: api.merge_pull_request(repo, 1)
    )


def test_a_pull_request_that_contradicts_its_base_is_not_merged(client: Client) -> None:
    assert client.run(propose_in_conflict, "rehearsal/conflict") == (["a.txt", "b"], 409)


def test_a_discussion_has_a_page_that_shows_words_as_words(web: httpx2.Client) -> None:
    web.post("/api/repos/create", json={"name": "paged"}).raise_for_status()
    body = {"title": "<i>Title</i>", "description": "<script>x</script> *so*", "pullRequest": True}
    web.post("/api/models/rehearsal/paged/discussions", json=body).raise_for_status()
    page = web.get("/rehearsal/paged/discussions/1").text
    assert "<em>so</em>" in page
    assert "<script" not in page
    assert "<i>" not in page
    assert web.get("/rehearsal/paged/discussions/2").status_code == 404


@pytest.fixture
def proposed(tmp_path: Path) -> Home:
    """A repository with one pull request that is open."""
    home = Store(tmp_path).create(Settings(Kind.MODEL, "alice/Writer", "public", BY.date), "", BY)
    head = home.repository.branch_head("main")
    open_pull(home, "Improve", "Please", BY, base="main", head=head)
    commit(home.repository, "refs/pr/1", Draft("Improve", [Put("a.txt", b"a")]), BY)
    save_discussion(home.records, replace(look_up(home, 1), status="open"))
    return home


def test_a_merge_killed_before_the_branch_moved_never_happened(proposed: Home) -> None:
    head = proposed.repository.branch_head("main")
    save_discussion(proposed.records, replace(look_up(proposed, 1), merge_commit="0" * 40))
    assert look_up(proposed, 1).status == "open"
    assert merge(proposed, 1, BY, "").status == "merged"
    assert proposed.repository.branch_head("main") != head


def test_a_merge_killed_after_the_branch_moved_is_noted_later(proposed: Home) -> None:
    merged = merge(proposed, 1, BY, "")
    save_discussion(proposed.records, replace(merged, status="open", events=merged.events[:-1]))
    found = look_up(proposed, 1)
    assert (found.status, found.merge_commit) == ("merged", merged.merge_commit)


def test_a_pull_request_is_compared_with_where_it_began(proposed: Home) -> None:
    commit(proposed.repository, "main", Draft("Meanwhile", [Put("b.txt", b"b")]), BY)
    compared = compare(proposed, look_up(proposed, 1))
    assert list(compared.proposed) == ["a.txt"]
    assert compared.conflicts == []
    assert "b.txt" not in compared.diff
