"""How many texts are written at once: as many as there is memory for their keys and values."""

from typing import Any

import torch

MOST = 64  # more gain little, and a killed run would lose more
ELSEWHERE = 2 * 2**30  # bytes, where there is no GPU whose memory can be asked for
SHARE = 0.6  # of what the weights leave free on a GPU; the logits and everything else need room too


def at_once(model: Any, tokens: int) -> int:
    """The number of texts of so many tokens, prompt included; the same one on the same machine."""
    return max(1, min(MOST, int(_room(model) // (bytes_a_token(model) * max(tokens, 1)))))


def bytes_a_token(model: Any) -> int:
    """What one token's keys and values take in all layers."""
    config = model.config.get_text_config(decoder=True)
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * width * model.dtype.itemsize)


def _room(model: Any) -> float:
    if model.device.type != "cuda":
        return ELSEWHERE
    whole = float(torch.cuda.get_device_properties(model.device).total_memory)
    return SHARE * (whole - float(model.get_memory_footprint()))
