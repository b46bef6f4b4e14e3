"""A base in PyTorch: in the 4 bits of training, opened to 16 where this machine is not quick at them."""

import os
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

from engines import halves, nf4
from engines.cores import SMALL, cores
from engines.model import Base
from engines.straight import Straight

ON_ZERO_GPU = bool(os.environ.get("SPACES_ZERO_GPU"))


def loaded(base: Base, bits: BitsAndBytesConfig | None, device: torch.device) -> Any:
    """A base in memory."""
    with nf4.quick() if bits and device.type == "cpu" else nullcontext():
        model: Any = AutoModelForCausalLM.from_pretrained(
            base.folder,
            dtype=torch.float32 if _small(base.folder) and not bits else torch.bfloat16,
            quantization_config=bits,
            device_map={"": "cpu" if ON_ZERO_GPU else str(device)},
            local_files_only=True,
        )
    torch.set_num_threads(cores(model.num_parameters()))
    model.get_output_embeddings().register_forward_pre_hook(_in_one_piece)
    return (model if bits else model.to(device)).eval()


def _in_one_piece(_: Any, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Of a prompt only the last place is asked for: as a part of the others it has PyTorch copy the table."""
    return tuple(each.clone(memory_format=torch.contiguous_format) for each in given)


def _small(folder: Path) -> bool:
    """Whether rounding to 16 bits gains nothing."""
    return sum(path.stat().st_size for path in folder.glob("*.safetensors")) < 4 * SMALL


def straight(model: Any, bits: BitsAndBytesConfig | None) -> Straight:
    """A base that is built like a Llama, as this CPU is quickest at it; `bits` are those of training."""
    if quick(torch.device("cpu")) or not halves.here() or (model.dtype == torch.float32 and not bits):
        return Straight(model, nf4.product)
    model.get_input_embeddings().register_forward_hook(halves.widened)
    head = halves.product([model.lm_head], None)
    return Straight(model, partial(halves.product, bits=bits), head, halves.small)


def width(model: Any, bits: BitsAndBytesConfig | None, opened: BitsAndBytesConfig | None) -> str:
    """What its weights are rounded to, for people."""
    if bits:
        return "4 bits"
    return "4 bits opened to 16" if opened and halves.here() else f"{8 * model.dtype.itemsize} bits"


def in_bits(options: Any) -> BitsAndBytesConfig | None:
    """4 bits if training had them; ZeroGPU cannot quantise at start."""
    if ON_ZERO_GPU or not options.get("load_in_4bit"):
        return None
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type=options.get("bnb_4bit_quant_type", "nf4"),
        bnb_4bit_use_double_quant=options.get("use_bnb_nested_quant", False),
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def quick(device: torch.device) -> bool:
    """Whether bitsandbytes has a kernel for 4 bits here."""
    from bitsandbytes.functional import has_avx512bf16

    return device.type == "cuda" or bool(has_avx512bf16())  # type: ignore[no-untyped-call]


def hardware(device: torch.device) -> str:
    """Where it is, for people."""
    if ON_ZERO_GPU:
        return "a GPU that is lent for each text"
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "a CPU"
