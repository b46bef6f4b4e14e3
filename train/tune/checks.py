"""What a base must be before training starts, said in words that need no traceback."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

LENGTH = 1024  # TRL's own max_length
BLOCK = 64  # numbers that one scale of a 4-bit weight stands for
CAUSAL = ("ForCausalLM", "LMHeadModel")
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json", "vocab.json", "vocab.txt")
SEEN = ("max_position_embeddings", "n_positions")


def local(base: str) -> str:
    """Why a base that is a folder, or cannot be a repository, is refused; nothing if it may be one."""
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", base) or base[0] == "." or Path(base).exists():
        return (
            f"The base {base} is a path. A released adapter names its base by its repository on the Hub: "
            "with a path its card is not valid, and nobody else has that folder."
        )
    return ""


def unfit(base: str, config: Mapping[str, Any], files: Collection[str]) -> str:
    """Why a base's configuration and files make it no base for a writer; nothing if it is one."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    kind = str(config.get("model_type", ""))
    own_code = "auto_map" in config and kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    named = [str(each) for each in config.get("architectures") or ()]
    flaws = {
        "is an adapter or another format, no base: it has no config.json.": not config,
        "needs code of its own (auto_map), which everyone who loads the adapter would have to run.": own_code,
        "reads pictures or sound as well; a writer's base reads text alone.": any(
            f"{sense}_config" in config for sense in ("vision", "audio", "text")
        ),
        f"({kind}) encodes text and does not go on writing it.": bool(config.get("is_encoder_decoder"))
        or kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
        or (bool(named) and not any(each.endswith(CAUSAL) for each in named)),
        "is quantised already; name the base it was made from.": "quantization_config" in config,
        "has no weights that transformers reads (safetensors, or pytorch_model.bin).": not (
            _weights(files, ".safetensors") or _weights(files, ".bin")
        ),
        "has no tokenizer.": not any(each in TOKENIZERS for each in files),
    }
    return next((f"The base {base} {flaw}" for flaw, found in flaws.items() if found), "")


def pickled(files: Collection[str]) -> bool:
    """Whether the only weights are pickles; PyTorch then reads the tensors in them, and runs nothing."""
    return not _weights(files, ".safetensors") and _weights(files, ".bin")


def _weights(files: Collection[str], ending: str) -> bool:
    return any(re.fullmatch(rf"(model|pytorch_model)[\w.-]*\{ending}", each) for each in files)


def too_long(base: str, config: Mapping[str, Any], length: int) -> str:
    """Why a base cannot look at so many tokens; nothing if it can."""
    most = reads(config) or length
    return f"The base {base} reads {most} tokens; max_length asks for {length}." if length > most else ""


def reads(config: Mapping[str, Any]) -> int:
    """How many tokens a base can look at; 0 if its configuration sets no bound."""
    return next((int(config[name]) for name in SEEN if config.get(name)), 0)


def odd_widths(config: Any) -> tuple[str, ...]:
    """Layers with widths for which the 4-bit kernels of a CPU fail, or compute wrongly without a word."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
    head = model.get_output_embeddings()
    return tuple(sorted(name for name, layer in _matrices(model) if layer is not head and _is_odd(layer)))


def _matrices(model: Any) -> Iterator[tuple[str, Any]]:
    return (
        (name, layer) for name, layer in model.named_modules() if type(layer).__name__ in ("Linear", "Conv1D")
    )


def _is_odd(layer: Any) -> bool:
    return any(width % BLOCK for width in layer.weight.shape)
