"""Who may ask the service for texts, and how often: tokens, addresses, buckets."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.requests import Request

import door
from rates import Rates
from service.keys import Keys
from tests.serviced import HEADERS, OTHER_TOKEN, SECRETS, TOKEN, serving, studio

BLOG = {"title": "How to keep a paper notebook"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SECRETS.items():
            patch.setenv(name, value)
        with serving(studio("blog")) as url:
            yield url


@pytest.mark.parametrize(
    ("is_behind", "said", "found"),
    [
        pytest.param(True, [b"1.2.3.4, 5.6.7.8"], b"5.6.7.8", id="on Hugging Face"),
        pytest.param(True, [b"1.2.3.4", b"5.6.7.8"], b"5.6.7.8", id="in a line of its own"),
        pytest.param(True, [b"2001:db8:0:7:a::1"], b"2001:db8:0:7::/64", id="whoever has 2^64 addresses"),
        pytest.param(True, [b"unknown"], b"unknown", id="no address"),
        pytest.param(True, [], b"9.9.9.9", id="nothing said"),
        pytest.param(False, [b"1.2.3.4, 5.6.7.8"], b"9.9.9.9", id="elsewhere"),
    ],
)
def test_only_the_proxy_is_believed_about_addresses(
    monkeypatch: pytest.MonkeyPatch, is_behind: bool, said: list[bytes], found: bytes
) -> None:
    monkeypatch.setattr(door, "BEHIND_PROXY", is_behind)
    headers = [(b"x-forwarded-for", each) for each in said]
    scope = {"type": "http", "headers": headers, "client": ("9.9.9.9", 1)}
    assert door.address(Request(scope)) == found


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Authorization": f"Bearer {TOKEN}"}, 200, id="a token"),
        pytest.param({"Authorization": f"bearer  {OTHER_TOKEN}"}, 200, id="another one"),
        pytest.param({"X-API-Key": TOKEN}, 200, id="in the other header"),
        pytest.param({"Authorization": "Bearer hf_hub", "X-API-Key": TOKEN}, 200, id="beside the Hub's"),
        pytest.param({}, 401, id="none"),
        pytest.param({"Authorization": "Bearer"}, 401, id="an empty one"),
        pytest.param({"Authorization": f"Bearer {TOKEN[:-1]}"}, 401, id="half of one"),
        pytest.param({"Authorization": f"Bearer {TOKEN},\n{OTHER_TOKEN}".replace("\n", "")}, 401, id="both"),
        pytest.param({"Authorization": TOKEN}, 401, id="without its scheme"),
        pytest.param({"Authorization": b"Bearer \xff\xfe"}, 401, id="no letters"),
    ],
)
def test_who_holds_a_token_may_write(url: str, headers: Any, status: int) -> None:
    answer = httpx2.post(f"{url}/write", json=BLOG, headers=headers)
    assert answer.status_code == status
    if status == 401:
        assert answer.json()["code"] == "unauthorized"
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("secret", ["", " ,\n"])
def test_without_tokens_the_rest_stays_on(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("IMPRINT_TOKENS", secret)
    with serving(studio("blog")) as url:
        answer = httpx2.post(f"{url}/write", json=BLOG, headers={"Authorization": "Bearer"})
        assert (answer.status_code, answer.json()["code"]) == (503, "service_off")
        assert "IMPRINT_TOKENS" in answer.json()["message"]
        assert httpx2.post(f"{url}/humanize", json={}).json()["code"] == "not_found"
        assert httpx2.get(f"{url}/health").status_code == 200
        assert httpx2.get(f"{url}/info").json()["service_on"] is False


def test_tokens_are_apart_by_commas_and_lines() -> None:
    keys = Keys.of({"IMPRINT_TOKENS": " one,two\n\nthree\r\n"})
    assert len(keys.digests) == 3
    assert keys.holder({"authorization": "Bearer three"}) == keys.digests[2]


def test_a_bucket_empties_and_fills_again() -> None:
    rates = Rates(60)
    assert [rates.take(b"ann", 0.0).requests for _ in range(60)] == list(range(59, -1, -1))
    refused = rates.take(b"ann", 0.0)
    assert (refused.wait_s, refused.headers["Retry-After"]) == (1, "1")
    assert rates.take(b"bob", 0.0).wait_s == 0, "another client has its own"
    assert rates.take(b"ann", 1.0).wait_s == 0
    assert rates.take(b"ann", 1.0).wait_s == 1
    assert rates.take(b"ann", 3600.0).requests == 59, "never more than a minute's worth"


def test_who_asks_too_often_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPRINT_TOKENS", SECRETS["IMPRINT_TOKENS"])
    monkeypatch.setenv("IMPRINT_RATE", "2")
    with serving(studio("blog")) as url:
        answers = [httpx2.post(f"{url}/write", json=BLOG, headers=HEADERS) for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 429]
        assert answers[0].headers["RateLimit-Policy"] == '"requests";q=2;w=60'
        assert answers[0].headers["RateLimit"].startswith('"requests";r=1;')
        assert answers[2].json()["code"] == "too_many_requests"
        assert answers[2].headers["RateLimit"].startswith('"requests";r=0;')
        assert int(answers[2].headers["Retry-After"]) in (29, 30)
        other = httpx2.post(f"{url}/write", json=BLOG, headers={"X-API-Key": OTHER_TOKEN})
        assert other.status_code == 200, "another token has its own bucket"
        guesses = [httpx2.post(f"{url}/write", json=BLOG, headers={"X-API-Key": "x"}) for _ in range(3)]
        assert [each.status_code for each in guesses] == [401, 401, 429], "guessing tokens is slow"
