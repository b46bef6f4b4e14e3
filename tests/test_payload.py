from pathlib import Path

import pytest

from tests.bundles import Candidate, candidate, write_list
from train.errors import StageError
from train.release import payload
from train.release.report import Bundle
from train.run import read_result

AGAIN = "python -m train bundle blog"


@pytest.fixture
def bundled(tmp_path: Path) -> Candidate:
    return candidate(tmp_path, "blog")


def read(bundled: Candidate) -> payload.Payload:
    listed = read_result(Bundle, bundled.run.bundle / "bundle.json", fix="")
    return payload.read(listed, bundled.run.bundle, fix=AGAIN)


def test_a_file_is_known_by_the_digests_git_and_the_hub_know_it_by(bundled: Candidate) -> None:
    file = read(bundled).dataset["report.json"]
    assert file.sha256 == "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"
    assert file.blob_id == "0967ef424bce6791893e9a57bb952f80fd536e93"
    assert payload.text_file("{}\n") == payload.File(b"{}\n", file.sha256, file.blob_id)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("adapter/training_args.bin", id="a pickle"),
        pytest.param("adapter/optimizer.pt", id="a pickle by another name"),
        pytest.param("adapter/run.py", id="code beside an adapter"),
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
        pytest.param("dataset/extra.json", b"{}", "not listed", id="planted"),
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
