"""The whole release on the embedded parts, as a person types it; minutes, not seconds."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.serving import heed_ctrl_c
from train import recipe as recipes
from train.run import ROOT, digests

pytestmark = pytest.mark.slow
Outcome = subprocess.CompletedProcess[str]


def rehearse(runs: Path, recipe: str = "blog", version: str = "v0.1.0") -> Outcome:
    return subprocess.run(
        command(runs, recipe, version), cwd=ROOT, capture_output=True, text=True, check=False
    )


def command(runs: Path, recipe: str, version: str) -> list[str]:
    asked = ["rehearse", recipe, "--runs", str(runs), "--version", version]
    return [sys.executable, "-m", "train", *asked]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rehearsal")


@pytest.fixture(scope="module")
def first(runs: Path) -> Outcome:
    """A first rehearsal that was killed twice before: while the base learned, and while the adapter did."""
    began = time.monotonic()
    killed(runs, "v0.1.0", once=lambda: time.monotonic() > began + 6)
    killed(runs, "v0.1.0", once=(runs / "blog" / ".adapter.making").exists)
    assert not (runs / "blog" / "release.json").exists()
    done = rehearse(runs)
    assert done.returncode == 0, done.stderr[-4000:]
    return done


def facts(runs: Path, name: str = "rehearsal.json") -> dict[str, object]:
    read: dict[str, object] = json.loads((runs / "blog" / name).read_text(encoding="utf-8"))
    return read


def test_a_rehearsal_ends_with_a_table_and_the_addresses(first: Outcome, runs: Path) -> None:
    for word in (
        "prepare",
        "tune",
        "evaluate",
        "bundle",
        "release",
        "load",
        "rows",
        "ask",
        "seconds",
        "make space",
    ):
        assert word in first.stdout
    for address in (
        "/datasets/rehearsal/blog-dataset",
        "/rehearsal/blog-adapter",
        "/spaces/rehearsal/writers",
    ):
        assert address in first.stdout
    assert "Traceback" not in first.stderr
    assert "Warning" not in first.stderr
    assert [step["name"] for step in facts(runs)["steps"]][1:6] == [  # type: ignore[attr-defined]
        "prepare",
        "tune",
        "evaluate",
        "bundle",
        "release",
    ]


def test_the_adapter_has_learned_what_the_base_cannot_do(first: Outcome, runs: Path) -> None:
    metrics = {each["name"]: each for each in facts(runs, "evidence/metrics.json")["metrics"]}  # type: ignore[attr-defined]
    assert facts(runs, "evidence/metrics.json")["titles"] == 50
    assert metrics["structure"]["base"] <= 0.02
    assert metrics["structure"]["adapter"] >= 0.90
    assert metrics["on_topic"]["adapter"] >= 0.90
    assert metrics["words_over_limit"]["adapter"] <= 0.05
    assert metrics["bits_per_byte"]["adapter"] < metrics["bits_per_byte"]["base"] / 2


def test_a_second_rehearsal_changes_no_byte_and_sends_nothing(first: Outcome, runs: Path) -> None:
    before, sent = state(runs), writes(runs)
    again = rehearse(runs)
    assert again.returncode == 0, again.stderr[-4000:]
    assert state(runs) == before
    assert writes(runs) == sent


def test_other_bytes_under_a_released_version_are_refused(first: Outcome, runs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = recipes.path_of("blog").read_text(encoding="utf-8")
    other.write_text(f"{text}\nnotes: [It has never seen a poem.]\n", encoding="utf-8")
    refused = rehearse(runs, str(other))
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    bundled = facts(runs, "bundle/bundle.json")
    assert str(bundled["digest"])[:12] in refused.stderr
    assert f"Next:  make rehearse RECIPE={other} VERSION=v0.1.1" in refused.stderr


def test_a_killed_rehearsal_is_finished_by_the_same_command(first: Outcome, runs: Path) -> None:
    dataset = repository(runs, "datasets", "blog-dataset")
    before = git(dataset, "for-each-ref")
    killed(runs, "v0.2.0", once=(runs / "blog" / ".bundle.making").exists)
    killed(runs, "v0.2.0", once=lambda: git(dataset, "for-each-ref") != before)  # its release has begun
    done = rehearse(runs, version="v0.2.0")
    assert done.returncode == 0, done.stderr[-4000:]
    for kind, name in (("datasets", "blog-dataset"), ("models", "blog-adapter"), ("spaces", "writers")):
        folder = repository(runs, kind, name)
        refs = git(folder, "for-each-ref", "--format=%(refname)").split()
        assert refs == ["refs/heads/main", "refs/tags/v0.1.0", "refs/tags/v0.2.0"]
        assert git(folder, "fsck", "--full") == ""


@pytest.mark.parametrize("recipe", ["blog", "all"])
def test_ctrl_c_ends_a_rehearsal_and_all_it_began(tmp_path: Path, recipe: str) -> None:
    process = subprocess.Popen(
        command(tmp_path, recipe, "v0.1.0"),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        preexec_fn=heed_ctrl_c,
    )
    while not (tmp_path / "hub").exists():
        time.sleep(0.05)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=20)[1]
    assert process.returncode == 130
    assert "Stopped." in said
    assert "Traceback" not in said
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in listed, "no process of it is left"


def killed(runs: Path, version: str, once: Callable[[], bool]) -> None:
    """Begin a rehearsal and kill it with all its children, a moment after `once` holds."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command(runs, "blog", version), cwd=ROOT, stdout=quiet, stderr=quiet)
    while process.poll() is None and not once():
        time.sleep(0.05)
    time.sleep(0.5)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def repository(runs: Path, kind: str, name: str) -> Path:
    """Where a rehearsed repository lies on the Hub's disk."""
    return runs / "hub" / "repos" / kind / "rehearsal" / f"{name}.git"


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def state(runs: Path) -> dict[str, str]:
    """Every result of the run, and every ref on the Hub."""
    told = ("rehearsal.json", ".lock")  # seconds, and who is at work
    results = {path: digest for path, digest in digests(runs / "blog").items() if path not in told}
    found = sorted((runs / "hub" / "repos").glob("*/*/*.git"))
    return results | {str(each): git(each, "for-each-ref") for each in found}


def writes(runs: Path) -> list[str]:
    """Every request so far that changed something on the Hub."""
    lines = (runs / "hub" / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    return [
        f"{each['method']} {each['path']}"
        for each in asked
        if each["method"] in ("POST", "PUT", "DELETE") and any(word in each["path"] for word in WRITES)
    ]


WRITES = ("/commit/", "/tag/", "/branch/", "/shards", "/xorbs")
