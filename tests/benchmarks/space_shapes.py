"""A random base, its GGUF and two adapters: `python -m tests.benchmarks.space_shapes CONFIG FOLDER`."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from tests import toy
from train.tune.gguf.adapter import write_adapter
from train.tune.gguf.base import convert
from train.tune.gguf.origin import Origin


def main(shape: Mapping[str, Any], folder: Path) -> None:
    """Write everything an engine needs; the second adapter last."""
    base = folder / "base"
    words = toy.tokenizer(base)
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    config = LlamaConfig(**shape, eos_token_id=words.eos_token_id, bos_token_id=words.bos_token_id)
    model = LlamaForCausalLM(config)
    model.save_pretrained(base, max_shard_size="20GB")
    convert(Origin(base), folder / "base-q4_0.gguf", "q4_0")
    lora = LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", init_lora_weights=False)
    adapted = get_peft_model(model, lora)
    for name in ("v1", "v2"):
        adapted.save_pretrained(str(folder / name))
        write_adapter(folder / name, config)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), Path(sys.argv[2]))
