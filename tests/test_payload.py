import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bundles import Candidate, candidate, write_list
from train.errors import StageError
from train.release import payload
from train.release.firewall.sizes import oversized
from train.release.report import Bundle
from train.run import Run, read_result

AGAIN = "python -m train bundle blog"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Candidate:
    return candidate(tmp_path_factory.mktemp("bundle"), "blog")


@pytest.fixture
def bundled(model: Candidate, tmp_path: Path) -> Candidate:
    shutil.copytree(model.run.bundle, tmp_path / "bundle")
    return Candidate(model.recipe, Run(tmp_path))


def read(bundled: Candidate) -> payload.Payload:
    listed = read_result(Bundle, bundled.run.bundle / "bundle.json", fix="")
    return payload.read(listed, bundled.run.bundle, fix=AGAIN)


def test_a_file_is_known_by_the_digests_git_and_the_hub_know_it_by(bundled: Candidate) -> None:
    file = read(bundled).adapter["tokenizer.json"]
    assert file.sha256 == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert file.blob_id == "9e26dfeeb6e641a33dae4961196235bdb965b21b"
    assert payload.text_file("{}") == payload.File(b"{}", file.sha256, file.blob_id)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("adapter/training_args.bin", id="a pickle"),
        pytest.param("adapter/optimizer.pt", id="a pickle by another name"),
        pytest.param("adapter/run.py", id="code beside an adapter"),
        pytest.param("adapter/notes.txt", id="a stranger with a good suffix"),
        pytest.param("adapter/config.json", id="a file that breaks loaders"),
        pytest.param("adapter/adapter_model.safetensors.json", id="two suffixes"),
        pytest.param("adapter/README.MD", id="other letters"),
        pytest.param("adapter/adapter_model.safetensor\u0455", id="a letter of another alphabet"),
        pytest.param("adapter/adapter_model.safetensors ", id="a space at the end"),
        pytest.param("adapter/checkpoint-50/adapter_model.safetensors", id="a checkpoint"),
        pytest.param("adapter/evidence/report.html", id="a page of the evidence"),
        pytest.param("adapter/evidence/recipe.yaml", id="a good name in another folder"),
        pytest.param("adapter/events.out.tfevents.1", id="a log of the training"),
        pytest.param("dataset/data/cache-9f31.parquet", id="a cache of rows"),
        pytest.param("dataset/data/train-00001-of-00002.parquet", id="a second part of a split"),
        pytest.param("dataset/private/removed.json", id="what had been taken out"),
        pytest.param("dataset/private/train-00000-of-00001.parquet", id="private rows"),
        pytest.param("dataset/dropped.jsonl", id="what was dropped"),
        pytest.param("dataset/.env.json", id="a hidden file with a good suffix"),
        pytest.param("space/release.json", id="pins that no release made"),
        pytest.param("space/page/Look.py", id="code in other letters"),
        pytest.param("space/app.py.js", id="code with two suffixes"),
        pytest.param("dataset/.gitattributes", id="the Hub's own file"),
        pytest.param("space/.env", id="a hidden file"),
        pytest.param("space/.cache/index.json", id="a file in a hidden folder"),
        pytest.param("dataset/rows.csv", id="a suffix nobody allowed"),
        pytest.param("space/COPYING", id="no suffix at all"),
    ],
)
def test_a_kind_of_file_that_is_not_allowed_never_leaves(bundled: Candidate, path: str) -> None:
    (bundled.run.bundle / path).parent.mkdir(exist_ok=True)
    (bundled.run.bundle / path).write_bytes(b"x")
    write_list(bundled.recipe, bundled.run, "v0.1.0")
    with pytest.raises(StageError, match="never published") as refusal:
        read(bundled)
    assert path in str(refusal.value)
    assert refusal.value.fix == AGAIN


@pytest.mark.parametrize(
    ("path", "content", "flaw"),
    [
        pytest.param("dataset/model.sig", b"{}", "not listed", id="planted"),
        pytest.param(
            "adapter/adapter_config.json", b"{}", "not the file that was bundled", id="tampered with"
        ),
        pytest.param("space/app.py", None, "is missing", id="lost"),
    ],
)
def test_a_bundle_is_what_its_list_says(
    bundled: Candidate, path: str, content: bytes | None, flaw: str
) -> None:
    file = bundled.run.bundle / path
    file.write_bytes(content) if content else file.unlink()
    with pytest.raises(StageError, match=flaw) as refusal:
        read(bundled)
    assert path in str(refusal.value)
    assert refusal.value.fix == AGAIN


def test_a_link_is_not_followed(bundled: Candidate, tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text("{}")
    report = bundled.run.bundle / "dataset/report.json"
    report.unlink()
    report.symlink_to(tmp_path / "mine.json")
    with pytest.raises(StageError, match=r"dataset/report\.json is a link"):
        read(bundled)


def test_a_folder_that_is_a_link_is_not_entered(bundled: Candidate, tmp_path: Path) -> None:
    (bundled.run.bundle / "adapter/evidence").rename(tmp_path / "elsewhere")
    (bundled.run.bundle / "adapter/evidence").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StageError, match="adapter/evidence is a link"):
        read(bundled)


@pytest.mark.parametrize("path", ["adapter/tokenizer.json", "dataset/README.md"])
def test_an_empty_file_is_a_mistake(bundled: Candidate, path: str) -> None:
    (bundled.run.bundle / path).write_bytes(b"")
    write_list(bundled.recipe, bundled.run, "v0.1.0")
    with pytest.raises(StageError, match=f"{path} is empty"):
        read(bundled)


@pytest.mark.parametrize(
    "path", ["../mine.json", "/etc/hostname", "data/../report.json", "data//report.json"]
)
def test_a_path_that_leads_elsewhere_is_no_name(bundled: Candidate, path: str) -> None:
    listed = read_result(Bundle, bundled.run.bundle / "bundle.json", fix="")
    listed = replace(listed, dataset={**listed.dataset, path: "0" * 64})
    with pytest.raises(StageError, match="never published"):
        payload.read(listed, bundled.run.bundle, fix=AGAIN)


def test_every_flaw_is_told_at_once(bundled: Candidate) -> None:
    for number in range(12):
        (bundled.run.bundle / f"adapter/notes-{number:02}.txt").write_text("x")
    (bundled.run.bundle / "space/app.py").unlink()
    with pytest.raises(StageError, match=r"And 3 more\.$") as refusal:
        read(bundled)
    assert str(refusal.value).count("is of a kind that is never published") == 10


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        pytest.param({"adapter_model.safetensors": 9 * 10**9}, "it has 9.0 GB", id="an adapter"),
        pytest.param({"writer.json": 21 * 10**6}, "it has 21.0 MB", id="a setting"),
        pytest.param({"tokenizer.json": 101 * 10**6}, "it has 101.0 MB", id="a tokenizer"),
        pytest.param(
            {f"{each}.md": 19 * 10**6 for each in range(60)}, "the texts have 1.1 GB", id="all texts"
        ),
    ],
)
def test_what_is_too_large_is_a_mistake(sizes: dict[str, int], said: str) -> None:
    assert [said in leak.rule for leak in oversized(sizes)] == [True]


def test_a_large_model_may_have_a_large_adapter() -> None:
    sizes = {"adapter_model.safetensors": 3 * 10**9, "tokenizer.json": 33 * 10**6, "README.md": 20_000}
    assert not list(oversized(sizes))
