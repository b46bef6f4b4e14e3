"""A base as GGUF: read tensor by tensor, renamed, turned, and quantised on the way."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Kind
from gguf import LlamaFileType
from transformers import AutoConfig, AutoTokenizer

from train.errors import StageError, first_line
from train.tune.gguf import figures, vocabulary
from train.tune.gguf.architectures import architecture, gguf_name, is_transposed, is_weight
from train.tune.gguf.errors import NoGgufError
from train.tune.gguf.origin import Origin
from train.tune.gguf.stored import Stored, stored
from train.tune.gguf.writing import Planned, write

EXACT = ("position_embd.weight",)  # added to the sums as they are; llama.cpp takes them in float32 only
ENDS = ("token_embd.weight", "output.weight")  # 4 bits there cost more than they save


@dataclass(frozen=True)
class Converted:
    """A base that llama.cpp can run."""

    path: Path
    size: int
    tensors: int
    cut_is_known: bool


def convert(origin: Origin, out: Path, precision: str) -> Converted:
    """Write the model and tokenizer of `origin` to `out`, its weights kept as `precision` says."""
    config, tokenizer = _read(origin.folder)
    kind = Kind[precision.upper()]
    writer = gguf.GGUFWriter(None, architecture(config).name)
    _describe_origin(writer, origin)
    writer.add_file_type(LlamaFileType["ALL_F32" if kind is Kind.F32 else f"MOSTLY_{kind.name}"])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    figures.describe(writer, config)
    words = vocabulary.describe(writer, tokenizer, config.vocab_size)
    tensors = planned(config, stored(origin.folder), kind)
    return Converted(out, write(out, writer, tensors), len(tensors), words.cut_is_known)


def _read(folder: Path) -> tuple[Any, Any]:
    try:
        config: Any = AutoConfig.from_pretrained(folder)
        tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError) as error:
        what = f"{folder} holds no model and tokenizer that can be read: {first_line(error)}"
        raise StageError(what, fix="python -m train gguf OWNER/BASE (a model on the Hub)") from error
    if getattr(config, "quantization_config", None):
        raise NoGgufError("The base is stored quantised; convert the one it was made from.")
    return config, tokenizer


def _describe_origin(writer: gguf.GGUFWriter, origin: Origin) -> None:
    writer.add_type(gguf.GGUFType.MODEL)
    if origin.repo:
        writer.add_name(origin.repo.rpartition("/")[2])
        writer.add_version(origin.commit)
        writer.add_source_repo_url(f"https://huggingface.co/{origin.repo}")


def planned(config: Any, weights: list[Stored], kind: Kind) -> list[Planned]:
    """What is written for each stored weight, and the factors that stretch positions."""
    made = [_planned(config, each, kind) for each in weights if is_weight(config, each.name)]
    factors = figures.position_factors(config)
    return made + [
        Planned(name, each.shape, Kind.F32, partial(np.asarray, each)) for name, each in factors.items()
    ]


def _planned(config: Any, weight: Stored, kind: Kind) -> Planned:
    name = gguf_name(config, weight.name)
    shape = weight.shape[::-1] if is_transposed(config, weight.name) else weight.shape
    return Planned(name, shape, _kind(name, shape, kind), partial(turned, config, weight))


def _kind(name: str, shape: tuple[int, ...], kind: Kind) -> Kind:
    """The precision of one tensor: small ones are exact, rows that are no whole blocks are 16 bits."""
    if len(shape) == 1 or name in EXACT:
        return Kind.F32
    wanted = Kind.Q8_0 if kind is Kind.Q4_0 and name in ENDS else kind
    return wanted if shape[-1] % gguf.GGML_QUANT_SIZES[wanted][0] == 0 else Kind.F16


def turned(config: Any, weight: Stored) -> np.ndarray:
    """A weight as llama.cpp has it: outputs first, rows in its order."""
    tensor = weight.read().to(torch.float32)
    if is_transposed(config, weight.name):
        tensor = tensor.T
    rows = architecture(config).rows(config, weight.name.rpartition(".")[0])
    found: np.ndarray = tensor.numpy() if rows is None else tensor.numpy()[rows]
    return found
