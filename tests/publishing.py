"""Hubs to release to, and bundles for repositories of a test's own; imported by name."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from tests.bundles import Candidate, candidate
from train.rehearse.hub.process import LocalHub, running_hub


@pytest.fixture(scope="module")
def hub(hub_of_releases: LocalHub) -> LocalHub:
    """One that many modules add to; `conftest.py` starts it."""
    return hub_of_releases


@pytest.fixture(scope="module")
def own_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    """One on which nothing was stored before."""
    with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture(scope="module")
def api(hub: LocalHub) -> HfApi:
    return HfApi(endpoint=hub.url, token=hub.token)


@pytest.fixture
def make(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Candidate]:
    """Candidates for repositories that no other test uses."""
    name = f"t{abs(hash(request.node.nodeid)) % 10**12}"
    return lambda version="v0.1.0", rows="one": candidate(tmp_path / f"{version}-{rows}", name, version, rows)
