import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from datasets import load_dataset, load_dataset_builder

from tests.bundles import CODE, bundled, run
from tests.golden import run as invented
from tests.golden.run import RECIPE, RECIPE_TEXT
from train.errors import StageError
from train.prepare.write import COLUMNS
from train.release import contents
from train.release.bundle import bundle
from train.release.firewall.code import strange_code
from train.release.payload import read as read_payload
from train.run import Run, digests
from train.sections import BaseGguf

__all__ = ["run"]
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


def test_a_bundle_holds_the_files_of_a_version_and_no_others(run: Run) -> None:
    result = bundled(run)
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
    bundled(run)
    first = digests(run.bundle)
    shutil.rmtree(run.bundle)
    bundled(run)
    assert digests(run.bundle) == first


def test_a_bundle_that_is_there_is_not_made_again_unless_something_changed(run: Run) -> None:
    bundled(run)
    inode = run.bundle.stat().st_ino
    bundled(run)
    assert run.bundle.stat().st_ino == inode, "nothing changed"
    (run.bundle / "adapter" / "README.md").write_text("mine")
    bundled(run)
    assert run.bundle.stat().st_ino != inode, "a file of it was changed"
    assert bundled(run, "v0.1.1").version == "v0.1.1"


def test_a_bundle_that_fails_leaves_the_last_one_as_it_was(run: Run) -> None:
    bundled(run)
    before = digests(run.bundle)
    (run.adapter / "optimizer.pt").write_bytes(b"pickle")
    with pytest.raises(StageError):
        bundled(run, "v0.1.1")
    assert digests(run.bundle) == before


@pytest.mark.parametrize("part", ["dataset", "adapter"])
def test_sha256sum_agrees_with_every_file_but_its_own_list(run: Run, part: str) -> None:
    bundled(run)
    folder = run.bundle / part
    listed = [line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text().splitlines()]
    assert {*listed, "SHA256SUMS"} == set(digests(folder))
    checked = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    assert subprocess.run(checked, cwd=folder, capture_output=True).returncode == 0
    (folder / "README.md").write_text("changed")
    assert subprocess.run(checked, cwd=folder, capture_output=True).returncode == 1


def test_load_dataset_reads_the_bundle_as_its_card_says(run: Run, tmp_path: Path) -> None:
    bundled(run)
    folder, cache = str(run.bundle / "dataset"), str(tmp_path / "cache")
    rows = load_dataset(folder, cache_dir=cache)
    info = load_dataset_builder(folder, cache_dir=cache).info
    assert {name: len(split) for name, split in rows.items()} == {"train": 2, "validation": 1, "test": 1}
    assert rows["train"].features == info.features
    assert rows["train"].column_names == list(COLUMNS)
    assert info.splits["train"].num_examples == 2
    assert info.dataset_size == sum(split.num_bytes for split in info.splits.values())


def test_a_private_dataset_shows_no_row_and_a_public_one_does(run: Run) -> None:
    bundled(run)
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
    result = bundled(run)
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
    bundled(run)
    text = (run.bundle / "dataset" / "provenance.json").read_text()
    used = json.loads(text)["predicate"]["buildDefinition"]["resolvedDependencies"]
    sources = {each["name"]: each["digest"] for each in used if each["name"].startswith("source ")}
    assert sources == {
        "source acme/raw": {"gitCommit": invented.REVISION},
        "source my-blog": {"sha256": "ab" * 32},
    }


def test_nothing_in_a_bundle_names_this_machine(run: Run, tmp_path: Path) -> None:
    bundled(run)
    for path in run.bundle.rglob("*"):
        assert not path.is_file() or str(tmp_path).encode() not in path.read_bytes(), path


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
