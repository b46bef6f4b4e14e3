"""The workflows as they are written: no complaint about them, and one about each thing put wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.keys import read_workflow
from tests.actions.mutants import MUTANTS, Mutant
from tests.actions.rules import ENVIRONMENTS, audited, complaints
from train.release.setup import github
from train.run import ROOT


def test_setup_tells_of_the_environments_and_tags_that_the_workflows_name() -> None:
    assert set(ENVIRONMENTS.values()) >= {github.PUBLISH}
    assert f"'{github.JOBS}'" in ENVIRONMENTS["release.train"]
    tree = read_workflow(ROOT / ".github" / "workflows" / "publish.yml")
    assert tuple(tree["on"]["push"]["tags"]) == github.TAGS


def test_nothing_is_wrong_with_the_workflows() -> None:
    assert complaints(ROOT / ".github") == []
    assert audited(ROOT / ".github") == []


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", ".github/workflows/*.yml"),
        ("vendor.github-actions", ".github/actions/*/action.yml"),
        ("vendor.dependabot", ".github/dependabot.yml"),
    ],
)
def test_every_file_is_one_that_github_reads(schema: str, files: str) -> None:
    program = str(Path(sys.executable).with_name("check-jsonschema"))
    paths = [str(path) for path in sorted(ROOT.glob(files))]
    done = subprocess.run([program, "--builtin-schema", schema, *paths], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_workflow_with_one_thing_wrong_is_noticed(mutant: Mutant, tmp_path: Path) -> None:
    folder = mutant.made(tmp_path)
    assert complaints(folder) or audited(folder)
