"""A Llama on a CPU is summed without its libraries' detours: the numbers are theirs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engines.model import Adapter, Base, Logits, Prompt

if TYPE_CHECKING:
    from engines.pytorch import PytorchModel

BITS = {"load_in_4bit": True, "use_bnb_nested_quant": True}
SIZES: dict[str, Any] = {"vocab_size": 320, "hidden_size": 128, "num_hidden_layers": 2}
SIZES |= {"num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 192}
PLAIN: tuple[str, ...] = ("shape", "dtype", "blocksize", "quant_type", "nested", "packing_format_for_cpu")
PLAIN += ("original_dtype", "original_nested", "original_qshape")
LEAST = {True: 0.6, False: 1e-3}  # of likelihoods around 2.3: in 16 bits, sums are rounded and opened weights
PROMPTS = [list(range(30, 30 + length)) for length in (3, 70, 9)]


def made(
    folder: Path, kind: str, adapters: Sequence[dict[str, Any]] = ({}, {}), **config: Any
) -> list[Adapter]:
    """A random base of a kind in `folder`, and adapters over it."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    auto: Any = AutoModelForCausalLM
    described: Any = AutoConfig.for_model(kind, **config)
    base = auto.from_config(described)
    for name, weight in base.named_parameters():
        torch.nn.init.normal_(weight, 1.0 if "norm" in name else 0.0, 0.2)
    base.save_pretrained(folder / "base")
    found = []
    for number, more in enumerate(adapters):
        settings: Any = {"r": 4, "lora_alpha": 12, "target_modules": "all-linear", "init_lora_weights": False}
        model = get_peft_model(auto.from_pretrained(folder / "base"), LoraConfig(**settings | more))
        found.append(Adapter(f"a{number}", folder / f"a{number}"))
        model.save_pretrained(str(found[-1].folder), save_embedding_layers=False)
    return found


def opened(folder: Path, bits: dict[str, Any] | None, adapters: Sequence[Adapter]) -> "PytorchModel":
    from engines.pytorch import PytorchModel

    model = PytorchModel(Base(folder / "base", frozenset(), 512, bits or {}))
    for adapter in adapters:
        model.load(adapter)
    return model


def written(model: "PytorchModel", keys: Sequence[str]) -> list[Logits]:
    """What may come behind prompts, each with its adapter, and behind some tokens more."""
    found = [model.join([Prompt(ids, key) for ids, key in zip(PROMPTS, keys, strict=False)])]
    found += [model.step([token] * len(keys)) for token in (5, 6, 7)]
    model.keep([])
    return found


def long_way(model: "PytorchModel", keys: Sequence[str]) -> list[Logits]:
    """The same by transformers and peft."""
    straight, model._straight = model._straight, None
    try:
        return written(model, keys)
    finally:
        model._straight = straight


def close(ours: Sequence[Logits], theirs: Sequence[Logits], least: float) -> bool:
    return all(np.abs(each - other).max() < least for each, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("bits", [None, BITS], ids=["32 bits", "4 bits"])
@pytest.mark.parametrize(
    ("kind", "config"),
    [
        pytest.param("llama", {"tie_word_embeddings": True}, id="Llama"),
        pytest.param("llama", {"attention_bias": True, "mlp_bias": True}, id="a Llama with biases"),
        pytest.param("llama", {"head_dim": 64, "hidden_act": "gelu"}, id="a Llama with wide heads"),
        pytest.param("mistral", {"sliding_window": None}, id="Mistral"),
        pytest.param("qwen2", {}, id="Qwen2"),
    ],
)
def test_the_straight_way_gives_the_numbers_of_the_long_one(
    kind: str, config: dict[str, Any], bits: dict[str, Any] | None, tmp_path: Path
) -> None:
    model = opened(tmp_path, bits, made(tmp_path, kind, **SIZES | config))
    for keys in (["a0"], ["", ""], ["a1", "", "a0"], ["a0", "a0", "a0"]):
        assert model._straight
        assert model._straight.knows(keys)
        assert close(written(model, keys), long_way(model, keys), LEAST[bool(bits)])
    different = written(model, ["a0"])[0] - written(model, [""])[0]
    assert np.abs(different).max() > 1


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        pytest.param("mistral", {"sliding_window": 4}, id="one that forgets"),
        pytest.param("phi3", {"pad_token_id": 0}, id="joined layers"),
        pytest.param("gpt2", {"n_embd": 128, "n_layer": 1, "n_head": 2}, id="GPT-2"),
        pytest.param("gpt_neox", {}, id="GPT-NeoX"),
    ],
)
@pytest.mark.parametrize("bits", [None, BITS], ids=["32 bits", "4 bits"])
@pytest.mark.filterwarnings("ignore:fan_in_fan_out is set to False")
def test_other_bases_go_the_long_way(
    kind: str, config: dict[str, Any], bits: dict[str, Any] | None, tmp_path: Path
) -> None:
    sizes = {"vocab_size": 320} if kind == "gpt2" else SIZES
    model = opened(tmp_path, bits, made(tmp_path, kind, **sizes | config))
    assert not model._straight
    alone = [written(model, [key])[0] for key in ("a0", "", "a1")]
    assert not np.allclose(alone[0], alone[1], atol=0.1)
    assert not np.allclose(alone[0], alone[2], atol=0.1)


def test_an_adapter_that_changes_more_goes_the_long_way_and_others_beside_it(tmp_path: Path) -> None:
    more = {"target_modules": ["q_proj", "lm_head"]}
    model = opened(tmp_path, BITS, made(tmp_path, "llama", ({}, more), **SIZES))
    assert model._straight
    assert model._straight.knows(["", "a0"])
    assert not model._straight.knows(["a0", "a1"])
    for keys in (["a1"], ["a0"], ["a0", "a1"]):
        assert close(written(model, keys), long_way(model, keys), LEAST[True])


def test_an_adapter_may_change_few_layers_and_each_in_its_own_way(tmp_path: Path) -> None:
    few = {"target_modules": ["v_proj", "down_proj"], "rank_pattern": {"v_proj": 8}, "use_rslora": True}
    model = opened(tmp_path, None, made(tmp_path, "llama", ({}, few), **SIZES))
    assert model._straight
    assert model._straight.knows(["a1"])
    assert close(written(model, ["a1", "a0"]), long_way(model, ["a1", "a0"]), LEAST[False])


def test_a_dropped_adapter_leaves_nothing_and_may_come_again(tmp_path: Path) -> None:
    first, second = made(tmp_path, "llama", **SIZES)
    model = opened(tmp_path, BITS, [first, second])
    before = written(model, ["a0"]), written(model, ["a1"])
    model.drop("a0")
    assert model._straight
    assert not model._straight.knows(["a0"])
    assert all("a0" not in product.changes for product in model._straight._products)
    assert close(written(model, ["a1"]), before[1], 1e-9)
    model.load(first)
    assert close(written(model, ["a0"]), before[0], 1e-9)


@pytest.mark.parametrize("kind", ["llama", "gpt_neox"])
def test_a_first_adapter_that_is_refused_leaves_the_base_as_it_was(kind: str, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    broken, whole = made(tmp_path, kind, **SIZES)
    path = broken.folder / "adapter_model.safetensors"
    save_file({name: weight[:-1] for name, weight in load_file(path).items()}, path)
    model, other = opened(tmp_path, BITS, []), opened(tmp_path, BITS, [whole])
    bare = written(model, [""])
    with pytest.raises(ValueError, match="other sizes"):
        model.load(broken)
    assert close(written(model, [""]), bare, 1e-9)
    model.load(whole)
    assert close(written(model, ["a1"]), written(other, ["a1"]), 1e-9)


def test_in_4_bits_a_text_alone_has_the_numbers_that_it_has_beside_others(tmp_path: Path) -> None:
    model = opened(tmp_path, BITS, made(tmp_path, "llama", **SIZES))
    together = model.join([Prompt(ids, key) for ids, key in zip(PROMPTS, ("a0", "", "a0"), strict=True)])
    next_ = model.step([5, 6, 7])
    model.keep([])
    for at, key in enumerate(("a0", "", "a0")):
        assert np.array_equal(model.join([Prompt(PROMPTS[at], key)])[0], together[at])
        assert np.array_equal(model.step([5 + at])[0], next_[at])
        model.keep([])


@pytest.mark.parametrize("twice", [True, False], ids=["scales in 8 bits", "scales as they are"])
@pytest.mark.parametrize("kind", ["bfloat16", "float32", "float16"])
@pytest.mark.parametrize(("height", "width"), [(32, 64), (96, 192), (64, 1024)])
def test_weights_get_the_bits_that_bitsandbytes_gives_them(
    kind: str, height: int, width: int, twice: bool
) -> None:
    import torch
    from bitsandbytes import functional

    from engines import nf4

    weights = torch.randn(height, width, generator=torch.Generator().manual_seed(height))
    weights[0, :64], weights[1, :64] = 0, torch.linspace(-1, 1, 64)
    bnb: Any = functional
    code = bnb.get_4bit_type("nf4", device="cpu")
    weights[2, :16], weights[2, 16:64] = code, 1.0
    weights[3, :15], weights[3, 15:64] = (code[:-1] + code[1:]) / 2, -1.0  # as far from one as from the next
    weights[4] *= 1e-30
    options: Any = {"blocksize": 64, "compress_statistics": twice, "quant_type": "nf4"}
    given = weights.to(getattr(torch, kind))
    theirs, known = functional._convert_weight_packed_for_cpu(*functional.quantize_4bit(given, **options))
    with nf4.quick():
        ours, state = functional.quantize_4bit(given, **options, quant_storage=torch.uint8)
    assert torch.equal(ours, theirs)
    assert torch.equal(state.absmax, known.absmax)
    assert state.absmax.stride() == known.absmax.stride()
    assert {key: vars(known)[key] for key in PLAIN} == {key: vars(state)[key] for key in PLAIN}


def test_other_weights_go_bitsandbytes_own_way() -> None:
    import torch
    from bitsandbytes import functional

    from engines import nf4

    theirs: Any = functional.quantize_4bit
    options: Any = {"blocksize": 64, "compress_statistics": False, "quant_storage": torch.uint8}
    for shape, kind in (((33, 64), "nf4"), ((32, 96), "nf4"), ((32, 64), "fp4")):
        weights = torch.randn(shape)
        with nf4.quick():
            ours, state = functional.quantize_4bit(weights, **options, quant_type=kind)
        assert torch.equal(ours, theirs(weights, **options, quant_type=kind)[0])
        assert not getattr(state, "packing_format_for_cpu", False)
    assert functional.quantize_4bit is theirs


@pytest.mark.usefixtures("kernel")
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("rows", [1, 3, 8, 31])
def test_the_kernel_called_directly_gives_the_layers_numbers(rows: int, biased: bool) -> None:
    import torch
    from bitsandbytes.nn.modules import Linear4bit

    from engines import nf4

    made_by: Any = Linear4bit
    wide = [made_by(192, height, biased, torch.bfloat16, quant_type="nf4") for height in (96, 32)]
    layers = [layer.to(torch.bfloat16).to("cpu").eval() for layer in wide]
    assert nf4.kernel(layers) is None, "their weights are not laid out yet"
    x = torch.randn(rows, 192).bfloat16()
    with torch.inference_mode():
        theirs = torch.cat([layer(x) for layer in layers], 1)
        out = torch.empty(rows, 200, dtype=torch.bfloat16)
        call = nf4.kernel(layers)
        assert call
        call(x, out[:, 50:178])
        assert torch.equal(out[:, 50:178], theirs)
        assert torch.equal(torch.cat([layer(x) for layer in layers], 1), theirs)
    assert len({layer.weight.untyped_storage().data_ptr() for layer in layers}) == 1, "kept once"
