"""What a command loads before it knows what to do: nobody waits seconds for what is not needed."""

import subprocess
import sys

import pytest

from train.run import ROOT

HEAVY = {"torch", "transformers", "trl", "peft", "datasets", "gradio"}


@pytest.mark.parametrize(
    "modules",
    [
        pytest.param("train.__main__, train.rehearse.hub.cli", id="the command line and the Hub"),
        pytest.param(
            "train.prepare.prepare, train.tune.tune, train.evaluate.judge", id="stages with results"
        ),
        pytest.param("train.jobs.training, train.jobs.judging", id="what starts a Job"),
        pytest.param("train.release.bundle, train.release.publish", id="a release"),
    ],
)
def test_no_model_is_loaded_by_what_needs_none(modules: str) -> None:
    code = f"import sys, {modules}; print(*{HEAVY} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_what_is_imported_at_once_is_looked_through_for_garbage_neither_then_nor_later() -> None:
    code = """import gc
from train.loading import at_once
with at_once():
    print(gc.isenabled())
print(gc.isenabled(), gc.get_freeze_count() > 0)"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True"]
