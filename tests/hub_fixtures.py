"""One Hub and its clients, started once for all tests of the Hub."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar
from unittest import mock

import httpx2
import pytest

from tests.waiting import PATIENCE_S
from train.rehearse.hub.process import LocalHub, running_hub

P = ParamSpec("P")
T = TypeVar("T")
SELDOM = 100_000  # objects until garbage is looked for: of all that a client imports, none is
TEAM = (  # beside the account of most tests: its other tokens, other people, and an organisation
    *("--account", "rehearsal:hf_reader:read"),
    *("--account", "rehearsal:hf_fine:fine-grained=rehearsal/listed,acme/listed"),
    *("--account", "bob:hf_bob", "--account", "carol:hf_carol", "--account", "dave:hf_dave"),
    *("--org", "acme=rehearsal:admin,bob:contributor,carol:read"),
)


@dataclass(frozen=True)
class Client:
    """A process of its own: the Hub's libraries read their environment when they are imported."""

    pool: ProcessPoolExecutor

    def start(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self.pool.submit(function, *args, **kwargs)

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.start(function, *args, **kwargs).result(PATIENCE_S)


@contextmanager
def running_client(hub: LocalHub, home: Path, **environment: str) -> Iterator[Client]:
    context = multiprocessing.get_context("spawn")
    settings = {**hub.environment(home), "HF_HUB_DISABLE_PROGRESS_BARS": "1", **environment}
    with mock.patch.dict(os.environ, settings):
        pool = ProcessPoolExecutor(1, context, gc.set_threshold, (SELDOM,))
        pool.submit(os.getpid).result(PATIENCE_S)
    with pool:
        yield Client(pool)


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), arguments=TEAM) as hub:
        yield hub


@pytest.fixture(scope="session")
def client(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with running_client(hub, tmp_path_factory.mktemp("home")) as client:
        yield client


@pytest.fixture(scope="session")
def lfs_client(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The same client without Xet."""
    with running_client(hub, tmp_path_factory.mktemp("home"), HF_HUB_DISABLE_XET="1") as client:
        yield client


@pytest.fixture(scope="session")
def web(hub: LocalHub) -> Iterator[httpx2.Client]:
    """A signed-in client that sends exactly what a test says."""
    headers = {"Authorization": f"Bearer {hub.token}"}
    with httpx2.Client(base_url=hub.url, headers=headers, timeout=PATIENCE_S) as web:
        yield web
