"""What a release costs: the same again sends nothing, and nobody doubles its requests by accident."""

from collections.abc import Callable
from pathlib import Path

from huggingface_hub import HfApi

from tests.bundles import Candidate, candidate
from tests.publishing import own_hub as hub
from train.rehearse.hub.logged import Logged
from train.rehearse.hub.process import LocalHub

__all__ = ["hub"]


def asked_by(hub: LocalHub, release: Callable[[], object]) -> list[Logged]:
    before = len(hub.requests())
    release()
    return hub.requests()[before:]


def test_requests_are_bounded_and_the_same_again_sends_nothing(hub: LocalHub, tmp_path: Path) -> None:
    api = HfApi(hub.url, token=hub.token)

    def release(version: str) -> list[Logged]:
        made: Candidate = candidate(tmp_path / version, "cost", version)
        return asked_by(hub, lambda: made.release(api))

    first, again, words = release("v0.1.0"), release("v0.1.0"), release("v0.1.1")
    assert 0 < len(first) <= 120
    assert 0 < len(again) <= 50
    assert 0 < len(words) <= 115
    assert sum(each.bytes_in for each in again) == 0
    assert {each.method for each in again} <= {"GET", "HEAD"}
    large = [each for each in words if each.method == "PUT" or "xorb" in each.path]
    assert not large, "weights and rows that are stored already are not sent again"
