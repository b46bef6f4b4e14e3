"""What every test starts from: no cache or token of the person who runs them."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from train.rehearse.hub.process import LocalHub

# Read by huggingface_hub when it is imported, so set before any test module is.
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="imprint-tests-")
os.environ.pop("HF_TOKEN", None)
os.environ.pop("HF_ENDPOINT", None)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs behind it
    signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl-C is among what is tested

LONGEST = (  # minutes each; files are begun in this order, then those with slow tests, then all others
    "test_rehearsal.py",
    "test_workflows_run.py",
    "test_jobs_trainer.py",
    "test_distributed.py",
    "test_resume.py",
    "test_planted.py",
    "test_publish_interrupted.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, and the short files fill what room is left at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (item.path not in slow, places.get(item.path.name, len(LONGEST))))


@pytest.fixture(scope="session")
def hub_of_releases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    """A Hub for all tests that release to repositories of their own, and need no other answer of it."""
    from train.rehearse.hub.process import running_hub

    with running_hub(tmp_path_factory.mktemp("releases")) as hub:
        yield hub


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many points were tried by the tests that count them."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "points":
                terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {value}")
