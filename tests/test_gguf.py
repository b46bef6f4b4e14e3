import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import forward
from tests.exported import GPT2, IDS, LLAMA, LONG, NEOX, SLOWED, Toy, make
from train.errors import StageError
from train.run import digest_of_file


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    return make(tmp_path_factory.mktemp("llama"), "llama", LLAMA)


@pytest.mark.parametrize(
    ("kind", "settings", "lora"),
    [
        pytest.param("llama", LLAMA, {}, id="Llama with grouped heads and tied embeddings"),
        pytest.param(
            "llama",
            LLAMA | {"rope_parameters": SLOWED, "tie_word_embeddings": False, "head_dim": 32},
            {"use_rslora": True},
            id="Llama 3.2's positions, wide heads, a rank-stabilised LoRA",
        ),
        pytest.param(
            "llama",
            LLAMA
            | {
                "rope_parameters": {"rope_type": "linear", "factor": 4.0, "rope_theta": 10000.0},
                "attention_bias": True,
            },
            {"rank_pattern": {"q_proj": 8}, "alpha_pattern": {"v_proj": 5}},
            id="Llama with slowed positions and biases, a LoRA of several ranks and alphas",
        ),
        pytest.param("gpt2", GPT2, {"fan_in_fan_out": True}, id="GPT-2, every Conv1D"),
        pytest.param("gpt2", GPT2, {"target_modules": ["c_attn", "c_proj"]}, id="GPT-2, the fused attention"),
        pytest.param("qwen2", LLAMA, {}, id="Qwen2"),
        pytest.param("phi3", LLAMA, {}, id="Phi-3 with fused projections"),
        pytest.param("phi3", LLAMA | {"rope_parameters": LONG}, {}, id="Phi-3.5's positions"),
        pytest.param("gpt_neox", NEOX, {}, id="GPT-NeoX with heads kept together"),
    ],
)
def test_from_the_two_files_alone_come_the_logits_of_transformers_and_peft(
    kind: str, settings: dict[str, Any], lora: dict[str, Any], tmp_path: Path
) -> None:
    from train.tune.gguf.adapter import write_adapter

    made = make(tmp_path, kind, settings, **lora)
    assert write_adapter(made.adapter, made.config) == ""
    base, adapter = forward.read(made.converted()), forward.read(made.adapter / "adapter.gguf")
    for wearing, files in ((False, forward.Forward(base)), (True, forward.Forward(base, adapter))):
        wanted = made.logits(wearing)
        assert np.ptp(wanted) > 1, "weights too small to tell right from wrong"
        assert np.abs(files.logits(IDS) - wanted).max() < 2e-4
    assert np.abs(made.logits(True) - made.logits(False)).max() > 0.1


@pytest.mark.parametrize(
    ("precision", "kept", "ends", "error"),
    [
        ("f32", "F32", "F32", 0.0),
        ("f16", "F16", "F16", 2**-11),
        ("bf16", "BF16", "BF16", 2**-8),
        ("q8_0", "Q8_0", "Q8_0", 1 / 127),
        ("q4_0", "Q4_0", "Q8_0", 1 / 7),
    ],
)
def test_a_precision_keeps_weights_within_its_error_and_norms_exactly(
    precision: str, kept: str, ends: str, error: float, llama: Toy
) -> None:
    exact, coarse = forward.read(llama.converted()), forward.read(llama.converted(precision))
    assert coarse.kinds["blk.0.attn_q.weight"] == kept
    assert coarse.kinds["token_embd.weight"] == ends
    assert {kind for name, kind in coarse.kinds.items() if name.endswith("_norm.weight")} == {"F32"}
    for name, weight in exact.tensors.items():
        assert np.abs(coarse.tensors[name] - weight).max() <= error * np.abs(weight).max()


def test_rows_that_are_no_whole_blocks_are_kept_in_16_bits(tmp_path: Path) -> None:
    made = make(tmp_path, "llama", LLAMA | {"intermediate_size": 80})
    kinds = forward.read(made.converted("q8_0")).kinds
    assert (kinds["blk.0.ffn_down.weight"], kinds["blk.0.ffn_up.weight"]) == ("F16", "Q8_0")


@pytest.mark.parametrize("form", ["shards", "pickled", "pickled shards"])
def test_a_base_gives_the_same_bytes_however_it_is_stored(form: str, llama: Toy, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    again = Toy(tmp_path, llama.model)
    shutil.copytree(llama.base, again.base)
    (again.base / "model.safetensors").unlink()
    tensors = load_file(llama.base / "model.safetensors")
    ending, save = ("bin", torch.save) if "pickled" in form else ("safetensors", save_file)
    stem = "pytorch_model" if "pickled" in form else "model"
    if "shards" in form:
        shard = {name: f"{stem}-0000{1 + place % 2}-of-00002.{ending}" for place, name in enumerate(tensors)}
        (again.base / f"{stem}.{ending}.index.json").write_text(json.dumps({"weight_map": shard}))
    else:
        shard = dict.fromkeys(tensors, f"{stem}.{ending}")
    for file in set(shard.values()):
        save({name: each for name, each in tensors.items() if shard[name] == file}, again.base / file)
    assert digest_of_file(again.converted("q8_0")) == digest_of_file(llama.converted("q8_0"))


def test_an_old_gpt2_with_bare_names_buffers_and_a_second_head_gives_the_same_bytes(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    made = make(tmp_path / "new", "gpt2", GPT2)
    old = Toy(tmp_path / "old", made.model)
    shutil.copytree(made.base, old.base)
    (old.base / "model.safetensors").unlink()
    tensors = load_file(made.base / "model.safetensors")
    bare = {name.removeprefix("transformer."): each for name, each in tensors.items()}
    beside = {"h.0.attn.bias": torch.ones(1, 1, 64, 64), "h.0.attn.masked_bias": torch.tensor(-1e4)}
    head = {"lm_head.weight": bare["wte.weight"].clone()}
    torch.save(bare | beside | head, old.base / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    assert digest_of_file(old.converted()) == digest_of_file(made.converted())


def test_a_pickle_that_holds_code_is_never_opened(llama: Toy, tmp_path: Path) -> None:
    import torch

    made = Toy(tmp_path, llama.model)
    shutil.copytree(llama.base, made.base)
    (made.base / "model.safetensors").unlink()
    torch.save({"weight": Path("not a weight")}, made.base / "pytorch_model.bin")
    with pytest.raises(StageError, match="holds more than weights"):
        made.converted()


def test_an_adapter_written_twice_has_the_same_bytes(llama: Toy) -> None:
    from train.tune.gguf.adapter import write_adapter

    digests = set()
    for _ in range(2):
        write_adapter(llama.adapter, llama.config)
        digests.add(digest_of_file(llama.adapter / "adapter.gguf"))
    assert len(digests) == 1


def test_an_adapter_says_which_base_it_belongs_to(llama: Toy, tmp_path: Path) -> None:
    from train.tune.gguf.adapter import write_adapter

    shutil.copytree(llama.adapter, tmp_path / "adapter")
    path = tmp_path / "adapter" / "adapter_config.json"
    named = {"base_model_name_or_path": "acme/small-llama", "revision": "0123abc"}
    path.write_text(json.dumps(json.loads(path.read_text()) | named))
    write_adapter(path.parent, llama.config)
    head = forward.read(path.parent / "adapter.gguf").head
    assert (head["general.type"], head["adapter.type"], head["general.architecture"]) == (
        "adapter",
        "lora",
        "llama",
    )
    assert head["general.base_model.0.repo_url"] == "https://huggingface.co/acme/small-llama"
    assert head["general.base_model.0.version"] == "0123abc"


@pytest.mark.parametrize(
    ("kind", "settings", "lora", "reason"),
    [
        pytest.param("mistral", LLAMA, {}, "no GGUF for mistral, only for gpt2", id="another architecture"),
        pytest.param("llama", LLAMA | {"hidden_act": "gelu"}, {}, "without the activation gelu", id="gelu"),
        pytest.param("llama", LLAMA, {"use_dora": True}, "no DoRA", id="DoRA"),
        pytest.param(
            "llama",
            LLAMA,
            {"target_modules": ["q_proj", "embed_tokens"]},
            "no place for .*embed_tokens",
            id="embeddings",
        ),
        pytest.param(
            "llama",
            LLAMA | {"rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}},
            {},
            "rope scaling dynamic",
            id="positions that change with the length",
        ),
    ],
)
def test_what_llama_cpp_cannot_run_has_no_adapter_file_but_a_reason(
    kind: str, settings: dict[str, Any], lora: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    from train.tune.gguf.adapter import write_adapter

    made = make(tmp_path, kind, settings, **lora)
    assert re.search(reason, write_adapter(made.adapter, made.config))
    assert not (made.adapter / "adapter.gguf").exists()
