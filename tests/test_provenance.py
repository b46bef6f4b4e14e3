"""Where a version comes from, for machines: everything that is known, and nothing that changes by itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bundles import candidate
from train.release.published.sealed import sums
from train.release.published.statement import statement
from train.run import ROOT, Run, digest_of_file, digests


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return candidate(tmp_path_factory.mktemp("run"), "traced").run


def said(run: Run, part: str) -> dict[str, Any]:
    return dict(json.loads((run.bundle / part / "provenance.json").read_text()))


@pytest.mark.parametrize("part", ["dataset", "adapter"])
def test_it_is_an_in_toto_statement_over_every_file_but_itself_and_the_list(run: Run, part: str) -> None:
    found = said(run, part)
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == "https://slsa.dev/provenance/v1"
    read = statement((run.bundle / part / "provenance.json").read_bytes())
    listed = sums((run.bundle / part / "SHA256SUMS").read_bytes())
    assert read is not None
    assert listed is not None
    assert dict(read.subjects) == {path: sha for path, sha in listed.items() if path != "provenance.json"}
    assert dict(listed) == {
        path: sha for path, sha in digests(run.bundle / part).items() if path != "SHA256SUMS"
    }


@pytest.mark.parametrize("part", ["dataset", "adapter"])
def test_from_one_part_the_others_are_found(run: Run, part: str) -> None:
    asked = said(run, part)["predicate"]["buildDefinition"]["externalParameters"]
    assert asked["parts"] == {
        "dataset": "rehearsal/traced-data",
        "adapter": "rehearsal/traced-writer",
        "space": "rehearsal/traced-space",
    }
    assert asked["repository"] == asked["parts"][part]


def test_what_was_used_is_fixed_by_commits_and_digests(run: Run) -> None:
    used = {
        each["name"]: each
        for each in said(run, "adapter")["predicate"]["buildDefinition"]["resolvedDependencies"]
    }
    assert used["constraints.txt"]["digest"] == {"sha256": digest_of_file(ROOT / "constraints.txt")}
    assert used["recipe.yaml"]["digest"] == {"sha256": digest_of_file(run.bundle / "adapter" / "recipe.yaml")}
    assert len(used["base"]["digest"]["gitCommit"]) == 40
    assert used["dataset"]["uri"] == "hf://datasets/rehearsal/traced-data@v0.1.0"
    assert "code.tree" in used


def test_the_keys_by_which_a_result_is_found_again_and_what_was_measured_stand_in_it(run: Run) -> None:
    predicate = said(run, "adapter")["predicate"]
    assert predicate["buildDefinition"]["internalParameters"]["keys"] == {
        "tune": "tuned",
        "evaluate": "judged",
    }
    beside = {each["name"]: each["digest"]["sha256"] for each in predicate["runDetails"]["byproducts"]}
    folder = run.bundle / "adapter"
    assert beside == {
        name: digest_of_file(folder / name)
        for name in ("evidence/gate.json", "evidence/metrics.json", "training.json")
    }


def test_a_workflow_and_a_laptop_make_the_same_bytes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_RUN_ID", "4711")
    monkeypatch.setenv("GITHUB_REF", "refs/tags/v0.1.0")
    again = candidate(tmp_path, "traced").run
    assert digests(again.bundle) == digests(run.bundle)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}", id="no statement"),
        pytest.param(b'{"subject": 1, "predicate": {"buildDefinition": {}}}', id="no subjects"),
        pytest.param(b'{"subject": [{"name": "x"}], "predicate": {}}', id="no digest"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"\xff", id="no text"),
    ],
)
def test_what_is_no_statement_is_read_as_none(text: bytes) -> None:
    assert statement(text) is None
