"""An architecture's figures, as llama.cpp reads them from a GGUF file's head."""

import math
from typing import Any

import gguf
import numpy as np

from train.tune.gguf.architectures import head_width, rope_type


def describe(writer: gguf.GGUFWriter, config: Any) -> None:
    """Write the sizes, epsilons and positions of the model that `config` describes."""
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(_inner(config))
    writer.add_head_count(config.num_attention_heads)
    writer.add_vocab_size(config.vocab_size)
    if hasattr(config, "num_key_value_heads"):
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    else:
        writer.add_layer_norm_eps(getattr(config, "layer_norm_eps", None) or config.layer_norm_epsilon)
    if getattr(config, "head_dim", None):
        writer.add_key_length(config.head_dim)
        writer.add_value_length(config.head_dim)
    if config.model_type == "gpt_neox":
        writer.add_parallel_residual(config.use_parallel_residual)
    if config.model_type == "phi3":
        writer.add_sliding_window(config.sliding_window or 0)
    if getattr(config, "rope_parameters", None):
        _describe_positions(writer, config)


def _inner(config: Any) -> int:
    found = getattr(config, "intermediate_size", None) or getattr(config, "n_inner", None)
    return int(found or 4 * config.hidden_size)


def _describe_positions(writer: gguf.GGUFWriter, config: Any) -> None:
    rope = config.rope_parameters
    turned = int(head_width(config) * rope.get("partial_rotary_factor", 1.0))
    writer.add_rope_dimension_count(turned)
    writer.add_rope_freq_base(rope["rope_theta"])
    if rope_type(config) == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    if rope_type(config) == "longrope":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LONGROPE)
        writer.add_rope_scaling_orig_ctx_len(_original(config))
        writer.add_rope_scaling_attn_factors(_attention_factor(config))


def _original(config: Any) -> int:
    found = config.rope_parameters.get("original_max_position_embeddings")
    return int(found or config.original_max_position_embeddings)


def _attention_factor(config: Any) -> float:
    stretch = config.max_position_embeddings / _original(config)
    given = config.rope_parameters.get("attention_factor")
    return float(given or math.sqrt(1 + math.log(max(stretch, 1.0)) / math.log(_original(config))))


def position_factors(config: Any) -> dict[str, np.ndarray]:
    """The tensors that some models stretch their positions with, by llama.cpp's names."""
    kind, rope = rope_type(config), getattr(config, "rope_parameters", None) or {}
    if kind == "llama3":
        return {"rope_freqs.weight": _llama3(rope, head_width(config))}
    if kind == "longrope":
        return {
            f"rope_factors_{span}.weight": np.array(rope[f"{span}_factor"], np.float32)
            for span in ("long", "short")
        }
    return {}


def _llama3(rope: dict[str, Any], width: int) -> np.ndarray:
    """By how much each frequency is slowed: the fast ones not at all, the slow ones by the whole factor."""
    turns = rope["rope_theta"] ** -(np.arange(0, width, 2, dtype=np.float64) / width)
    waves = rope["original_max_position_embeddings"] * turns / (2 * math.pi)  # within the first context
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    kept = np.clip((waves - low) / (high - low), 0.0, 1.0)
    return np.asarray(1 / (kept + (1 - kept) / rope["factor"]), np.float32)
