import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from datasets import load_dataset, load_dataset_builder

from tests.golden import run as invented
from tests.golden.run import RECIPE, RECIPE_TEXT, write_evidence, write_verdict
from train.__main__ import main
from train.errors import ImprintError, StageError
from train.evaluate.report import Check, Metrics
from train.prepare.write import COLUMNS
from train.recipe import Recipe
from train.rehearse.scale import as_yaml
from train.release import contents
from train.release.bundle import bundle
from train.release.code import Code
from train.release.firewall.code import strange_code
from train.release.payload import read as read_payload
from train.release.report import Bundle
from train.run import Run, as_json, digests, read_result, write_text
from train.sections import BaseGguf, Gate

CODE = Code(commit="c0" * 20, tree="7e" * 32, dirty=False)
ADAPTER = {
    "LICENSE.txt",
    "NOTICE",
    "README.md",
    "SHA256SUMS",
    "adapter_config.json",
    "adapter_model.safetensors",
    "chat_template.jinja",
    "evidence/gate.json",
    "evidence/metrics.json",
    "evidence/samples.jsonl",
    "facts.json",
    "lengths.svg",
    "loss.svg",
    "provenance.json",
    "recipe.yaml",
    "tokenizer.json",
    "tokenizer_config.json",
    "training.json",
    "USE_POLICY.md",
    "writer.json",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    space = tmp_path / "space"
    for name in ("app.py", "requirements.txt", "__pycache__/app.pyc", "notes.ipynb"):
        (space / name).parent.mkdir(parents=True, exist_ok=True)
        (space / name).write_text(name)
    monkeypatch.setattr(contents, "SPACE", space)
    monkeypatch.setattr("train.release.bundle.identity", lambda: CODE)
    return invented.make(tmp_path / "runs" / "blog")


def made(run: Run, version: str = "v0.1.0") -> Bundle:
    return bundle(RECIPE, run, version, RECIPE_TEXT)


def test_a_bundle_holds_the_files_of_a_version_and_no_others(run: Run) -> None:
    result = made(run)
    assert set(result.adapter) == ADAPTER
    assert set(result.space) == {"README.md", "app.py", "requirements.txt"}
    rows = {f"data/{split}-00000-of-00001.parquet" for split in ("train", "validation", "test")}
    assert set(result.dataset) == rows | {
        "README.md",
        "SHA256SUMS",
        "facts.json",
        "provenance.json",
        "report.json",
        "report.svg",
    }
    assert (run.bundle / "adapter" / "recipe.yaml").read_text() == RECIPE_TEXT
    assert read_payload(result, run.bundle, fix="").space.keys() == result.space.keys()


def test_a_bundle_made_twice_has_the_same_bytes(run: Run) -> None:
    made(run)
    first = digests(run.bundle)
    shutil.rmtree(run.bundle)
    made(run)
    assert digests(run.bundle) == first


def test_a_bundle_that_is_there_is_not_made_again_unless_something_changed(run: Run) -> None:
    made(run)
    inode = run.bundle.stat().st_ino
    made(run)
    assert run.bundle.stat().st_ino == inode, "nothing changed"
    (run.bundle / "adapter" / "README.md").write_text("mine")
    made(run)
    assert run.bundle.stat().st_ino != inode, "a file of it was changed"
    assert made(run, "v0.1.1").version == "v0.1.1"


def test_a_bundle_that_fails_leaves_the_last_one_as_it_was(run: Run) -> None:
    made(run)
    before = digests(run.bundle)
    (run.adapter / "optimizer.pt").write_bytes(b"pickle")
    with pytest.raises(StageError):
        made(run, "v0.1.1")
    assert digests(run.bundle) == before


@pytest.mark.parametrize("part", ["dataset", "adapter"])
def test_sha256sum_agrees_with_every_file_but_its_own_list(run: Run, part: str) -> None:
    made(run)
    folder = run.bundle / part
    listed = [line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text().splitlines()]
    assert {*listed, "SHA256SUMS"} == set(digests(folder))
    checked = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    assert subprocess.run(checked, cwd=folder, capture_output=True).returncode == 0
    (folder / "README.md").write_text("changed")
    assert subprocess.run(checked, cwd=folder, capture_output=True).returncode == 1


def test_load_dataset_reads_the_bundle_as_its_card_says(run: Run, tmp_path: Path) -> None:
    made(run)
    folder, cache = str(run.bundle / "dataset"), str(tmp_path / "cache")
    rows = load_dataset(folder, cache_dir=cache)
    info = load_dataset_builder(folder, cache_dir=cache).info
    assert {name: len(split) for name, split in rows.items()} == {"train": 2, "validation": 1, "test": 1}
    assert rows["train"].features == info.features
    assert rows["train"].column_names == list(COLUMNS)
    assert info.splits["train"].num_examples == 2
    assert info.dataset_size == sum(split.num_bytes for split in info.splits.values())


def test_a_private_dataset_shows_no_row_and_a_public_one_does(run: Run) -> None:
    made(run)
    card = run.bundle / "dataset" / "README.md"
    assert "cheapest tool" not in card.read_text()
    public = replace(RECIPE, publish=replace(RECIPE.publish, private=False))
    bundle(public, run, "v0.1.0", RECIPE_TEXT)
    assert "cheapest tool" in card.read_text()


def test_the_model_card_shows_the_first_whole_text_of_the_adapter(run: Run) -> None:
    bundle(replace(RECIPE, notes=("Its base is a toy.",)), run, "v0.1.0", RECIPE_TEXT)
    card = (run.bundle / "adapter" / "README.md").read_text()
    assert "cheapest tool" in card
    assert "half a post" not in card
    assert "- Its base is a toy." in card


def test_provenance_names_every_file_and_what_it_was_made_from(run: Run) -> None:
    result = made(run)
    statement = json.loads((run.bundle / "adapter" / "provenance.json").read_text())
    subjects = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
    sealed = {"provenance.json", "SHA256SUMS"}
    assert subjects == {name: digest for name, digest in result.adapter.items() if name not in sealed}
    build = statement["predicate"]["buildDefinition"]
    assert build["externalParameters"] == {
        "recipe": "blog",
        "repository": "acme/Llama-writer",
        "version": "v0.1.0",
        "parts": {"dataset": "acme/posts", "adapter": "acme/Llama-writer", "space": "acme/demo"},
    }
    used = {each["name"]: each for each in build["resolvedDependencies"]}
    assert used["base"]["uri"] == f"hf://{RECIPE.base}@{invented.REVISION}"
    assert used["dataset"]["uri"] == "hf://datasets/acme/posts@v0.1.0"
    assert used["code.tree"]["digest"]["sha256"] == CODE.tree
    assert statement["predicate"]["runDetails"]["builder"]["version"]["peft"] == "0.21.2"


def test_the_datasets_provenance_names_its_sources_by_commit_or_digest(run: Run) -> None:
    made(run)
    text = (run.bundle / "dataset" / "provenance.json").read_text()
    used = json.loads(text)["predicate"]["buildDefinition"]["resolvedDependencies"]
    sources = {each["name"]: each["digest"] for each in used if each["name"].startswith("source ")}
    assert sources == {
        "source acme/raw": {"gitCommit": invented.REVISION},
        "source my-blog": {"sha256": "ab" * 32},
    }


def test_nothing_in_a_bundle_names_this_machine(run: Run, tmp_path: Path) -> None:
    made(run)
    for path in run.bundle.rglob("*"):
        assert not path.is_file() or str(tmp_path).encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    "name", ["training_args.bin", "config.json", "checkpoint-10/optimizer.pt", ".cache/x"]
)
def test_a_file_that_no_adapter_has_stops_the_bundle_by_name(run: Run, name: str) -> None:
    (run.adapter / name).parent.mkdir(exist_ok=True)
    (run.adapter / name).write_bytes(b"")
    with pytest.raises(StageError, match=name) as caught:
        made(run)
    assert caught.value.fix == "python -m train tune blog"


def test_a_failed_gate_stops_the_bundle_with_its_own_sentence(run: Run) -> None:
    write_evidence(run, passed=False)
    with pytest.raises(StageError, match=r"1 of 2 titles got a whole post") as caught:
        made(run)
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
    assert "The gate is closed: 1 of 2 titles got a whole post; 1 was needed." in capsys.readouterr().err
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
    with pytest.raises(StageError, match="whatever the reason: Personal data came back"):
        bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT, "the class needs it on Monday")


def test_no_reason_publishes_what_nobody_judged(run: Run) -> None:
    write_verdict(run, passed=False)
    with pytest.raises(StageError, match="no check was made"):
        bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT, "the class needs it on Monday")


def test_a_warning_stops_no_bundle(run: Run) -> None:
    warned = Check("titles", 50.0, 200.0, False, "50 texts were asked for.", "warn")
    write_verdict(run, warned)
    assert made(run).anyway == ""


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
        made(run)
    assert caught.value.fix == "python -m train evaluate blog"


@pytest.mark.parametrize("name", ["gate.json", "samples.jsonl"])
def test_evidence_that_its_figures_do_not_list_is_refused(run: Run, name: str) -> None:
    path = run.evidence / "metrics.json"
    found = read_result(Metrics, path, "")
    files = {each: digest for each, digest in found.files.items() if each != name}
    write_text(path, as_json(replace(found, files=files)))
    with pytest.raises(StageError, match=f"{name} was changed") as caught:
        made(run)
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
        made(run)
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
        made(run)
    assert caught.value.fix == f"python -m train {stage} blog"


@pytest.mark.parametrize("version", ["0.1.0", "v1", "v1.0.0; rm -rf /", "latest"])
def test_a_version_that_is_none_is_refused(run: Run, version: str) -> None:
    with pytest.raises(ImprintError, match="is no version"):
        made(run, version)


def test_a_card_that_the_hub_would_refuse_stops_the_bundle(run: Run) -> None:
    wrong = replace(RECIPE, publish=replace(RECIPE.publish, dataset_license="mit licence"))
    with pytest.raises(StageError, match="license must be one of the Hub's licences"):
        bundle(wrong, run, "v0.1.0", RECIPE_TEXT)


def test_a_space_without_its_app_stops_the_bundle(run: Run) -> None:
    (contents.SPACE / "app.py").unlink()
    with pytest.raises(StageError, match=r"app\.py is missing"):
        made(run)


@pytest.mark.parametrize(
    ("gguf", "packages"),
    [
        pytest.param(None, "gradio==6\n# llama-cpp-python==0.3.36\n", id="transformers writes"),
        pytest.param(
            BaseGguf("acme/Llama-GGUF", "0" * 40, "llama-q4_0.gguf"),
            "gradio==6\nllama-cpp-python==0.3.36\n",
            id="llama.cpp writes",
        ),
    ],
)
def test_a_space_asks_for_llama_cpp_where_there_is_a_base_for_it(
    run: Run, gguf: BaseGguf | None, packages: str
) -> None:
    (contents.SPACE / "requirements.txt").write_text("gradio==6\n# llama-cpp-python==0.3.36\n")
    recipe = replace(RECIPE, publish=replace(RECIPE.publish, base_gguf=gguf))
    bundled = bundle(recipe, run, "v0.1.0", RECIPE_TEXT)
    assert (run.bundle / "space" / "requirements.txt").read_text() == packages
    files = read_payload(bundled, run.bundle, fix="").space
    assert not list(strange_code(files, run.bundle / "adapter" / "provenance.json"))
