"""The base model as training sees it: quantised, with the tokenizer that holds the prompt."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
from transformers.pytorch_utils import Conv1D
from trl import ModelConfig, get_peft_config

from train.client import transfers_shown
from train.errors import StageError, first_line
from train.sections import Option
from train.tune import checks, ranks
from train.tune.held import ANOTHER

SMALL = 20_000_000  # weights; with 1 million, two threads on two busy cores take ten times as long as one
# Or a base of pickled weights starts a thread that asks a service on the Hub to convert it.
os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")


def load_tokenizer(name: str | Path, revision: str | None = None) -> Any:
    """The tokenizer of a base at its commit, or of an adapter's folder; it can always end and pad."""
    tokenizer = AutoTokenizer.from_pretrained(str(name), revision=revision, trust_remote_code=False)
    if tokenizer.eos_token is None:
        what = f"The tokenizer of {name} has no end token: a text written with it would never end."
        raise StageError(what, fix=ANOTHER)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.init_kwargs["local_files_only"] = False  # or one loaded offline would say so to everybody
    return tokenizer


def load_base(base: str, revision: str, options: Mapping[str, Option]) -> Any:
    """The base at its pinned revision, quantised as TRL's options say."""
    dtype = options.get("dtype", "float32")  # TRL's own default
    on_gpu = torch.cuda.is_available() and not options.get("use_cpu")
    try:
        if options.get("load_in_4bit") and not on_gpu:
            _check_widths(base, revision)
        with transfers_shown():
            model = AutoModelForCausalLM.from_pretrained(
                base,
                revision=revision,
                dtype=dtype,
                attn_implementation=options.get("attn_implementation"),
                quantization_config=_quantised(options, dtype),
                device_map={"": PartialState().local_process_index} if on_gpu else None,
                trust_remote_code=False,
            )
    except (OSError, ValueError) as error:
        what = f"The base {base} cannot be loaded at {revision}: {first_line(error)}"
        raise StageError(what, fix="hf auth login, if its page asks for an agreement") from error
    if model.num_parameters() < SMALL:
        torch.set_num_threads(1)
    return model


def lora_config(options: Mapping[str, Any], base: Any) -> Any:
    """The adapter that TRL's options ask for over this base, as PEFT configures it."""
    config: Any = get_peft_config(ModelConfig(**({"use_peft": True} | dict(options))))
    kinds = {getattr(layer, "source_cls", type(layer)) for layer in base.modules()}  # also of 4-bit layers
    config.fan_in_fan_out = Conv1D in kinds  # or PEFT warns who loads the adapter over a GPT-2 as it is
    return config


def _check_widths(base: str, revision: str) -> None:
    config = AutoConfig.from_pretrained(base, revision=revision, trust_remote_code=False)
    if odd := checks.odd_widths(config):
        what = (
            f"The base {base} cannot be loaded in 4 bits on a CPU: {odd[0]} has a width that is no multiple "
            f"of {checks.BLOCK}, for which the kernels there fail or compute wrongly."
        )
        raise StageError(what, fix="--load_in_4bit false, or a GPU")


def _quantised(options: Mapping[str, Option], dtype: Option) -> BitsAndBytesConfig | None:
    if not options.get("load_in_4bit"):
        return None
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type=options.get("bnb_4bit_quant_type", "nf4"),
        bnb_4bit_use_double_quant=options.get("use_bnb_nested_quant", False),
        bnb_4bit_compute_dtype=dtype,
        bnb_4bit_quant_storage=options.get("bnb_4bit_quant_storage") or (dtype if ranks.sharded() else None),
    )
