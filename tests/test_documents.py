"""Packed texts, each attended by itself: the loss is the one that a mask gives, and that of each alone."""

from pathlib import Path
from typing import Any

import pytest

from tests import stopped, toy
from train.sections import Option

SMALL: dict[str, Any] = {
    "vocab_size": 320,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "pad_token_id": 0,
}
PLAIN: dict[str, Option] = {"load_in_4bit": False, "use_bnb_nested_quant": False, "lora_dropout": 0.0}


def model_of(kind: str) -> Any:
    """A model of this architecture with random weights, large enough ones that every token matters."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    still = {"attn_pdrop": 0.0, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "sliding_window": None}
    config = AutoConfig.for_model(kind, **(SMALL | still))
    model = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
    for weight in model.parameters():
        weight.data.mul_(4)
    return model.train()


@pytest.mark.parametrize("kind", ["gpt2", "gpt_neox", "llama", "mistral", "phi3", "qwen2", "qwen3"])
def test_texts_in_one_row_are_the_texts_alone(kind: str) -> None:
    import torch

    from train.tune.documents import DOCUMENTS, PLAIN, apart

    assert kind in PLAIN
    model = model_of(kind)
    texts = [torch.randint(6, 300, (1, length)) for length in (30, 7, 1, 50)]
    starts = torch.tensor([0, 30, 37, 38, 88], dtype=torch.int32)
    where = torch.cat([torch.arange(text.shape[1]) for text in texts])[None]
    packed = {"input_ids": torch.cat(texts, 1), "position_ids": where, "use_cache": False}
    told = {"cu_seq_lens_q": starts, "cu_seq_lens_k": starts, "max_length_q": 50, "max_length_k": 50}
    alone = torch.cat([model(text, use_cache=False).logits for text in texts], 1)
    masked = model(**packed).logits
    masked.sum().backward()
    gradients = [each.grad.clone() for each in model.parameters() if each.grad is not None]
    model.zero_grad()
    separate = apart(model, {"packing": True}, 128)
    assert separate.config._attn_implementation == DOCUMENTS
    found = separate(**packed, **told).logits
    found.sum().backward()
    again = [each.grad for each in model.parameters() if each.grad is not None]
    assert torch.allclose(found, masked, atol=1e-4)
    assert torch.allclose(found, alone, atol=1e-4)
    for each, other in zip(gradients, again, strict=True):
        assert torch.allclose(each, other, rtol=1e-3, atol=1e-5 * float(each.abs().max()))
    mixed = separate(packed["input_ids"], use_cache=False).logits
    assert not torch.allclose(mixed, found, atol=1e-2), "if they did see each other, this test would notice"


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        pytest.param({"packing": True, "attn_implementation": "sdpa"}, {}, id="the recipe names another"),
        pytest.param({"packing": False}, {}, id="nothing is packed"),
        pytest.param({"packing": True}, {"sliding_window": 64}, id="a token sees less than its text"),
        pytest.param({"packing": True}, {"model_type": "gemma2"}, id="an architecture that was not tried"),
    ],
)
def test_other_bases_keep_the_attention_they_came_with(
    options: dict[str, Option], changed: dict[str, Any]
) -> None:
    from train.tune.documents import apart

    model = model_of("llama")
    for name, value in changed.items():
        setattr(type(model.config) if name == "model_type" else model.config, name, value)
    try:
        assert apart(model, options, 128).config._attn_implementation == "sdpa"
    finally:
        type(model.config).model_type = "llama"


def losses(base: Path, folder: Path, **options: Option) -> list[float]:
    from train.tune.trainer import prepared

    short: dict[str, Option] = {"max_steps": 4, "save_strategy": "no", "logging_steps": 1}
    recipe = stopped.recipe(base, **(PLAIN | short | {"packing": True} | options))
    rows = [stopped.row("train", place) for place in range(12)]
    trainer = prepared(recipe, stopped.COMMIT, rows, folder)
    trainer.train()
    return [each["loss"] for each in trainer.state.log_history if "loss" in each]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    toy.base(folder)
    return folder


@pytest.mark.parametrize(
    "off",
    [
        pytest.param({"attn_implementation": "sdpa"}, id="texts attended one by one"),
        pytest.param({"activation_checkpointing": True}, id="activations that are kept"),
        pytest.param({"optim": "adamw_torch"}, id="the optimizer's steps in one kernel"),
    ],
)
def test_what_makes_training_faster_changes_no_loss(
    base: Path, tmp_path: Path, off: dict[str, Option]
) -> None:
    fast = losses(base, tmp_path)
    assert losses(base, tmp_path, **off) == pytest.approx(fast, abs=2e-4)
    assert len(set(fast)) > 1
