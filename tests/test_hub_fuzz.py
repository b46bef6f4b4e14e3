"""Requests at random: the Hub answers each, says nothing on its error stream, and stays in its folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from random import Random

import httpx2
import pytest

from train.rehearse.hub.process import LocalHub, running_hub
from train.rehearse.hub.routes import ROUTES

PATIENCE_S = 300
REPO = "rehearsal/target"
WORDS = [
    *(
        "main",
        "v1",
        "README.md",
        "..",
        "%2e%2e",
        "%2e%2e%2f%2e%2e%2fetc",
        "%00",
        "a%00b",
        "%ff",
        "%1b",
        "%0d%0a",
    ),
    *("x" * 300, "9" * 5000, "-1", "%D9%A1", "refs%2Fpr%2F1", ".git", "%F0%9F%93%9D", "~", "a..b", "a.lock"),
]
VALUES: list[object] = [
    *(
        None,
        True,
        -1,
        2**70,
        1.5,
        "",
        "main",
        "\0",
        "\ud800",
        "é" * 300,
        "../../etc",
        "\r\nX: y",
        REPO,
        [],
        {},
    ),
    *([[]], {"a": 1}, "---\na: !!bool x\n---\n", "---\na: &x [*x]\n---\n", "---\na: 2020-13-45\n---\n"),
]
NAMES = [
    "name",
    "type",
    "organization",
    "visibility",
    "files",
    "path",
    "sample",
    "size",
    "content",
    "oid",
    "key",
    "value",
    "summary",
    "parentCommit",
    "objects",
    "operation",
    "command",
    "environment",
    "volumes",
    "labels",
    "timeoutSeconds",
    "schedule",
    "jobSpec",
    "title",
    "description",
    "comment",
    "status",
    "user",
    "fromRepo",
    "toRepo",
    "repository",
    "tag",
    "message",
    "paths",
    "mtime",
    "deletions",
    "sha",
    "subject_token",
    "resource",
    "faults",
    "gated",
    "sdk",
]
HEADERS: list[list[tuple[bytes, bytes]]] = [
    *([(b"Range", b"bytes=" + asked)] for asked in (b"-0", b"--1", b"9-2", b"0-0,2-3", b"9" * 5000 + b"-")),
    *([(b"Authorization", token)] for token in ("Basic é".encode("latin-1"), b"Bearer hf_jwt_a.b.c")),
    *([(b"Content-Encoding", b"gzip")], [(b"Content-Type", b"text/html")], [(b"Host", b"evil<script>")]),
]
QUERIES = [
    "",
    "?limit=-1",
    "?cursor=" + "9" * 5000,
    "?grant=1.%C3%A9",
    "?expand=1",
    "?recursive=1",
    "?p=x",
    "?tail=-4",
]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    folder = tmp_path_factory.mktemp("target")
    with running_hub(folder / "data", log=folder / "said") as hub:
        yield hub
    assert (folder / "said").read_text() == "", "the Hub has nothing to say, whatever it was sent"
    assert sorted(path.name for path in folder.iterdir()) == ["data", "said"]


@pytest.fixture
def web(target: LocalHub) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {target.token}"}
    with httpx2.Client(base_url=target.url, headers=headers, timeout=PATIENCE_S) as web:
        web.post("/api/repos/create", json={"name": "target"})
        yield web


@pytest.mark.parametrize("seed", range(4))
def test_no_request_makes_the_hub_stumble(web: httpx2.Client, seed: int) -> None:
    random = Random(seed)
    web.post("/api/buckets/rehearsal/bucket", json={})
    web.post(f"/api/models/{REPO}/discussions", json={"title": "Words", "pullRequest": True})
    for _ in range(250):
        route = random.choice([route for route in ROUTES if not route.path.endswith("/handle")])
        url = re.sub(r"\{(\w+)\}", lambda part: fill(random, part[1]), route.path) + random.choice(QUERIES)
        headers = random.choice(HEADERS) if random.random() < 0.3 else []
        content = None if route.method == "GET" else body(random)
        answer = web.request(route.method, url, headers=headers, content=content)
        assert answer.status_code < 500 or answer.status_code == 501, (route.method, url, content)


def fill(random: Random, name: str) -> str:
    fixed = {"kind": ["models", "datasets", "spaces"], "web": ["", "datasets/"], "number": ["1", "7"]}
    fixed["repo"] = [REPO, REPO, "rehearsal/bucket", "%2e%2e/%2e%2e", "a%2Fb/c", "rehearsal/%00"]
    return random.choice(fixed.get(name, WORDS))


def body(random: Random) -> bytes:
    message = {random.choice(NAMES): random.choice(VALUES) for _ in range(random.randrange(1, 8))}
    lines = [{"key": "header", "value": {"summary": "x"}}, {"key": "file", "value": message}, message]
    texts = [json.dumps(message), "\n".join(map(json.dumps, lines)), "[" * 20_000, '{"a":' * 20_000]
    return random.choice([*(text.encode() for text in texts), random.randbytes(500), b""])
