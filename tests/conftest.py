"""What every test starts from: no cache or token of the person who runs them."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # published without types

if TYPE_CHECKING:
    from train.rehearse.hub.process import LocalHub

# Read by huggingface_hub when it is imported, so set before any test module is.
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="imprint-tests-")
os.environ.pop("HF_TOKEN", None)
os.environ.pop("HF_ENDPOINT", None)
# Several workers share the cores, and start hundreds of processes: each with one thread, none compiling anew.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False  # to rewrite the asserts of every test file takes each worker ten seconds
# bitsandbytes would load PyTorch's compiler in each, for functions that it has of its own for a processor.
os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")
# An example may take 200 ms otherwise, and takes longer wherever others have the cores.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs behind it
    signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl-C is among what is tested

LONGEST = (  # files with slow tests are begun before all others, and each kind in this order
    "test_rehearsal.py",
    "browser",
    "test_workflows_run.py",
    "test_jobs_trainer.py",
    "test_distributed.py",
    "test_resume.py",
    "test_planted.py",
    "test_publish_interrupted.py",
    *("test_publish.py", "test_yank.py", "test_verify.py", "test_workflows.py", "test_mishaps.py"),
)


SHARED = {  # what takes seconds to start, and the files that would start it again in another worker
    "processes forked from one that has imported TRL": (
        *("test_distributed.py", "test_killed_evaluation.py", "test_resume.py"),
    ),
    "a Hub that runs Jobs and Spaces, whose client has imported TRL": (
        *("test_hub_job_volumes.py", "test_hub_jobs.py", "test_hub_scheduled.py", "test_hub_spaces.py"),
        *("test_hub_space_settings.py", "test_jobs_judge.py", "test_jobs_trainer.py", "test_reuse.py"),
    ),
    "a client that has imported PEFT": (
        *("test_gguf_verb.py", "test_other_engines.py", "test_proofs.py", "test_studio.py"),
        "test_studio_partly.py",
    ),
    "a client that has imported datasets": (
        *("test_chat.py", "test_hub_buckets.py", "test_hub_data.py", "test_sources.py"),
    ),
}
SHARING = {name: what for what, names in SHARED.items() for name in names}

SERVED = ("test_away.py", "test_crowd.py", "test_service.py", "test_serving.py")  # by a process of its own


class TogetherScheduling(LoadFileScheduling):  # type: ignore[misc]
    """A file goes to one worker; so do all that share a page or a process, or each would start its own."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        folder, _, name = file.rpartition("/")
        return f"{folder} {name in SERVED}" if folder == "tests/browser" else SHARING.get(name, file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """Called where there are workers."""
    return TogetherScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, and the short files fill what room is left at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (item.path not in slow, places.get(place_of(item), len(LONGEST))))


def place_of(item: pytest.Item) -> str:
    """The name of the file, or of a folder whose files are begun together."""
    return item.path.parent.name if item.path.parent.name == "browser" else item.path.name


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported stays: only what the tests then make is looked through for garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def hub_of_releases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    """A Hub for all tests that release to repositories of their own, and need no other answer of it."""
    from train.rehearse.hub.process import running_hub

    with running_hub(tmp_path_factory.mktemp("releases")) as hub:
        yield hub


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many points were tried by the tests that count them; not where little is to be said."""
    if terminalreporter.config.get_verbosity() < 0:
        return
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "points":
                terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {value}")


@pytest.fixture
def kernel() -> None:
    """Skips where the processor lacks the instructions of bitsandbytes' kernel, which would end the process.

    What takes the kernel's place there is tested everywhere, in `test_engines_halves.py`.
    """
    import torch

    from engines import weights

    if not weights.quick(torch.device("cpu")):
        pytest.skip("this processor has no AVX-512 for bfloat16")
