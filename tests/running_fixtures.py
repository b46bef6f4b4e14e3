"""A Hub that runs Jobs and Spaces, and its owner as a client, started once for all tests of both."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.hub_fixtures import Client, running_client
from tests.space_pages import delete_if_there
from train.rehearse.hub.process import LocalHub, running_hub

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    arguments = ["--run-jobs", "--run-spaces"]
    with running_hub(tmp_path_factory.mktemp("running"), arguments=arguments) as hub:
        yield hub


@pytest.fixture(scope="session")
def owner(running: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with running_client(running, tmp_path_factory.mktemp("home")) as client:
        yield client


@pytest.fixture
def space(owner: Client) -> Iterator[str]:
    """A Space of the test's own; only three run at the same time."""
    name = f"rehearsal/page-{next(NUMBERS)}"
    yield name
    owner.run(delete_if_there, name)
