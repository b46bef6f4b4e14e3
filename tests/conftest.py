"""What every test starts from: no cache or token of the person who runs them."""

import os
import tempfile

import pytest

# Read by huggingface_hub when it is imported, so set before any test module is.
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="imprint-tests-")
os.environ.pop("HF_TOKEN", None)
os.environ.pop("HF_ENDPOINT", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The rehearsal takes longest, so it begins first and the others run beside it."""
    items.sort(key=lambda item: "test_rehearsal" not in item.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many points were tried by the tests that count them."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "points":
                terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {value}")
