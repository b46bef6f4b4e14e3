"""Rate limits: a quota for each account and kind of request, in windows of a fixed length."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils._http import parse_ratelimit_headers

from tests.waiting import wait_for
from train.errors import ImprintError
from train.rehearse.hub.limits import Count, Limits, Quotas, parse_quotas, resource_of
from train.rehearse.hub.process import LocalHub, running_hub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

SHORT_S, LONG_S = 2, 1_000_000  # the long one does not end while a test runs
QUOTAS = "api=4,resolvers=2,pages=2"


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    limits = ["--rate-limits", f"{QUOTAS},window={LONG_S}", "--account", "bob:hf_bob"]
    with running_hub(tmp_path_factory.mktemp("limited"), arguments=limits) as hub:
        yield hub


@pytest.fixture(scope="module")
def limited_client(limited: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    from tests.hub_fixtures import running_client

    with running_client(limited, tmp_path_factory.mktemp("home")) as client:
        yield client


def ask_often(times: int) -> list[str]:
    api, outcomes = HfApi(), []
    for _ in range(times):
        try:
            api.create_repo("rehearsal/counted", exist_ok=True)
            outcomes.append("fine")
        except HfHubHTTPError as error:
            outcomes.append(str(error))
    return outcomes


def test_a_request_over_the_quota_is_refused_in_the_hubs_words(limited_client: Client) -> None:
    outcomes = limited_client.run(ask_often, 5)
    assert outcomes[:4] == ["fine"] * 4
    assert "you have reached your 'api' rate limit" in outcomes[4]
    assert f"(0/4 requests remaining in current {LONG_S}s window)" in outcomes[4]
    assert "you hit the quota of 4 api requests per 16666 minutes period" in outcomes[4]


def list_often() -> None:
    for _ in range(6):
        list(HfApi().list_models())


@pytest.mark.slow
def test_a_client_that_waits_as_told_gets_through(tmp_path: Path) -> None:
    from tests.hub_fixtures import running_client

    limits = ["--rate-limits", f"{QUOTAS},window={SHORT_S}"]
    with (
        running_hub(tmp_path / "hub", arguments=limits) as hub,
        running_client(hub, tmp_path / "home") as client,
    ):
        wait_for(lambda: client.run(list_often) or 429 in answers(hub))
        assert (429, 429) not in pairwise(answers(hub)), "it asked again once it could"


def answers(hub: LocalHub) -> list[int]:
    return [each.status for each in hub.requests() if each.path == "/api/models"]


def test_every_answer_says_what_is_left(limited: LocalHub) -> None:
    headers = {"Authorization": "Bearer hf_bob"}
    answers = [httpx2.get(f"{limited.url}/api/whoami-v2", headers=headers, timeout=60) for _ in range(2)]
    left = [parse_ratelimit_headers(answer.headers) for answer in answers]
    assert [(info.remaining, info.limit, info.window_seconds) for info in left if info] == [
        (3, 4, LONG_S),
        (2, 4, LONG_S),
    ]


def test_without_limits_no_answer_speaks_of_them(hub: LocalHub) -> None:
    assert "ratelimit" not in httpx2.get(f"{hub.url}/api/models", timeout=60).headers


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/api/models/acme/writer/commit/main", "api"),
        ("/acme/writer/resolve/main/README.md", "resolvers"),
        ("/datasets/acme/posts/resolve/main/a.parquet", "resolvers"),
        ("/acme/writer", "pages"),
        ("/cas/abc/v1/xorbs/default/0", None),
        ("/acme/writer.git/info/lfs/objects/batch", None),
        ("/api/_faults", None),
    ],
)
def test_requests_are_of_three_kinds(path: str, resource: str | None) -> None:
    assert resource_of(path) == resource


def test_each_account_has_its_own_window_and_visitors_have_less() -> None:
    limits = Limits(Quotas(), now=lambda: 1000.0)
    assert limits.count("/api/models", "ada", "127.0.0.1") == Count("api", 1000, 1, 300, 200)
    assert limits.count("/api/models", "ada", "127.0.0.1") == Count("api", 1000, 2, 300, 200)
    assert limits.count("/api/models", "ben", "127.0.0.1") == Count("api", 1000, 1, 300, 200)
    assert limits.count("/api/models", None, "127.0.0.1") == Count("api", 500, 1, 300, 200)
    assert limits.count("/a/b/resolve/main/c", None, "127.0.0.1") == Count("resolvers", 3000, 1, 300, 200)


def test_a_new_window_begins_at_zero() -> None:
    clock = [299.0]
    limits = Limits(Quotas(), now=lambda: clock[0])
    limits.count("/api/models", "ada", "")
    clock[0] = 300.0
    assert limits.count("/api/models", "ada", "") == Count("api", 1000, 1, 300, 300)


@pytest.mark.parametrize("text", ["api", "api=", "api=0", "web=3", "api=3;pages=1"])
def test_a_limit_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ImprintError, match="is not a rate limit"):
        parse_quotas(text)


def test_what_is_not_named_stays_as_documented(tmp_path: Path) -> None:
    assert parse_quotas("") == Quotas(1000, 5000, 200, 300)
    assert parse_quotas("pages=7") == Quotas(pages=7)
