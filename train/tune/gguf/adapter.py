"""`adapter.gguf`: the same LoRA once more, for llama.cpp, over a base that was converted likewise."""

import math
import re
from functools import partial
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Kind
from peft import LoraConfig
from peft.utils.other import get_pattern_key
from safetensors.torch import load_file

from train.tune.gguf.architectures import architecture, gguf_name
from train.tune.gguf.errors import NoGgufError
from train.tune.gguf.writing import Planned, write

NAME = "adapter.gguf"
_REPO = re.compile(r"[\w.-]+(/[\w.-]+)?")
_LORA = re.compile(r"base_model\.model\.(?P<module>.+)\.lora_(?P<side>[AB])\.weight")


def write_adapter(folder: Path, config: Any) -> str:
    """Write `adapter.gguf` beside the adapter of a base with this `config`; if not, the reason."""
    try:
        _write_adapter(folder, config)
    except NoGgufError as error:
        return str(error)
    return ""


def _write_adapter(folder: Path, config: Any) -> None:
    lora: Any = LoraConfig.from_pretrained(str(folder))
    if lora.use_dora:
        raise NoGgufError("llama.cpp has no DoRA.")
    pairs = _pairs(load_file(folder / "adapter_model.safetensors"))
    writer = gguf.GGUFWriter(None, architecture(config).name)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(lora.lora_alpha))
    _describe_base(writer, lora)
    tensors = [each for module, pair in pairs.items() for each in _planned(config, lora, module, pair)]
    write(folder / NAME, writer, tensors)


def _describe_base(writer: gguf.GGUFWriter, lora: Any) -> None:
    if not _REPO.fullmatch(lora.base_model_name_or_path or ""):
        return  # a folder of this machine
    writer.add_base_model_count(1)
    writer.add_base_model_name(0, lora.base_model_name_or_path.rpartition("/")[2])
    writer.add_base_model_version(0, lora.revision or "")
    writer.add_base_model_repo_url(0, f"https://huggingface.co/{lora.base_model_name_or_path}")


def _pairs(tensors: dict[str, torch.Tensor]) -> dict[str, dict[str, torch.Tensor]]:
    """Each adapted module with its A and B."""
    pairs: dict[str, dict[str, torch.Tensor]] = {}
    for name, tensor in sorted(tensors.items()):
        found = _LORA.fullmatch(name)
        if found is None or tensor.ndim != 2:
            raise NoGgufError(f"llama.cpp has no place for {name} in an adapter.")
        pairs.setdefault(found["module"], {})[found["side"]] = tensor
    return pairs


def _planned(config: Any, lora: Any, module: str, pair: dict[str, torch.Tensor]) -> list[Planned]:
    """A as it is; B with its rows in llama.cpp's order, and what the one alpha does not say."""
    name = gguf_name(config, f"{module}.weight")
    if name == "token_embd.weight" or (name == "output.weight" and config.tie_word_embeddings):
        raise NoGgufError(f"llama.cpp has no place for an adapter of {module}.")
    rows = architecture(config).rows(config, module)
    turned = pair["B"] if rows is None else pair["B"][torch.from_numpy(rows)]
    scaled = turned.to(torch.float32) * (
        _scale(lora, module, rank := len(pair["A"])) * rank / lora.lora_alpha
    )
    return [_tensor(f"{name}.lora_a", pair["A"]), _tensor(f"{name}.lora_b", scaled)]


def _scale(lora: Any, module: str, rank: int) -> float:
    """What PEFT multiplies this module's product with."""
    alpha = lora.alpha_pattern.get(get_pattern_key(lora.alpha_pattern, module), lora.lora_alpha)
    return float(alpha / math.sqrt(rank) if lora.use_rslora else alpha / rank)


def _tensor(name: str, tensor: torch.Tensor) -> Planned:
    """In float32 whatever it was: with 16-bit weights llama.cpp would round what goes through them, too."""
    data: np.ndarray = tensor.to(torch.float32).numpy()
    return Planned(name, data.shape, Kind.F32, partial(np.asarray, data))
