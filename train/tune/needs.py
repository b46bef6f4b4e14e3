"""The memory that a training takes: a model of the base's shape, without weights, is walked through."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import torch
from peft import get_peft_model
from transformers import AttentionInterface, AutoModelForCausalLM
from transformers.pytorch_utils import Conv1D

from train.sections import Option
from train.tune.checks import BLOCK
from train.tune.model import lora_config
from train.tune.plan import GB, Needs

TILE = (4096, 32768)  # TRL takes the loss of so many tokens over so many words at once
COPIES = 6  # of a tile, in 32 bits, where no kernel folds them into one
RUNTIME = {"cpu": 0.8 * GB, "cuda": 0.6 * GB}  # Python, PyTorch, TRL; a GPU's own context
SKETCHED = "sketched"


def needs(config: Any, options: Mapping[str, Any], lora: Mapping[str, Any], device: str) -> Needs:
    """What a training with these of TRL's options takes on a device of this kind."""
    tokens = options["per_device_train_batch_size"] * options["max_length"]
    kind = _kind(lora)
    model = _sketched(config, kind, lora)
    learned = int(model.num_parameters(only_trainable=True))
    layers = int(config.num_hidden_layers)
    whole = _kept(model, tokens)
    layer = 2 * whole / layers  # its gradients come beside it
    inputs = tokens * layers * config.hidden_size * kind.itemsize  # what the layers are computed from again
    each = 2 if lora.get("load_in_4bit") else 4  # TRL learns in 16 bits over a quantised base
    return Needs(
        weights=_multiplied(model) - learned,
        learned=learned,
        base=_held(model, lora, kind.itemsize),
        adapter=4 * each * learned,  # weight, gradient, and two averages
        activations=(inputs if options["gradient_checkpointing"] else whole) + layer,
        whole=whole + layer,
        loss=_loss(config, tokens, device, kind.itemsize),
        runtime=RUNTIME[device],
    )


def _kind(lora: Mapping[str, Option]) -> torch.dtype:
    named = str(lora.get("dtype", "float32"))
    return torch.bfloat16 if named == "auto" else getattr(torch, named)


def _sketched(config: Any, kind: torch.dtype, lora: Mapping[str, Any]) -> Any:
    AttentionInterface.register(SKETCHED, _sketched_attention)
    config = deepcopy(config)
    config.pad_token_id = None  # or some models look for it among the ids, which have no values here
    causal: Any = AutoModelForCausalLM
    with torch.device("meta"):
        base = causal.from_config(config, dtype=kind, attn_implementation=SKETCHED)
        model: Any = get_peft_model(base, lora_config(lora, base), autocast_adapter_dtype=False)
    return model.to(kind).train()


def _sketched_attention(
    module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: Any, **others: Any
) -> tuple[torch.Tensor, None]:
    """What attention keeps for the way back: its three inputs and its output; no pairs of tokens."""
    return (query * key[:, :1] * value[:, :1]).transpose(1, 2), None


def _kept(model: Any, tokens: int) -> int:
    """The bytes that a pass over so many tokens keeps for the way back."""
    own = {each.untyped_storage()._cdata for each in model.parameters()}
    kept: dict[int, Any] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage()._cdata] = tensor.untyped_storage()
        return tensor

    ids = torch.zeros((1, tokens), dtype=torch.long, device="meta")
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model.get_base_model().base_model(input_ids=ids, use_cache=False)
    return sum(storage.nbytes() for number, storage in kept.items() if number not in own)


def _held(model: Any, lora: Mapping[str, Any], size: int) -> float:
    """The bytes of the base's weights, and of the largest matrix once more where it has to be unpacked."""
    frozen = sum(each.numel() for each in model.parameters() if not each.requires_grad)
    if not lora.get("load_in_4bit"):
        return float(frozen * size)
    head = model.get_output_embeddings()
    matrices: list[int] = [
        each.weight.numel()
        for each in model.modules()
        if isinstance(each, (torch.nn.Linear, Conv1D)) and each is not head and not each.weight.requires_grad
    ]
    scales = (1 + 4 / 256 if lora.get("use_bnb_nested_quant") else 4) / BLOCK
    packed = float(sum(matrices))
    unpacked = int(frozen) - packed + 2 * max(matrices)  # one of them at a time, and its turned copy
    return packed * (0.5 + scales) + unpacked * size


def _loss(config: Any, tokens: int, device: str, size: int) -> float:
    rows, words = min(tokens, TILE[0]), min(int(config.vocab_size), TILE[1])
    return rows * words * (4 * COPIES if device == "cpu" else size)


def _multiplied(model: Any) -> int:
    head, table = model.get_output_embeddings().weight, model.get_input_embeddings().weight
    return int(model.num_parameters(exclude_embeddings=True)) + (head.numel() if head is table else 0)
