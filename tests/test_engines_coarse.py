"""What makes llama.cpp quick in the Space: adapters no finer than their base, large pages, a short draw."""

import shutil
import struct
from pathlib import Path

import gguf
import numpy as np
import pytest

from engines.draw import sampled
from engines.eight_bits import in_8_bits
from engines.model import Adapter, Base, Logits, Prompt
from engines.pages import LARGE, LEAST, stretches
from tests import forward, writing

ALPHA = 8.0


def adapter(path: Path, rank: int, inner: int = 64, kind: str = "F32") -> dict[str, np.ndarray]:
    """A file with one pair of weights, and the pair."""
    lucky = np.random.default_rng(rank)
    pair = {"a": lucky.normal(size=(rank, inner)), "b": lucky.normal(size=(96, rank))}
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, ALPHA)
    wanted = gguf.GGMLQuantizationType[kind]
    for side, weights in pair.items():
        data = gguf.quants.quantize(weights.astype(np.float32), wanted)
        writer.add_tensor(f"blk.0.attn_q.weight.lora_{side}", data, raw_dtype=wanted)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return pair


@pytest.mark.parametrize("kind", ["F32", "F16"])
@pytest.mark.parametrize(("rank", "filled"), [(4, 32), (32, 32), (40, 64)])
def test_an_adapter_in_8_bits_adds_what_it_added(rank: int, filled: int, kind: str, tmp_path: Path) -> None:
    pair = adapter(tmp_path / "whole.gguf", rank, kind=kind)
    (tmp_path / "coarse.gguf").write_bytes(in_8_bits(tmp_path / "whole.gguf"))
    coarse, whole = (forward.read(tmp_path / f"{name}.gguf") for name in ("coarse", "whole"))
    assert coarse.head["adapter.lora.alpha"] == whole.head["adapter.lora.alpha"] == ALPHA
    assert set(coarse.kinds.values()) == {"Q8_0"}
    down, up = (coarse.tensors[f"blk.0.attn_q.weight.lora_{side}"] for side in "ab")
    assert (len(down), up.shape[1]) == (filled, filled)
    wanted = pair["b"] @ pair["a"] * ALPHA / rank
    assert np.abs(up @ down * ALPHA / filled - wanted).max() < 0.02 * np.abs(wanted).max()


def test_rows_that_are_no_whole_blocks_stay_whole(tmp_path: Path) -> None:
    adapter(tmp_path / "whole.gguf", rank=4, inner=48)
    (tmp_path / "coarse.gguf").write_bytes(in_8_bits(tmp_path / "whole.gguf"))
    assert sorted(forward.read(tmp_path / "coarse.gguf").kinds.values()) == ["F32", "Q8_0"]


def test_nothing_but_zeros_stays_so(tmp_path: Path) -> None:
    adapter(tmp_path / "whole.gguf", rank=4)
    read = (tmp_path / "whole.gguf").read_bytes()
    size = 4 * 4 * (64 + 96)
    (tmp_path / "whole.gguf").write_bytes(read[:-size] + bytes(size))
    (tmp_path / "coarse.gguf").write_bytes(in_8_bits(tmp_path / "whole.gguf"))
    assert not any(each.any() for each in forward.read(tmp_path / "coarse.gguf").tensors.values())


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        pytest.param(lambda read: b"GGML" + read[4:], "no GGUF file", id="another kind of file"),
        pytest.param(lambda read: read[:4] + struct.pack("<I", 2) + read[8:], "version 3", id="an old one"),
    ],
)
def test_what_cannot_be_read_is_said(broken, reason: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    adapter(tmp_path / "whole.gguf", rank=4)
    (tmp_path / "whole.gguf").write_bytes(broken((tmp_path / "whole.gguf").read_bytes()))
    with pytest.raises(ValueError, match=reason):
        in_8_bits(tmp_path / "whole.gguf")


def test_weights_that_lie_otherwise_are_left_to_llama_cpp(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "adapter.gguf", "llama")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, ALPHA)
    writer.add_custom_alignment(64)
    writer.add_tensor("blk.0.attn_q.weight.lora_a", np.zeros((4, 64), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ValueError, match="lie or count otherwise"):
        in_8_bits(tmp_path / "adapter.gguf")


def test_what_is_rounded_already_is_not_rounded_again(tmp_path: Path) -> None:
    adapter(tmp_path / "adapter.gguf", rank=32, kind="Q8_0")
    with pytest.raises(ValueError, match="rounded already"):
        in_8_bits(tmp_path / "adapter.gguf")


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> writing.Toy:
    return writing.made(tmp_path_factory.mktemp("toys"), adapters=2)


def said(base: Base, adapters: list[Adapter]) -> Logits:
    """What may come next with each adapter."""
    model = writing.model("llama.cpp", base)
    for each in adapters:
        model.load(each)
    model.join([Prompt(range(30, 50), each.key) for each in adapters])
    return model.step([7] * len(adapters))


@pytest.mark.parametrize("precision", ["q8_0", "q4_0"])
def test_over_a_rounded_base_an_adapter_in_8_bits_says_what_it_said(
    precision: str, toys: writing.Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engines import llama
    from train.tune.gguf.base import convert
    from train.tune.gguf.origin import Origin

    convert(Origin(toys.base.folder), tmp_path / "base.gguf", precision)
    base = Base(toys.base.folder, frozenset(), 512, {}, tmp_path / "base.gguf")
    coarse, bare = said(base, list(toys.adapters)), said(base, [Adapter("a0", toys.adapters[0].folder)])
    monkeypatch.setattr(llama, "EXACT", (precision,))
    exact = said(base, list(toys.adapters))
    assert np.array_equal(coarse[:1], bare)
    assert 0 < np.abs(coarse - exact).max() < 0.05 * np.ptp(exact)


def test_an_adapter_that_is_rounded_already_is_taken_as_it_is(toys: writing.Toy, tmp_path: Path) -> None:
    from train.tune.gguf.base import convert
    from train.tune.gguf.origin import Origin

    convert(Origin(toys.base.folder), tmp_path / "base.gguf", "q8_0")
    shutil.copytree(toys.adapters[0].folder, tmp_path / "own")
    (tmp_path / "own" / "adapter.gguf").write_bytes(in_8_bits(tmp_path / "own" / "adapter.gguf"))
    base = Base(toys.base.folder, frozenset(), 512, {}, tmp_path / "base.gguf")
    own = said(base, [Adapter("own", tmp_path / "own")])
    assert np.array_equal(own, said(base, [toys.adapters[0]]))


END = 3 * LARGE + LEAST


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param(
            f"{LARGE:x}-{END:x} rw-p 00000000 00:00 0 ", [(LARGE, 2 * LARGE + LEAST)], id="whole pages"
        ),
        pytest.param(f"{LARGE + 1:x}-{END - 1:x} rw-p 0 00:00 0", [(2 * LARGE, LEAST)], id="parts left out"),
        pytest.param(f"{LARGE:x}-{3 * LARGE:x} rw-p 0 00:00 0", [], id="a short one"),
        pytest.param(f"{LARGE:x}-{END:x} r--p 0 fe:00 12 /base.gguf", [], id="a file"),
        pytest.param(f"{LARGE:x}-{END:x} ---p 0 00:00 0", [], id="memory that is only set aside"),
    ],
)
def test_stretches_of_memory_that_hold_large_pages_are_found(line: str, found: list[tuple[int, int]]) -> None:
    assert stretches(line + "\n") == found


@pytest.mark.parametrize("top_p", [0.05, 0.9, 0.999, 1.0])
@pytest.mark.parametrize("spread", [0.0, 1.0, 4.0])
def test_a_draw_is_that_of_all_tokens_in_their_order(top_p: float, spread: float) -> None:
    lucky = np.random.default_rng(0)
    logits = np.round(lucky.normal(size=20_000) * spread, 2).astype(np.float32)  # many are equal
    likely = np.exp(logits - logits.max())
    likely /= likely.sum(dtype=np.float64)
    order = np.argsort(-likely, kind="stable")
    reached = likely[order].cumsum(dtype=np.float64)
    kept = int((reached - likely[order] < top_p).sum())
    for luck in (0.0, 0.3, 0.7, 1 - 2**-24):
        place = int(np.searchsorted(reached[:kept], luck * reached[kept - 1], side="right"))
        assert sampled(logits, top_p, luck) == order[place]
