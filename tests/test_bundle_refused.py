"""What stops a bundle: a shut gate, evidence of something else, results that are missing or changed."""

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.bundles import bundled, run
from tests.golden.run import RECIPE, RECIPE_TEXT, write_evidence, write_verdict
from train.__main__ import main
from train.errors import ImprintError, StageError
from train.evaluate.report import Check, Metrics
from train.recipe import Recipe
from train.rehearse.scale import as_yaml
from train.release import contents
from train.release.bundle import bundle
from train.run import Run, as_json, read_result, write_text
from train.sections import Gate

__all__ = ["run"]


@pytest.mark.parametrize(
    "name", ["training_args.bin", "config.json", "checkpoint-10/optimizer.pt", ".cache/x"]
)
def test_a_file_that_no_adapter_has_stops_the_bundle_by_name(run: Run, name: str) -> None:
    (run.adapter / name).parent.mkdir(exist_ok=True)
    (run.adapter / name).write_bytes(b"")
    with pytest.raises(StageError, match=name) as caught:
        bundled(run)
    assert caught.value.fix == "python -m train tune blog"


def test_a_failed_gate_stops_the_bundle_with_its_own_sentence(run: Run) -> None:
    write_evidence(run, passed=False)
    with pytest.raises(StageError, match=r"1 of 2 titles got a whole post") as caught:
        bundled(run)
    assert caught.value.fix == "python -m train tune blog"


def test_a_reason_opens_the_gate_and_stands_in_the_bundle_and_the_card(run: Run) -> None:
    write_evidence(run, passed=False)
    result = bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT, "the class needs\n  it on Monday")
    assert result.anyway == "the class needs it on Monday"
    assert result.anyway in (run.bundle / "adapter" / "README.md").read_text()


def test_the_command_line_hands_the_reason_on(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("train.release.existing.is_offline_mode", lambda: True)
    write_evidence(run, passed=False)
    recipe = run.folder.parent / "recipe.yaml"
    write_text(recipe, as_yaml(RECIPE))
    command = ["bundle", str(recipe), "--runs", str(run.folder.parent)]
    assert main(command) == 1
    *_, closed, kindly, _ = capsys.readouterr().err.splitlines()
    assert closed == "Error: The gate is closed: 1 of 2 titles got a whole post; 1 was needed."
    assert '--publish-anyway "why" publishes it all the same' in kindly
    assert main([*command, "--publish-anyway", "the class needs it on Monday"]) == 0
    assert capsys.readouterr().out.endswith(", though its gate is shut: the class needs it on Monday\n")


def test_an_open_gate_needs_no_reason_and_records_none(run: Run) -> None:
    assert bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT, "the class needs it on Monday").anyway == ""


@pytest.mark.parametrize("reason", ["please", "just do it"])
def test_a_reason_that_says_nothing_is_none(run: Run, reason: str) -> None:
    write_evidence(run, passed=False)
    with pytest.raises(StageError, match="is no reason") as caught:
        bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT, reason)
    assert caught.value.fix == 'python -m train bundle blog --publish-anyway "…"'


def test_no_reason_publishes_personal_data_that_came_back(run: Run) -> None:
    leaked = Check("returned", 1.0, 0.0, False, "Personal data came back: 1 of e-mail; none may.")
    write_verdict(run, leaked, passed=False)
    with pytest.raises(StageError, match="The gate is closed: Personal data came back") as closed:
        bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT)
    assert not getattr(closed.value, "__notes__", ()), "no way out is offered"
    with pytest.raises(StageError, match="whatever the reason: Personal data came back"):
        bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT, "the class needs it on Monday")


def test_no_reason_publishes_what_nobody_judged(run: Run) -> None:
    write_verdict(run, passed=False)
    with pytest.raises(StageError, match="no check was made"):
        bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT, "the class needs it on Monday")


def test_a_warning_stops_no_bundle(run: Run) -> None:
    warned = Check("titles", 50.0, 200.0, False, "50 texts were asked for.", "warn")
    write_verdict(run, warned)
    assert bundled(run).anyway == ""


@pytest.mark.parametrize(
    ("adapter", "dataset", "what"),
    [
        pytest.param("00", "", "belongs to another adapter", id="another adapter"),
        pytest.param("", "00", "belongs to other rows", id="other rows"),
    ],
)
def test_evidence_of_another_run_is_refused(run: Run, adapter: str, dataset: str, what: str) -> None:
    write_evidence(run, adapter=adapter, dataset=dataset)
    with pytest.raises(StageError, match=what) as caught:
        bundled(run)
    assert caught.value.fix == "python -m train evaluate blog"


@pytest.mark.parametrize("name", ["gate.json", "samples.jsonl"])
def test_evidence_that_its_figures_do_not_list_is_refused(run: Run, name: str) -> None:
    path = run.evidence / "metrics.json"
    found = read_result(Metrics, path, "")
    files = {each: digest for each, digest in found.files.items() if each != name}
    write_text(path, as_json(replace(found, files=files)))
    with pytest.raises(StageError, match=f"{name} was changed") as caught:
        bundled(run)
    assert caught.value.fix == "python -m train evaluate blog"


@pytest.mark.parametrize(
    ("found", "written"),
    [
        pytest.param('"adapter": 0.5', '"adapter": 0.9', id="the adapter's figure"),
        pytest.param('"low": ', '"low": 1', id="an interval"),
        pytest.param('"demo": false', '"demo": true', id="what may be claimed"),
        pytest.param('"titles": 1', '"titles": 200', id="over how many titles"),
    ],
)
def test_figures_that_were_edited_by_hand_are_refused(run: Run, found: str, written: str) -> None:
    path = run.evidence / "metrics.json"
    assert found in path.read_text()
    path.write_text(path.read_text().replace(found, written, 1))
    with pytest.raises(StageError, match="judges other figures") as caught:
        bundled(run)
    assert caught.value.fix == "python -m train evaluate blog"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(replace(RECIPE, gate=Gate(structure=0.5)), id="a lower threshold"),
        pytest.param(replace(RECIPE, gate=Gate(extracted=None)), id="a threshold that is asked no more"),
    ],
)
def test_evidence_that_another_gate_judged_is_refused(run: Run, changed: Recipe) -> None:
    with pytest.raises(StageError, match="another gate or decoding than the recipe's") as caught:
        bundle(changed, run, "v0.1.0", RECIPE_TEXT)
    assert caught.value.fix == "python -m train evaluate blog"


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("dataset/report.json", "prepare"),
        ("dataset/data/test-00000-of-00001.parquet", "prepare"),
        ("adapter/training.json", "tune"),
        ("adapter/writer.json", "tune"),
        ("adapter/adapter_model.safetensors", "tune"),
        ("evidence/metrics.json", "evaluate"),
        ("evidence/gate.json", "evaluate"),
        ("evidence/samples.jsonl", "evaluate"),
    ],
)
@pytest.mark.parametrize("mishap", ["missing", "changed"])
def test_a_result_that_is_missing_or_changed_names_its_stage(
    run: Run, path: str, stage: str, mishap: str
) -> None:
    if mishap == "missing":
        (run.folder / path).unlink()
    else:
        (run.folder / path).write_bytes(b"{}")
    with pytest.raises(StageError, match=Path(path).name) as caught:
        bundled(run)
    assert caught.value.fix == f"python -m train {stage} blog"


def _found(asked: list[str]) -> dict[str, str]:
    asked.append("the Hub")
    return {}


@pytest.mark.parametrize(
    ("lacks", "what"),
    [
        pytest.param("evidence", "metrics.json is missing", id="no evidence"),
        pytest.param("adapter", "training.json is missing", id="no adapter"),
        pytest.param("", "The gate is closed", id="a shut gate"),
    ],
)
def test_the_hub_is_asked_for_cards_only_when_all_is_here(run: Run, lacks: str, what: str) -> None:
    write_evidence(run, passed=False)
    if lacks:
        shutil.rmtree(run.folder / lacks)
    asked: list[str] = []
    with pytest.raises(StageError, match=what):
        bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT, existing=partial(_found, asked))
    assert asked == []


@pytest.mark.parametrize("version", ["0.1.0", "v1", "v1.0.0; rm -rf /", "latest"])
def test_a_version_that_is_none_is_refused(run: Run, version: str) -> None:
    with pytest.raises(ImprintError, match="is no version"):
        bundled(run, version)


def test_a_card_that_the_hub_would_refuse_stops_the_bundle(run: Run) -> None:
    wrong = replace(RECIPE, publish=replace(RECIPE.publish, dataset_license="mit licence"))
    with pytest.raises(StageError, match="license must be one of the Hub's licences"):
        bundle(wrong, run, "v0.1.0", RECIPE_TEXT)


def test_a_space_without_its_app_stops_the_bundle(run: Run) -> None:
    (contents.SPACE / "app.py").unlink()
    with pytest.raises(StageError, match=r"app\.py is missing"):
        bundled(run)
