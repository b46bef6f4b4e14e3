"""The Hub can be told to fail: any request, any way, any number of times."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError

from train.errors import ImprintError
from train.rehearse.hub.faults import Armed, parse_fault
from train.rehearse.hub.process import LocalHub, running_hub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

REPO, STALE = "rehearsal/unlucky", "rehearsal/stale"
LARGE = bytes(range(256)) * 10_000
COMMIT = f"POST /api/models/{REPO}/commit/*"


@pytest.fixture(autouse=True)
def unlucky(hub: LocalHub, client: Client) -> Iterator[None]:
    client.run(make, REPO)
    yield
    hub.arm()


def make(repo: str) -> None:
    HfApi().create_repo(repo, exist_ok=True)


def publish(path: str) -> str:
    """What a user sees of an upload: "published", or the error."""
    try:
        HfApi().upload_file(repo_id=REPO, path_or_fileobj=path.encode(), path_in_repo=path)
    except HfHubHTTPError as error:
        return f"{error.response.status_code}"
    except httpx2.TransportError as error:
        return type(error).__name__
    return "published"


def files() -> list[str]:
    return HfApi().list_repo_files(REPO)


@pytest.mark.parametrize(
    ("effect", "seen", "is_there", "status"),
    [
        pytest.param("500", "500", False, 500, id="refused"),
        pytest.param("412", "412", False, 412, id="overtaken"),
        pytest.param("429", "429", False, 429, id="slowed down"),
        pytest.param("504-after", "504", True, 504, id="made, but reported as failed"),
        pytest.param("drop", "RemoteProtocolError", False, 0, id="cut off before"),
        pytest.param("drop-after", "RemoteProtocolError", True, 0, id="cut off after"),
        pytest.param("truncate", "RemoteProtocolError", True, 200, id="half an answer"),
        pytest.param("stall=0.3", "published", True, 200, id="late"),
    ],
)
def test_a_commit_goes_wrong(
    hub: LocalHub, client: Client, effect: str, seen: str, is_there: bool, status: int
) -> None:
    path = f"{effect}.txt"
    hub.arm(f"{COMMIT} {effect}")
    began = time.monotonic()
    assert client.run(publish, path) == seen
    assert time.monotonic() - began > (0.3 if effect.startswith("stall") else 0)
    hub.arm()
    assert (path in client.run(files)) == is_there
    struck = [request for request in hub.requests() if request.fault == f"{COMMIT} {effect}"]
    assert [request.status for request in struck] == [status]


@pytest.mark.parametrize(
    ("when", "outcomes"),
    [
        pytest.param("", ["503", "503", "503", "503"], id="every one"),
        pytest.param("at 2", ["published", "503", "published", "published"], id="the second"),
        pytest.param("from 3", ["published", "published", "503", "503"], id="each from the third on"),
        pytest.param("times 2", ["503", "503", "published", "published"], id="two"),
        pytest.param("from 2 times 2", ["published", "503", "503", "published"], id="two from the second on"),
    ],
)
def test_requests_are_counted(hub: LocalHub, client: Client, when: str, outcomes: list[str]) -> None:
    hub.arm(f"{COMMIT} 503 {when}")
    assert [client.run(publish, f"{when}-{n}.txt") for n in range(4)] == outcomes
    assert [(fault.seen, fault.struck) for fault in hub.armed()] == [(4, outcomes.count("503"))]


def test_any_request_can_be_the_one(hub: LocalHub, client: Client) -> None:
    hub.arm("* * 400 at 99")
    client.run(publish, "whole.txt")
    requests = hub.armed()[0].seen
    outcomes = []
    for n in range(1, requests + 1):
        hub.arm(f"* * 400 at {n}")
        outcomes.append(client.run(publish, f"part-{n}.txt"))
    assert requests >= 2
    assert outcomes == ["400"] * requests


def test_arming_costs_milliseconds_and_begins_to_count_anew(hub: LocalHub) -> None:
    took_s = []
    for _ in range(50):
        began = time.monotonic()
        hub.arm("* * drop at 7", f"{COMMIT} 503")
        took_s.append(time.monotonic() - began)
    assert min(took_s) < 0.04, "what takes longer now and then is a busy machine"
    assert hub.armed() == [Armed("* * drop at 7"), Armed(f"{COMMIT} 503")]


def download(name: str, folder: Path) -> bytes:
    return Path(hf_hub_download(REPO, name, local_dir=folder, force_download=True)).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_a_client_survives_a_download_that_breaks_off(
    hub: LocalHub, client: Client, tmp_path: Path, times: int
) -> None:
    client.run(publish, "long.txt")
    hub.arm(f"GET */resolve/* truncate times {times}")
    assert client.run(download, "long.txt", tmp_path) == b"long.txt"
    assert hub.armed()[0].struck == times


def test_a_wrong_bit_in_a_download_goes_unseen_by_the_client(
    hub: LocalHub, client: Client, tmp_path: Path
) -> None:
    client.run(publish, "bits.txt")
    hub.arm("GET */resolve/* corrupt")
    assert client.run(download, "bits.txt", tmp_path) == b"bits/txt"


def publish_large(name: str) -> None:
    HfApi().upload_file(repo_id=REPO, path_or_fileobj=LARGE, path_in_repo=name)


def test_a_large_download_breaks_off_in_the_middle_or_carries_one_wrong_bit(
    hub: LocalHub, client: Client, tmp_path: Path
) -> None:
    client.run(publish_large, "large.bin")
    hub.arm("GET */resolve/* truncate at 1", "GET */resolve/* corrupt at 2")
    content = client.run(download, "large.bin", tmp_path)
    wrong = [at for at in range(len(LARGE)) if content[at] != LARGE[at]]
    assert len(content) == len(LARGE)
    assert wrong == [len(LARGE) // 2]
    struck = [request for request in hub.requests() if request.fault == "GET */resolve/* truncate at 1"]
    assert struck[-1].bytes_out == len(LARGE) // 2


def test_what_the_owner_asks_of_the_hub_itself_is_not_in_its_log(hub: LocalHub) -> None:
    before = len(hub.requests())
    hub.arm("* * 503")
    assert len(hub.requests()) == before


def heads() -> tuple[str | None, list[str]]:
    api = HfApi()
    return api.repo_info(STALE).sha, [tag.name for tag in api.list_repo_refs(STALE).tags]


def tag_a_new_file() -> None:
    HfApi().upload_file(repo_id=STALE, path_or_fileobj=b"newer", path_in_repo="newer.txt")
    HfApi().create_tag(STALE, tag="newer")


def test_a_stale_read_shows_what_was_before_the_last_writes(hub: LocalHub, client: Client) -> None:
    client.run(make, STALE)
    before = client.run(heads)
    client.run(tag_a_new_file)
    hub.arm(f"GET /api/models/{STALE}* stale=500")
    assert client.run(heads) == before
    hub.arm()
    after = client.run(heads)
    assert after[0] != before[0]
    assert after[1] == [*before[1], "newer"]


def test_a_stale_read_never_makes_a_write_stale(hub: LocalHub, client: Client) -> None:
    hub.arm("* * stale=60")
    assert client.run(publish, "one.txt") == "published"
    assert client.run(publish, "two.txt") == "published"
    hub.arm()
    assert {"one.txt", "two.txt"} <= set(client.run(files))


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("", "it needs a method, a path and an effect"),
        ("GET /api", "it needs a method, a path and an effect"),
        ("TAKE /api/* 503", "TAKE is no method"),
        ("GET api/* 503", "the path api/* starts with neither / nor *"),
        ("GET * 200", "200 is no effect"),
        ("GET * explode", "explode is no effect"),
        ("GET * stall", "stall is no effect"),
        ("GET * 503 at zero", "`at zero` is neither"),
        ("GET * 503 at 0", "`at 0` is neither"),
        ("GET * 503 at 1 times 2", "`at N` is one request"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_kindly(spec: str, why: str) -> None:
    with pytest.raises(ImprintError, match="is not a fault") as refused:
        parse_fault(spec)
    assert why in str(refused.value)
    assert "--fault" in refused.value.fix


def test_faults_can_be_armed_from_the_command_line(tmp_path: Path) -> None:
    with running_hub(tmp_path, arguments=["--fault", "GET /api/whoami-v2 500 at 2"]) as hub:
        asked = [httpx2.get(f"{hub.url}/api/whoami-v2", timeout=60).status_code for _ in range(3)]
    assert asked == [401, 500, 401]


def test_only_the_owner_arms_faults(hub: LocalHub) -> None:
    url = f"{hub.url}/api/_faults"
    assert httpx2.put(url, json={"faults": []}, timeout=60).status_code == 401
    with pytest.raises(ImprintError, match="is not a fault"):
        hub.arm("nonsense")


def test_the_log_tells_route_token_bytes_and_fault(hub: LocalHub, client: Client) -> None:
    hub.arm(f"{COMMIT} 503-after")
    client.run(publish, "logged.txt")
    request = next(each for each in reversed(hub.requests()) if "/commit/" in each.path)
    assert (request.method, request.route) == ("POST", "/api/{kind}/{repo}/commit/{rev}")
    assert (request.repo, request.account, request.status) == (REPO, "rehearsal", 503)
    assert request.token is not None
    assert len(request.token) == 12
    assert request.token not in hub.token
    assert request.bytes_in > 100
    assert request.bytes_out == len('{"error":"Service Unavailable"}')
    assert request.fault == f"{COMMIT} 503-after"


def test_what_the_hub_does_not_know_is_logged_without_a_route(hub: LocalHub) -> None:
    httpx2.post(f"{hub.url}/api/models/{REPO}/dance", timeout=60)
    last = hub.requests()[-1]
    assert (last.path, last.route, last.status) == (f"/api/models/{REPO}/dance", None, 501)
