"""Which bases a writer can be made of, and what is told of the others before anything heavy is loaded."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import toy
from train import recipe as recipes
from train.errors import StageError
from train.sections import Option
from train.tune import checks
from train.tune.held import license_of, pinned

if TYPE_CHECKING:
    from tests.hub_fixtures import Client


pytest_plugins = ["tests.hub_fixtures"]

LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "max_position_embeddings": 512}
FILES = ["config.json", "model.safetensors", "tokenizer.json"]
BLOG = recipes.load("blog")


@pytest.mark.parametrize(
    ("config", "files"),
    [
        pytest.param(LLAMA, FILES, id="a causal model"),
        pytest.param(LLAMA, ["model-00001-of-00002.safetensors", "tokenizer.model"], id="weights in parts"),
        pytest.param(LLAMA, ["pytorch_model.bin", "vocab.json"], id="pickled weights alone"),
        pytest.param({"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}, FILES, id="an older name"),
        pytest.param(
            {"model_type": "phi3", "architectures": ["Phi3ForCausalLM"], "auto_map": {"AutoConfig": "x.Y"}},
            FILES,
            id="code of its own beside that of transformers",
        ),
    ],
)
def test_a_base_that_writes_text_is_taken(config: dict[str, Any], files: list[str]) -> None:
    assert checks.unfit("acme/base", config, files) == ""


@pytest.mark.parametrize(
    ("config", "files", "said"),
    [
        pytest.param({}, ["adapter_config.json"], "no config.json", id="an adapter"),
        pytest.param(
            {"model_type": "acme", "auto_map": {"AutoModelForCausalLM": "x.Y"}},
            FILES,
            "auto_map",
            id="its own code",
        ),
        pytest.param(
            {"model_type": "bert", "architectures": ["BertForMaskedLM"]}, FILES, "encodes", id="an encoder"
        ),
        pytest.param({"model_type": "t5", "is_encoder_decoder": True}, FILES, "encodes", id="two halves"),
        pytest.param(
            {"model_type": "llava", "vision_config": {}}, FILES, "pictures or sound", id="one that sees"
        ),
        pytest.param(LLAMA | {"quantization_config": {}}, FILES, "quantised already", id="in 4 bits"),
        pytest.param(LLAMA, ["config.json", "base-q4.gguf"], "no weights", id="weights of another tool"),
        pytest.param(LLAMA, ["config.json", "model.safetensors"], "no tokenizer", id="weights alone"),
    ],
)
def test_another_base_is_refused_with_the_reason(config: dict[str, Any], files: list[str], said: str) -> None:
    assert said in checks.unfit("acme/base", config, files)


@pytest.mark.parametrize(
    "base",
    ["/models/llama", "./llama", "../llama", "~/llama", "~nobody-here/llama", "a/b/c", "C:\\llama", ""],
)
def test_a_path_is_no_base(base: str) -> None:
    with pytest.raises(StageError, match=r"is a path\. .* its card is not valid, and nobody else"):
        pinned(replace(BLOG, tune=BLOG.tune | {"model_name_or_path": base}))


def test_a_folder_with_a_repositorys_name_is_no_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert checks.local("acme/base") == ""
    (tmp_path / "acme" / "base").mkdir(parents=True)
    assert "is a path" in checks.local("acme/base")


@pytest.mark.parametrize(("length", "refused"), [(512, False), (513, True)])
def test_a_length_that_the_base_cannot_read_is_refused(length: int, refused: bool) -> None:
    assert bool(checks.too_long("acme/base", LLAMA, length)) == refused
    assert checks.too_long("acme/base", {"model_type": "other"}, length) == ""


def test_odd_widths_are_refused_in_4_bits_on_a_cpu_and_loaded_otherwise(tmp_path: Path) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    from train.tune.model import load_base

    odd = LlamaConfig(
        vocab_size=64, hidden_size=64, intermediate_size=96, num_hidden_layers=1, num_attention_heads=2
    )
    LlamaForCausalLM(odd).save_pretrained(tmp_path)
    quantised: dict[str, Option] = {"load_in_4bit": True, "use_cpu": True}
    with pytest.raises(StageError, match="no multiple of 64") as caught:
        load_base(str(tmp_path), "main", quantised)
    assert caught.value.fix.startswith("--load_in_4bit false")
    assert load_base(str(tmp_path), "main", {"use_cpu": True}).num_parameters() > 0


def test_pickled_weights_are_loaded_as_tensors(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    from train.tune.model import load_base

    toy.base(tmp_path)
    model = AutoModelForCausalLM.from_pretrained(tmp_path)
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    (tmp_path / "model.safetensors").unlink()
    again = load_base(str(tmp_path), "main", {"use_cpu": True}).state_dict()
    assert all(torch.equal(each, again[name]) for name, each in model.state_dict().items())


def test_a_tokenizer_without_an_end_is_refused(tmp_path: Path) -> None:
    from train.tune.model import load_tokenizer

    words = toy.tokenizer()
    words.eos_token = None
    words.save_pretrained(tmp_path)
    with pytest.raises(StageError, match="has no end token"):
        load_tokenizer(tmp_path)


def put_base(folder: Path) -> str:
    from huggingface_hub import HfApi

    hub, name = HfApi(), "rehearsal/pickled-base"
    hub.create_repo(name)
    folder.joinpath("config.json").write_text(json.dumps(LLAMA), encoding="utf-8")
    folder.joinpath("pytorch_model.bin").write_bytes(b"weights")
    folder.joinpath("tokenizer.json").write_text("{}", encoding="utf-8")
    folder.joinpath("README.md").write_text("---\nlicense: apache-2.0\n---\n# Base\n", encoding="utf-8")
    commit = hub.upload_folder(repo_id=name, folder_path=str(folder)).oid
    recipe = replace(BLOG, tune={"model_name_or_path": name, "max_length": 512})
    assert pinned(recipe) == commit
    with pytest.raises(StageError, match="reads 512 tokens; max_length asks for 1024"):
        pinned(replace(recipe, tune={"model_name_or_path": name}))
    return license_of(name, commit)


@pytest.mark.slow
def test_a_bases_commit_and_licence_come_from_the_hub(client: Client, tmp_path: Path) -> None:
    assert client.run(put_base, tmp_path) == "apache-2.0"


@pytest.mark.parametrize("in_4_bits", [True, False], ids=["over 4 bits", "over the base as it is"])
def test_an_adapter_over_gpt_2_loads_over_the_base_as_it_is_without_a_warning(
    in_4_bits: bool, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    from peft import PeftModel, get_peft_model
    from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

    from train.tune.model import load_base, lora_config

    base, adapter = tmp_path / "base", tmp_path / "adapter"
    GPT2LMHeadModel(GPT2Config(vocab_size=64, n_embd=64, n_layer=1, n_head=2)).save_pretrained(base)
    options: dict[str, Option] = {"load_in_4bit": in_4_bits, "lora_target_modules": "all-linear"}
    loaded = load_base(str(base), "main", options)
    model = get_peft_model(loaded, lora_config(options, loaded))
    model.save_pretrained(str(adapter), save_embedding_layers=False)
    PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), str(adapter))
    assert not [each for each in recwarn if "fan_in_fan_out" in str(each.message)]


def test_without_a_network_a_base_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx2

    from train.tune.gguf.origin import origin

    def no_route(*given: Any, **named: Any) -> Any:
        raise httpx2.ConnectError("Name or service not known")

    monkeypatch.setattr("huggingface_hub.HfApi.model_info", no_route)
    for ask in (lambda: pinned(BLOG), lambda: origin("acme/base", None)):
        with pytest.raises(StageError, match=r"cannot be reached: Name or service not known"):
            ask()
