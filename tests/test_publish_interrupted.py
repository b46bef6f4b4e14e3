"""A release that is killed, or whose requests fail, ends where an undisturbed one ends."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
from huggingface_hub import HfApi, hf_hub_download, set_client_factory
from huggingface_hub.utils._http import default_client_factory

from tests.bundles import candidate
from train import patience
from train.errors import StageError
from train.rehearse.hub.process import LocalHub, running_hub
from train.sections import Publish

KILLED = 9
HARMLESS = ("/api/validate-yaml", "/v1/telemetry")
State = dict[str, Any]


class Interrupting(httpx2.HTTPTransport):
    """Passes requests on; what becomes of those that write is decided elsewhere."""

    def __init__(
        self, fate: Callable[[httpx2.Request, Callable[[], httpx2.Response]], httpx2.Response]
    ) -> None:
        super().__init__()
        self.fate = fate

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        send = super().handle_request
        if request.method in ("GET", "HEAD") or request.url.path in HARMLESS:
            return send(request)
        return self.fate(request, lambda: send(request))


def interrupting(fate: Callable[[httpx2.Request, Callable[[], httpx2.Response]], httpx2.Response]) -> None:
    set_client_factory(lambda: httpx2.Client(transport=Interrupting(fate), follow_redirects=True))


def release_until_killed(folder: Path, name: str, url: str, token: str, after: int) -> None:
    """Release, and die once the Hub has answered the write number `after`; run in a process of its own."""
    writes = count(1)

    def fate(request: httpx2.Request, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        answer = send()
        if next(writes) == after:
            os._exit(KILLED)
        return answer

    interrupting(fate)
    candidate(folder, name).release(HfApi(endpoint=url, token=token))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def api(hub: LocalHub) -> Iterator[HfApi]:
    yield HfApi(endpoint=hub.url, token=hub.token)
    set_client_factory(default_client_factory)


@pytest.fixture(scope="module")
def undisturbed(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> State:
    folder, api = tmp_path_factory.mktemp("undisturbed"), HfApi(endpoint=hub.url, token=hub.token)
    reference = candidate(folder, "undisturbed")
    reference.release(api)
    return state(api, reference.publish, folder)


def state(api: HfApi, publish: Publish, folder: Path) -> State:
    """All that a user can see, but for names and commit ids."""
    places = ((publish.dataset, "dataset"), (publish.adapter, "model"), (publish.space, "space"))
    return {kind: refs(api, repo, kind) for repo, kind in places} | {"pins": pins(api, publish, folder)}


def refs(api: HfApi, repo: str, kind: str) -> State:
    found = api.list_repo_refs(repo, repo_type=kind)
    return {ref.ref: revision(api, repo, kind, ref.target_commit) for ref in (*found.branches, *found.tags)}


def revision(api: HfApi, repo: str, kind: str, commit: str) -> tuple[list[str], dict[str, str]]:
    titles = [each.title for each in api.list_repo_commits(repo, repo_type=kind, revision=commit)]
    tree = api.list_repo_tree(repo, repo_type=kind, revision=commit, recursive=True)
    files = {entry.path: entry.blob_id for entry in tree if hasattr(entry, "blob_id")}
    return titles, {path: blob for path, blob in files.items() if path != "release.json"}


def pins(api: HfApi, publish: Publish, folder: Path) -> bool:
    path = hf_hub_download(
        publish.space,
        "release.json",
        repo_type="space",
        endpoint=api.endpoint,
        token=api.token,
        cache_dir=folder / "cache",
    )
    tagged = [
        api.repo_info(repo, repo_type=kind, revision="v0.1.0").sha
        for repo, kind in ((publish.dataset, "dataset"), (publish.adapter, "model"))
    ]
    return all(str(commit) in Path(path).read_text() for commit in tagged)


@pytest.mark.slow
def test_a_release_killed_after_any_write_and_run_again_ends_the_same(
    hub: LocalHub, api: HfApi, undisturbed: State, tmp_path: Path
) -> None:
    for after in count(1):
        folder, name = tmp_path / str(after), f"killed-{after}"
        process = multiprocessing.get_context("spawn").Process(
            target=release_until_killed, args=(folder, name, hub.url, hub.token, after)
        )
        process.start()
        process.join()
        if process.exitcode == 0:
            break
        assert process.exitcode == KILLED
        again = candidate(folder, name)
        again.release(api)
        assert state(api, again.publish, folder) == undisturbed, f"killed after write {after}"
    assert after > 15, "there are that many writes at least"


@pytest.mark.parametrize(
    "loses_the_answer",
    [
        pytest.param(True, id="each write is done, but its answer is lost"),
        pytest.param(False, id="each write is refused once, as the Hub is busy"),
    ],
)
def test_a_release_whose_every_write_fails_once_ends_the_same(
    api: HfApi, undisturbed: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loses_the_answer: bool
) -> None:
    failed: set[str] = set()

    def fate(request: httpx2.Request, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        if request.url.path in failed or "/preupload/" in request.url.path:
            return send()
        failed.add(request.url.path)
        if not loses_the_answer:
            return httpx2.Response(503, request=request)
        send()
        raise httpx2.ReadError("the line was cut", request=request)

    interrupting(fate)
    monkeypatch.setattr(patience, "sleep", lambda _: None)
    disturbed = candidate(tmp_path, f"every-{loses_the_answer}")
    disturbed.release(api)
    assert len(failed) > 10
    assert state(api, disturbed.publish, tmp_path) == undisturbed


def test_somebody_who_writes_to_main_meanwhile_is_not_lost_sight_of(
    api: HfApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = candidate(tmp_path, "meanwhile")
    others = iter([b"a person's card edit"])

    def fate(request: httpx2.Request, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        edit = next(others, None) if request.url.path.endswith("-data/commit/main") else None
        if edit:
            api.upload_file(
                path_or_fileobj=edit, path_in_repo="a.txt", repo_id=moved.publish.dataset, repo_type="dataset"
            )
        return send()

    interrupting(fate)
    monkeypatch.setattr(patience, "sleep", lambda _: None)
    moved.release(api)
    titles = [each.title for each in api.list_repo_commits(moved.publish.dataset, repo_type="dataset")]
    assert len(titles) == 3, "their commit is in the past of ours"
    assert not api.file_exists(moved.publish.dataset, "a.txt", repo_type="dataset")


def test_somebody_who_takes_the_tag_meanwhile_keeps_it(
    api: HfApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = candidate(tmp_path, "late")
    repo, taken = late.publish.dataset, count()

    def fate(request: httpx2.Request, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        if "-data/tag/" in request.url.path and not next(taken):
            api.create_tag(repo, repo_type="dataset", tag="v0.1.0", revision="main")
        return send()

    interrupting(fate)
    monkeypatch.setattr(patience, "sleep", lambda _: None)
    with pytest.raises(StageError, match="a tag is never moved"):
        late.release(api)
    at = {ref.name: ref.target_commit for ref in api.list_repo_refs(repo, repo_type="dataset").tags}
    assert at["v0.1.0"] == api.repo_info(repo, repo_type="dataset").sha
    with pytest.raises(StageError, match="published with other bytes"):
        late.release(api)
