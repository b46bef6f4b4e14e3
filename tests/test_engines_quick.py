"""What makes the Space's engines quick changes no text: short ways, turned weights, and a trial before."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engines import trial
from engines.model import Adapter, Base, Logits, Prompt
from tests import writing

if TYPE_CHECKING:
    from engines.pytorch import PytorchModel

BITS = {"load_in_4bit": True, "use_bnb_nested_quant": True}
DYING = "import os\nos.kill(os.getpid(), {})\n"
READ = [Prompt(range(30, 40), "a0"), Prompt(range(50, 53), ""), Prompt(range(60, 80), "a1")]


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> writing.Toy:
    """A base whose widths suit 4 bits on a CPU, and two adapters."""
    return writing.made(tmp_path_factory.mktemp("wide"), adapters=2)


def opened(wide: writing.Toy) -> "PytorchModel":
    from engines.pytorch import PytorchModel

    model = PytorchModel(Base(wide.base.folder, frozenset(), 512, BITS))
    for adapter in wide.adapters:
        model.load(adapter)
    return model


def read(model: "PytorchModel") -> list[Logits]:
    """What may come next behind prompts of one kind and of several, and behind some tokens more."""
    found = []
    for prompts in ([READ[0], READ[0]], READ):
        found.append(model.join(prompts))
        found += [model.step([at] * len(prompts)) for at in (5, 6, 7)]
        model.keep([])
    return found


@pytest.mark.usefixtures("kernel")
def test_the_short_way_through_4_bits_gives_the_numbers_of_the_long_one(wide: writing.Toy) -> None:
    from peft.tuners.lora.bnb import Linear4bit

    short, long = opened(wide), opened(wide)
    short._straight = long._straight = None  # as over a base that is built otherwise
    layers = [each for each in long._peft.modules() if isinstance(each, Linear4bit)]  # type: ignore[union-attr]
    assert layers
    assert all(vars(layer).pop("forward", None) for layer in layers)
    for ours, theirs in zip(read(short), read(long), strict=True):
        assert np.array_equal(ours, theirs)


def test_a_refused_adapter_leaves_nothing_behind(wide: writing.Toy, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    model = opened(wide)
    for path in wide.adapters[0].folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights = load_file(tmp_path / "adapter_model.safetensors")
    save_file({name: weight[:-1] for name, weight in weights.items()}, tmp_path / "adapter_model.safetensors")
    before = read(model)
    with pytest.raises(ValueError, match="other sizes"):
        model.load(Adapter("a9", tmp_path))
    assert sorted(model._peft.peft_config) == ["a0", "a1"]  # type: ignore[union-attr]
    assert all(np.array_equal(*pair) for pair in zip(before, read(model), strict=True))
    model.load(Adapter("a9", wide.adapters[1].folder))


def test_llama_cpp_is_tried_in_a_process_of_its_own(wide: writing.Toy, tmp_path: Path) -> None:
    writing.needed("llama.cpp")
    assert wide.base.gguf
    assert trial.way(wide.base.gguf)
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(wide.base.gguf.read_bytes()[:5000])
    assert trial.way(broken) is None


@pytest.mark.parametrize("killed_by", [signal.SIGSEGV, signal.SIGILL])
def test_a_library_that_ends_its_process_is_not_used(
    killed_by: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "llama_cpp.py").write_text(DYING.format(int(killed_by)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert trial.way(tmp_path / f"{killed_by.name}.gguf") is None


@pytest.mark.parametrize("kind", writing.KINDS)
def test_rows_that_left_gaps_go_on_as_they_were(kind: str, wide: writing.Toy) -> None:
    model = writing.model(kind, wide.base)
    prompts = [Prompt(range(20 + at, 26 + at), "") for at in range(4)]
    model.join(prompts)
    model.keep([3, 1])
    logits = model.step([9, 8])
    model.keep([])
    alone = [model.join([Prompt([*prompts[at].ids, token], "")])[0] for at, token in ((3, 9), (1, 8))]
    assert np.abs(logits - np.stack(alone)).max() < 1e-3
