from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests import forward
from tests.exported import LLAMA, Toy, make
from train.__main__ import main
from train.errors import StageError
from train.run import digest_of_file

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    return make(tmp_path_factory.mktemp("llama"), "llama", LLAMA)


def test_a_conversion_that_is_stopped_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    import gguf

    from train.tune.gguf.writing import Planned, write

    def stop() -> Any:
        raise KeyboardInterrupt

    kind = gguf.GGMLQuantizationType.F32
    written = Planned("first.weight", (2, 3), kind, lambda: np.ones((2, 3), np.float32))
    out = tmp_path / "base.gguf"
    out.write_bytes(b"of yesterday")
    with pytest.raises(KeyboardInterrupt):
        write(out, gguf.GGUFWriter(None, "llama"), [written, Planned("second.weight", (2,), kind, stop)])
    assert [path.name for path in tmp_path.iterdir()] == ["base.gguf"]
    assert out.read_bytes() == b"of yesterday"


def test_a_disk_that_fills_up_on_the_way_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    import resource

    import gguf

    from train.tune.gguf.writing import Planned, write

    shape = (1024, 1024)
    tensor = Planned("a.weight", shape, gguf.GGMLQuantizationType.F32, lambda: np.ones(shape, np.float32))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(StageError, match=r"full before base\.gguf was whole"):
            write(tmp_path / "base.gguf", gguf.GGUFWriter(None, "llama"), [tensor])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_a_base_that_does_not_fit_on_the_disk_is_refused_before_a_byte_is_written(tmp_path: Path) -> None:
    import gguf

    from train.tune.gguf.writing import Planned, write

    huge = Planned("huge.weight", (10**9, 10**6), gguf.GGMLQuantizationType.F32, lambda: np.zeros(0))
    with pytest.raises(StageError, match=r"takes 4000000\.0 GB, and .* has") as caught:
        write(tmp_path / "base.gguf", gguf.GGUFWriter(None, "llama"), [huge])
    assert caught.value.fix == f"df -h {tmp_path}"
    assert list(tmp_path.iterdir()) == []


def test_the_verb_converts_a_folder_and_says_what_came_out(
    llama: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gguf", str(llama.base), "--runs", str(tmp_path), "--quantise", "f16"]) == 0
    out = tmp_path / "gguf" / "base-f16.gguf"
    assert f"{out}: 20 tensors, 0." in capsys.readouterr().out
    assert digest_of_file(out) == digest_of_file(llama.converted("f16"))


@pytest.mark.parametrize(
    ("base", "said"),
    [
        pytest.param(".", "holds no config.json", id="a folder that is no model's"),
        pytest.param("a/b/c", "is no folder, and not on the Hub", id="no name of a repository"),
    ],
)
def test_what_is_no_base_is_said_in_one_line(
    base: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["gguf", base]) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def publish_twice(folder: Path) -> str:
    """Publish a base, then other weights in its place; the first commit."""
    from huggingface_hub import HfApi

    repo = HfApi().create_repo("rehearsal/converted").repo_id
    first = HfApi().upload_folder(repo_id=repo, folder_path=folder)
    HfApi().upload_file(repo_id=repo, path_in_repo="model.safetensors", path_or_fileobj=b"other weights")
    return str(first.oid)


@pytest.mark.slow
def test_a_base_on_the_hub_is_converted_at_the_commit_that_is_asked_for(
    client: "Client", llama: Toy, tmp_path: Path
) -> None:
    commit = client.run(publish_twice, llama.base)
    out = tmp_path / "base.gguf"
    asked = ["--revision", commit, "--out", str(out), "--quantise", "f32"]
    assert client.run(main, ["gguf", "rehearsal/converted", *asked]) == 0
    made = forward.read(out)
    assert (made.head["general.version"], made.head["general.name"]) == (commit, "converted")
    wanted = forward.read(llama.converted()).tensors
    assert all(np.array_equal(made.tensors[name], each) for name, each in wanted.items())
