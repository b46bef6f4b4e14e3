"""What a careless or hostile client sends: refused in words, and nothing is torn or lost."""

from __future__ import annotations

import base64
import json
import threading
from hashlib import sha256
from urllib.parse import quote

import httpx2
import pytest

from train.rehearse.hub.process import LocalHub
from train.rehearse.hub.uploads import LARGEST_REGULAR_BYTES

pytest_plugins = ["tests.hub_fixtures"]

REPO = "rehearsal/target"
BOMB = "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9))
COMMIT = f"/api/models/{REPO}/commit/main"


@pytest.fixture(scope="module", autouse=True)
def repository(web: httpx2.Client) -> None:
    web.post("/api/repos/create", json={"name": "target"})  # 409 if these tests do not all run in a row


def commit(web: httpx2.Client, *operations: object, url: str = COMMIT, **header: str) -> httpx2.Response:
    lines = [{"key": "header", "value": {"summary": "Change", **header}}, *operations]
    return web.post(url, content=b"\n".join(json.dumps(line).encode() for line in lines))


def put(path: str, content: bytes) -> object:
    value = {"path": path, "content": base64.b64encode(content).decode(), "encoding": "base64"}
    return {"key": "file", "value": value}


@pytest.mark.parametrize(
    "path",
    ["../x", "a/../../x", "/x", "a//b", ".git/config", "a/.git/b", "", ".", "..", "a\0b", "..\\x"],
)
def test_a_path_that_leads_elsewhere_is_refused(web: httpx2.Client, path: str) -> None:
    assert commit(web, put(path, b"x")).status_code == 422


def test_an_odd_but_honest_name_comes_back(web: httpx2.Client) -> None:
    names = ["ein Buch.md", "été/📝.txt", "100%.txt", "a\\b.txt", "x" * 240, "?#&.txt", "-rf"]
    assert commit(web, *(put(name, name.encode()) for name in names)).status_code == 200
    for name in names:
        answer = web.get(f"/{REPO}/resolve/main/{quote(name)}")
        assert answer.text == name


def test_a_regular_file_has_ten_mebibytes_and_not_one_byte_more(web: httpx2.Client) -> None:
    whole = b"a" * LARGEST_REGULAR_BYTES
    assert commit(web, put("ten.txt", whole)).status_code == 200
    refused = commit(web, put("more.txt", whole + b"a"))
    assert refused.status_code == 400
    assert "files larger than 10 MiB" in refused.json()["error"]
    assert "  - more.txt (ref: refs/heads/main)" in refused.json()["error"]


def test_a_message_beyond_all_measure_is_refused(web: httpx2.Client) -> None:
    assert web.post("/api/repos/create", content=b"[" * (65 * 1024 * 1024)).status_code == 413


def test_bytes_under_a_wrong_sha256_are_refused_and_not_kept(web: httpx2.Client, hub: LocalHub) -> None:
    oid = sha256(b"promised").hexdigest()
    asked = {
        "operation": "upload",
        "transfers": ["basic"],
        "objects": [{"oid": oid, "size": 8}],
        "ref": {"name": "main"},
    }
    (told,) = web.post(f"/{REPO}.git/info/lfs/objects/batch", json=asked).json()["objects"]
    assert web.put(told["actions"]["upload"]["href"], content=b"sent all").status_code == 400
    named = commit(
        web, {"key": "lfsFile", "value": {"path": "a.bin", "oid": oid, "size": 8, "algo": "sha256"}}
    )
    assert "was never uploaded" in named.json()["error"]
    kept = [path for path in hub.data.rglob("*") if path.is_file() and path.stat().st_size == 8]
    assert not [path for path in kept if path.read_bytes() == b"sent all"]


def test_a_pointer_to_what_was_never_uploaded_is_no_file(web: httpx2.Client) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 3\n"
    assert "was never uploaded" in commit(web, put("a.txt", pointer.encode())).json()["error"]


@pytest.mark.parametrize("size", [-1, 500 * 10**9 + 1, 10**15])
def test_a_file_larger_than_any_is_refused_before_it_is_sent(web: httpx2.Client, size: int) -> None:
    asked = {"operation": "upload", "transfers": ["multipart"], "objects": [{"oid": "b" * 64, "size": size}]}
    (told,) = web.post(f"/{REPO}.git/info/lfs/objects/batch", json=asked).json()["objects"]
    assert told["error"]["code"] == 422


def test_of_writers_that_race_from_one_parent_one_wins(web: httpx2.Client) -> None:
    parent = web.get(f"/api/models/{REPO}").json()["sha"]
    statuses, start = list[int](), threading.Barrier(8)

    def race(n: int) -> None:
        start.wait()
        statuses.append(commit(web, put("raced.txt", str(n).encode()), parentCommit=parent).status_code)

    racers = [threading.Thread(target=race, args=(n,)) for n in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(statuses) == [200, *[412] * 7]


def test_a_commit_to_what_is_moved_meanwhile_is_made_or_refused_but_never_lost(web: httpx2.Client) -> None:
    confirmed, over = list[str](), threading.Event()

    def write() -> None:
        for n in range(500):
            if over.is_set():
                return
            answer = commit(web, put(f"{n}.txt", b"x"), url="/api/models/rehearsal/wanderer-0/commit/main")
            if answer.status_code == 200:
                confirmed.append(answer.json()["commitOid"])

    web.post("/api/repos/create", json={"name": "wanderer-0"})
    writer = threading.Thread(target=write)
    writer.start()
    for n in range(6):
        moved = {"fromRepo": f"rehearsal/wanderer-{n}", "toRepo": f"rehearsal/wanderer-{n + 1}"}
        assert web.post("/api/repos/move", json=moved).status_code == 200
    over.set()
    writer.join()
    commits = web.get("/api/models/rehearsal/wanderer-6/commits/main?limit=1000").json()
    assert set(confirmed) <= {row["id"] for row in commits}


@pytest.mark.parametrize(
    "yaml",
    [
        pytest.param(BOMB, id="a bomb"),
        pytest.param("a: &x [*x]\n", id="a circle"),
        pytest.param("[" * 2000 + "\n", id="a well"),
        pytest.param("a: !!timestamp x\n", id="a date that is none"),
        pytest.param("a: 2020-13-45\n", id="a day that never was"),
    ],
)
def test_metadata_made_to_hurt_is_an_error_in_the_card(web: httpx2.Client, yaml: str) -> None:
    answer = web.post("/api/validate-yaml", json={"content": f"---\n{yaml}---\n", "repoType": "model"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"].startswith("YAML Metadata Error: ")


def test_many_tags_stay_quick_enough(web: httpx2.Client, hub: LocalHub) -> None:
    repo = "rehearsal/tagged"
    web.post("/api/repos/create", json={"name": "tagged"}).raise_for_status()
    head = web.get(f"/api/models/{repo}").json()["sha"]
    for n in range(10_000):
        (hub.data / "repos" / "models" / f"{repo}.git" / "refs" / "tags" / f"v{n}").write_text(f"{head}\n")
    assert len(web.get(f"/api/models/{repo}/refs").json()["tags"]) == 10_000
    assert web.post(f"/api/models/{repo}/tag/main", json={"tag": "last"}).status_code == 200
    assert web.get(f"/api/models/{repo}/revision/v9999").json()["sha"] == head
    web.request("DELETE", "/api/repos/delete", json={"name": "tagged"}).raise_for_status()


@pytest.mark.parametrize("mtime", [-1, 2**53, 2**70])
def test_a_date_that_never_comes_does_not_spoil_a_bucket(web: httpx2.Client, mtime: int) -> None:
    web.post("/api/buckets/rehearsal/dated", json={})
    line = {"type": "addFile", "path": "x", "xetHash": "0" * 64, "mtime": mtime}
    assert web.post("/api/buckets/rehearsal/dated/batch", json=line).status_code == 422
    assert web.get("/api/buckets/rehearsal/dated/tree").json() == []
