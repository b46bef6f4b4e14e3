"""Bases with random weights and adapters on them, as transformers and PEFT save them, and as GGUF."""

from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests import toy

IDS = [7, 41, 300, 12, 99, 250, 18, 5, 77, 123, 64, 9, 201, 33, 146, 288]
LLAMA = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "initializer_range": 0.2,
    "tie_word_embeddings": True,
    "pad_token_id": 0,
}
GPT2 = {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 64, "initializer_range": 0.2}
SLOWED = {
    "rope_type": "llama3",
    "rope_theta": 10000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}
LONG = {
    "rope_type": "longrope",
    "rope_theta": 10000.0,
    "original_max_position_embeddings": 32,
    "short_factor": [1.0 + place / 10 for place in range(8)],
    "long_factor": [2.0 + place for place in range(8)],
}
NEOX = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "initializer_range": 0.2,
    "hidden_act": "gelu_new",
}


@dataclass(frozen=True)
class Toy:
    """A base with random weights and an adapter whose B is not zero, as transformers and PEFT save them."""

    folder: Path
    model: Any  # a PeftModel

    @property
    def base(self) -> Path:
        return self.folder / "base"

    @property
    def adapter(self) -> Path:
        return self.folder / "adapter"

    @cached_property
    def config(self) -> Any:
        from transformers import AutoConfig

        return AutoConfig.from_pretrained(self.base)

    def converted(self, precision: str = "f32") -> Path:
        from train.tune.gguf.base import convert
        from train.tune.gguf.origin import Origin

        return convert(Origin(self.base), self.folder / f"base-{precision}.gguf", precision).path

    def logits(self, wearing: bool) -> Any:
        import torch

        with torch.no_grad(), nullcontext() if wearing else self.model.disable_adapter():
            return self.model(torch.tensor([IDS])).logits[0].numpy()


def make(folder: Path, kind: str, settings: dict[str, Any], **lora: Any) -> Toy:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    words = toy.tokenizer(folder / "base")
    ends = {"bos_token_id": words.bos_token_id, "eos_token_id": words.eos_token_id}
    config = AutoConfig.for_model(kind, vocab_size=len(words) + 3, **ends, **settings)  # padded, as many are
    model: Any = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
    model.save_pretrained(folder / "base")
    asked: dict[str, Any] = {"r": 4, "lora_alpha": 8, "target_modules": "all-linear"} | lora
    wearing: Any = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **asked)).eval()
    for name, weight in wearing.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(weight, std=0.2)
    wearing.save_pretrained(folder / "adapter")
    return Toy(folder, wearing)
