"""Which adapters servers load, and what is told of the others."""

import json
from pathlib import Path
from typing import Any

import pytest

from train.tune.served import leaves, unservable


@pytest.fixture(scope="module")
def adapters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Adapters over random bases in the shapes of the recipes' alternatives, trained nowhere."""
    import torch
    from transformers import AutoModelForCausalLM

    auto: Any = AutoModelForCausalLM
    made = {}
    for name, config in shapes().items():
        torch.manual_seed(0)
        made[name] = tmp_path_factory.mktemp(name)
        save_adapter(auto.from_config(config), made[name])
    return made


def shapes() -> dict[str, Any]:
    from transformers import GPT2Config, GPTNeoXConfig, Phi3Config, Qwen2Config

    common: dict[str, Any] = {
        "vocab_size": 64,
        "hidden_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    wide = common | {"intermediate_size": 128, "num_key_value_heads": 2}
    return {
        "gpt2": GPT2Config(vocab_size=64, n_embd=64, n_layer=1, n_head=2),
        "phi": Phi3Config(**wide, pad_token_id=0),
        "qwen": Qwen2Config(**wide),
        "pythia": GPTNeoXConfig(**common, intermediate_size=128),
    }


def save_adapter(base: Any, folder: Path) -> None:
    from peft import LoraConfig, get_peft_model

    model = get_peft_model(base, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
    peft: Any = model.peft_config["default"]
    peft.base_model_name_or_path, peft.revision = "acme/base", "0" * 40
    peft.target_modules = leaves(peft.target_modules)
    model.save_pretrained(str(folder), save_embedding_layers=False)  # or it asks the Hub for the base


def read(folder: Path) -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
    from safetensors import safe_open

    config: dict[str, Any] = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    with safe_open(folder / "adapter_model.safetensors", "pt") as tensors:
        names = tensors.keys()
        return config, {name: tuple(tensors.get_slice(name).get_shape()) for name in names}


@pytest.mark.parametrize("shape", ["gpt2", "phi", "qwen", "pythia"])
def test_all_linear_layers_of_every_alternative_base_make_an_adapter_that_servers_load(
    shape: str, adapters: dict[str, Path]
) -> None:
    config, tensors = read(adapters[shape])
    assert unservable(config, tensors, ["adapter_config.json"]) == ()
    assert not any(word in name for name in tensors for word in ("lm_head", "embed", "wte"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"peft_type": "LOHA"}, "peft_type: LOHA"),
        ({"r": 128}, "rank is 128"),
        ({"bias": "all"}, "bias: all"),
        ({"use_dora": True}, "use_dora: True"),
        ({"use_rslora": True}, "use_rslora: True"),
        ({"init_lora_weights": "pissa"}, "init_lora_weights: pissa"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
        ({"target_modules": ".*attn"}, "no list of layers"),
        ({"target_modules": ["c_attn"]}, "of no target layer"),
        ({"revision": None}, "its base's commit"),
        ({"r": 8}, "is not of rank 8"),
    ],
)
def test_an_adapter_that_servers_refuse_is_told_why(
    changes: dict[str, Any], said: str, adapters: dict[str, Path]
) -> None:
    config, tensors = read(adapters["gpt2"])
    assert any(said in flaw for flaw in unservable(config | changes, tensors, []))


def test_strange_tensors_and_files_are_told(adapters: dict[str, Path]) -> None:
    config, tensors = read(adapters["gpt2"])
    half = next(iter(tensors))
    more = tensors | {"base_model.model.lm_head.weight": (64, 64)}
    assert "base_model.model.lm_head.weight is no LoRA weight." in unservable(config, more, [])
    fewer = {name: shape for name, shape in tensors.items() if name != half}
    assert any("one half" in flaw for flaw in unservable(config, fewer, []))
    assert unservable(config, {}, [])[-1] == "It holds no weights."
    assert unservable(config, tensors, ["config.json"]) == ("config.json lies beside adapter_config.json.",)
