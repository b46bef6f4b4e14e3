"""What only shows on the wire: ranges, refusals, pages, and what the Hub does not know."""

from __future__ import annotations

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from train.rehearse.hub.process import LocalHub

pytest_plugins = ["tests.hub_fixtures"]

HOSTILE = '<script>alert("x")</script>'
README = (
    f"---\ntitle: '{HOSTILE}'\nlicense: mit\n---\n# {HOSTILE}\n\n![plot](loss.svg) [x](javascript:alert(1))\n"
)
LARGE = bytes(range(256)) * 5000


@pytest.fixture(scope="module", autouse=True)
def wire_repository(web: httpx2.Client) -> None:
    web.post("/api/repos/create", json={"name": "wire"})  # 409 if these tests do not all run in a row
    web.post("/api/repos/create", json={"name": "hidden", "visibility": "private"})
    upload(web, LARGE)
    commit(web, {"README.md": README.encode(), "small.txt": b"0123456789"}, {"large.bin": LARGE})


def upload(web: httpx2.Client, content: bytes) -> None:
    item = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content)}
    body = {"operation": "upload", "transfers": ["basic"], "objects": [item]}
    answer = web.post("/rehearsal/wire.git/info/lfs/objects/batch", json=body).json()
    web.put(answer["objects"][0]["actions"]["upload"]["href"], content=content).raise_for_status()


def commit(
    web: httpx2.Client,
    files: dict[str, bytes],
    large: dict[str, bytes],
    branch: str = "main",
    repo: str = "wire",
) -> httpx2.Response:
    lines: list[dict[str, object]] = [{"key": "header", "value": {"summary": HOSTILE}}]
    for path, content in files.items():
        encoded = base64.b64encode(content).decode()
        lines.append({"key": "file", "value": {"path": path, "content": encoded, "encoding": "base64"}})
    for path, content in large.items():
        oid = hashlib.sha256(content).hexdigest()
        lines.append({"key": "lfsFile", "value": {"path": path, "algo": "sha256", "oid": oid}})
    body = "\n".join(json.dumps(line) for line in lines)
    return web.post(f"/api/models/rehearsal/{repo}/commit/{branch}", content=body)


@pytest.mark.parametrize(
    ("path", "content"),
    [pytest.param("small.txt", b"0123456789", id="small"), pytest.param("large.bin", LARGE, id="large")],
)
@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        pytest.param("bytes=2-5", 2, 6, id="a part"),
        pytest.param("bytes=4-", 4, None, id="from there on"),
        pytest.param("bytes=-3", -3, None, id="the end"),
        pytest.param("bytes=5-99999999", 5, None, id="more than there is"),
    ],
)
def test_a_range_of_a_file(
    web: httpx2.Client, path: str, content: bytes, asked: str, start: int, stop: int | None
) -> None:
    answer = web.get(f"/rehearsal/wire/resolve/main/{path}", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == content[start:stop]
    assert answer.headers["content-range"].endswith(f"/{len(content)}")


def test_a_range_past_the_end_is_refused(web: httpx2.Client) -> None:
    answer = web.get("/rehearsal/wire/resolve/main/small.txt", headers={"Range": "bytes=10-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */10")


def test_head_tells_what_a_download_would_be(web: httpx2.Client) -> None:
    small = web.head("/rehearsal/wire/resolve/main/small.txt").headers
    large = web.head("/rehearsal/wire/resolve/main/large.bin").headers
    git_id = hashlib.sha1(b"blob 10\x000123456789", usedforsecurity=False).hexdigest()
    assert (small["etag"], small["content-length"]) == (f'"{git_id}"', "10")
    sha256 = hashlib.sha256(LARGE).hexdigest()
    assert (large["etag"], large["x-linked-etag"]) == (f'"{sha256}"', f'"{sha256}"')
    assert large["x-linked-size"] == large["content-length"] == str(len(LARGE))
    assert small["x-repo-commit"] == large["x-repo-commit"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/rehearsal/wire/resolve/main/none.txt", 404, "EntryNotFound"),
        ("/rehearsal/wire/resolve/v9/small.txt", 404, "RevisionNotFound"),
        ("/rehearsal/none/resolve/main/small.txt", 404, "RepoNotFound"),
        ("/gpt2/resolve/main/config.json", 404, "RepoNotFound"),
        ("/api/models/rehearsal/wire/tree/main/none", 404, "EntryNotFound"),
        ("/api/models/rehearsal/wire/revision/refs%2Fpr%2F1", 404, "RevisionNotFound"),
        ("/api/models/gpt2", 404, "RepoNotFound"),
    ],
)
def test_what_is_missing_is_named_by_its_code(web: httpx2.Client, path: str, status: int, code: str) -> None:
    answer = web.get(path)
    assert (answer.status_code, answer.headers["x-error-code"]) == (status, code)
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("files", "large", "branch", "status", "reason"),
    [
        pytest.param({"a.txt": b"x" * 10_485_761}, {}, "main", 400, "larger than 10 MiB", id="too large"),
        pytest.param({"a.png": b"\x89PNG\0"}, {}, "main", 400, "binary files", id="binary"),
        pytest.param({}, {"b.bin": b"unseen"}, "main", 400, "was never uploaded", id="never uploaded"),
        pytest.param({"../a": b"x"}, {}, "main", 422, "Invalid path", id="outside"),
        pytest.param({".git/config": b"x"}, {}, "main", 422, "Invalid path", id="git's own folder"),
        pytest.param({"a": b"x"}, {}, "nowhere", 404, "Invalid rev id", id="unknown branch"),
    ],
)
def test_a_wrong_commit_changes_nothing(
    web: httpx2.Client,
    files: dict[str, bytes],
    large: dict[str, bytes],
    branch: str,
    status: int,
    reason: str,
) -> None:
    before = web.get("/api/models/rehearsal/wire").json()["sha"]
    answer = commit(web, files, large, branch)
    assert answer.status_code == status
    assert reason in answer.json()["error"]
    assert web.get("/api/models/rehearsal/wire").json()["sha"] == before


def test_an_upload_address_is_good_for_its_object_only(web: httpx2.Client) -> None:
    answer = web.put(f"/lfs/{'0' * 64}?grant=9999999999.{'0' * 64}", content=b"x")
    assert answer.status_code == 403


def test_a_list_of_commits_comes_in_pages(web: httpx2.Client) -> None:
    first = web.get("/api/models/rehearsal/wire/commits/main?limit=1")
    second = web.get(first.links["next"]["url"])
    assert [len(first.json()), len(second.json())] == [1, 1]
    assert first.json()[0]["id"] != second.json()[0]["id"]
    assert "next" not in second.links


def test_what_the_hub_does_not_know_is_said_and_logged(hub: LocalHub, web: httpx2.Client) -> None:
    answer = web.post("/api/models/rehearsal/wire/dance")
    assert answer.status_code == 501
    assert answer.json()["error"] == (
        "The embedded Hub does not know POST /api/models/rehearsal/wire/dance yet."
    )
    log = (hub.data / "requests.jsonl").read_text().splitlines()
    assert json.loads(log[-1])["status"] == 501


def test_clients_own_messages_are_swallowed(web: httpx2.Client) -> None:
    assert web.get("/api/agent-harnesses").json() == {"standardEnvVars": [], "harnesses": {}}
    assert web.head("/api/telemetry/gradio/launched").status_code == 200
    assert web.post("/v1/telemetry", content=b"{}").status_code == 200


def test_a_page_shows_a_hostile_card_as_text(web: httpx2.Client) -> None:
    page = web.get("/rehearsal/wire").text
    assert "<script" not in page
    assert 'href="javascript' not in page
    assert page.count("&lt;script&gt;") >= 3, "in the metadata, the heading and the history"
    assert "/resolve/" in page.split('<img src="')[1].split('"')[0]


def test_pages_show_public_repositories_only(web: httpx2.Client) -> None:
    assert "rehearsal/wire" in web.get("/").text
    assert "rehearsal/hidden" not in web.get("/").text
    assert web.get("/rehearsal/hidden").status_code == 404
    assert web.get("/rehearsal/wire/tree/nowhere").status_code == 404


def test_a_page_tells_what_is_gated_discussed_and_running(web: httpx2.Client) -> None:
    for name, more in (("gate", {}), ("place", {"type": "space", "sdk": "static"})):
        web.post("/api/repos/create", json={"name": name, **more}).raise_for_status()
    web.put("/api/models/rehearsal/gate/settings", json={"gated": "manual"}).raise_for_status()
    talk = {"title": "Which <b>licence</b>?", "description": "I ask."}
    web.post("/api/models/rehearsal/gate/discussions", json=talk).raise_for_status()
    page = web.get("/rehearsal/gate").text
    assert "model · gated" in page
    assert '<a href="/rehearsal/gate/discussions/1">Which &lt;b&gt;licence&lt;/b&gt;?</a>' in page
    assert "space · NO_APP_FILE" in web.get("/spaces/rehearsal/place").text


def test_addresses_follow_the_host_the_client_uses(hub: LocalHub, web: httpx2.Client) -> None:
    headers = {"Host": "localhost:1234"}
    answer = web.post("/api/repos/create", json={"name": "host"}, headers=headers)
    assert answer.json()["url"] == "http://localhost:1234/rehearsal/host"
    again = web.post("/api/repos/create", json={"name": "HOST"})
    assert (again.status_code, again.json()["url"]) == (409, f"{hub.url}/rehearsal/HOST")


def test_commits_at_the_same_time_are_made_one_after_the_other(web: httpx2.Client) -> None:
    web.post("/api/repos/create", json={"name": "busy"}).raise_for_status()

    def add(n: int) -> str:
        answer = commit(web, {f"{n}.txt": b"x"}, {}, repo="busy")
        assert web.get("/api/models/rehearsal/busy").status_code == 200
        return str(answer.json()["commitOid"])

    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(add, range(24)))
    history = web.get("/api/models/rehearsal/busy/commits/main").json()
    assert made == {note["id"] for note in history[:-1]}
    assert len(made) == 24


def test_a_card_with_what_json_cannot_say_is_readable(web: httpx2.Client) -> None:
    web.post("/api/repos/create", json={"name": "odd"}).raise_for_status()
    commit(web, {"README.md": b"---\nloss: .nan\ndate: 2024-01-02\n2024-01-02: x\n---\n"}, {}, repo="odd")
    assert web.get("/api/models/rehearsal/odd").json()["cardData"] == {"loss": "NaN", "date": "2024-01-02"}
    assert web.get("/rehearsal/odd").status_code == 200


def test_nothing_is_left_in_the_scratch_folder(hub: LocalHub, web: httpx2.Client) -> None:
    commit(web, {"a.png": b"\0"}, {})
    assert list((hub.data / "scratch").iterdir()) == list[Path]()
