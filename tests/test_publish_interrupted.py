"""A release killed with -9, cut off while it uploads, or met by others on its way."""

import multiprocessing
import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import HfApi

from tests.bundles import Candidate, candidate, refs
from tests.disturbed import Send, is_write, on_the_line
from tests.publishing import api
from tests.publishing import own_hub as hub
from train import patience
from train.errors import StageError
from train.rehearse.hub.process import LocalHub, running_hub
from train.release.order import read
from train.release.publish import carried_out
from train.release.repository import differences, tree

__all__ = ["api", "hub"]
KILLED = 9
WRITES = (2, 5, 9, 12)  # of those that each further try still has to do

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content:DeprecationWarning")  # of the Hub's client


def release_until_killed(folder: Path, url: str, token: str, after: int) -> None:
    """Release, and die at once when the Hub has answered the write number `after`."""
    writes = count(1)

    def fate(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        answer = send()
        if is_write(request) and next(writes) == after:
            os._exit(KILLED)
        return answer

    with on_the_line(fate):
        candidate(folder, "killed").release(HfApi(endpoint=url, token=token))


@pytest.mark.slow
def test_a_release_killed_again_and_again_is_finished_by_the_last_try(
    hub: LocalHub, api: HfApi, tmp_path: Path
) -> None:
    made = candidate(tmp_path, "killed")
    for after in WRITES:
        process = multiprocessing.get_context("spawn").Process(
            target=release_until_killed, args=(tmp_path, hub.url, hub.token, after)
        )
        process.start()
        process.join()
        assert process.exitcode in (KILLED, 0)
    made.release(api)
    check_whole(made, api)


def check_whole(made: Candidate, api: HfApi) -> None:
    """Tag and `main` hold the bundle, by one commit each, and nothing else is left."""
    each = read(made.recipe, made.run, api)
    for part in each.parts:
        held = refs(api, part.repository.id, part.repository.kind)
        assert set(held) == {"main", "v0.1.0"}
        for revision in held:
            assert not differences(tree(part.repository, revision), part.files)
            past = api.list_repo_commits(
                part.repository.id, repo_type=part.repository.kind, revision=revision
            )
            assert len(past) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        "POST */xorbs/* 403 at 1",
        "POST */xorbs/* drop-after at 1",
        "POST */shards* 500 at 1",
        "GET */xet-write-token/* corrupt at 1",
    ],
)
def test_an_upload_through_xet_that_goes_wrong_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, made: Candidate
) -> None:
    monkeypatch.setattr(patience, "sleep", lambda _: None)
    with running_hub(tmp_path) as hub:  # of its own, where none of these files is stored
        api = HfApi(endpoint=hub.url, token=hub.token)
        hub.arm(fault)
        carried_out(read(made.recipe, made.run, api))
        assert sum(each.struck for each in hub.armed()) == 1
        hub.arm()
        check_whole(made, api)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Candidate:
    return candidate(tmp_path_factory.mktemp("made"), "xet")


def meeting(path: str, act: Callable[[], object]) -> Callable[[int, httpx2.Request, Send], httpx2.Response]:
    """Somebody else acts just before the first request to this path arrives."""
    left = [act]

    def fate(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        if left and path in request.url.path:
            left.pop()()
        return send()

    return fate


def test_somebody_who_writes_to_main_meanwhile_is_not_lost_sight_of(api: HfApi, tmp_path: Path) -> None:
    moved = candidate(tmp_path, "meanwhile")
    repo = moved.publish.dataset

    def edit() -> None:
        api.upload_file(path_or_fileobj=b"edit", path_in_repo="a.txt", repo_id=repo, repo_type="dataset")

    with on_the_line(meeting("-data/commit/main", edit)):
        moved.release(api)
    titles = [each.title for each in api.list_repo_commits(repo, repo_type="dataset")]
    assert len(titles) == 3, "their commit is in the past of ours"
    assert not api.file_exists(repo, "a.txt", repo_type="dataset")


def test_somebody_who_takes_the_tag_meanwhile_keeps_it(api: HfApi, tmp_path: Path) -> None:
    late = candidate(tmp_path, "late")
    repo = late.publish.dataset

    def take() -> None:
        api.create_tag(repo, repo_type="dataset", tag="v0.1.0", revision="main")

    with on_the_line(meeting("-data/tag/", take)), pytest.raises(StageError, match="a tag is never moved"):
        late.release(api)
    at = {ref.name: ref.target_commit for ref in api.list_repo_refs(repo, repo_type="dataset").tags}
    assert at["v0.1.0"] == api.repo_info(repo, repo_type="dataset").sha
    with pytest.raises(StageError, match="published with other bytes"):
        late.release(api)
