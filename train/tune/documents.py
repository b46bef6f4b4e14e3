"""Attention for texts that are packed into one row: each text by itself, so that no pair of two is computed.

With a mask, packed texts do not see each other either, but all pairs of tokens are computed and then
dropped: of ten texts in a row, nine tenths. `attn_implementation: sdpa` in a recipe goes back to it.
"""

import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

import torch
from torch.nn.attention.varlen import varlen_attn
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from train.sections import Option

DOCUMENTS = "documents"
PLAIN = ("gpt2", "gpt_neox", "llama", "mistral", "phi3", "qwen2", "qwen3")  # a test packs texts on each
LOCAL = ("sliding_window", "attention_chunk_size")  # what a token sees of a long text is more than causal
HALVES = (torch.bfloat16, torch.float16)


def apart(model: Any, options: Mapping[str, Option], length: int | None) -> Any:
    """The same model; texts packed into rows of this length are attended one by one where that is sound."""
    config, wanted = model.config, options.get("packing") and not options.get("attn_implementation")
    short = all((getattr(config, name, None) or sys.maxsize) >= (length or sys.maxsize) for name in LOCAL)
    if wanted and config.model_type in PLAIN and short and _computes(model.device.type):
        AttentionInterface.register(DOCUMENTS, attend)
        AttentionMaskInterface.register(DOCUMENTS, mask)
        model.set_attn_implementation(DOCUMENTS)
    return model


def mask(attention_mask: torch.Tensor | None = None, **named: Any) -> torch.Tensor | None:
    """A mask where rows are padded; packed ones are told apart by where their texts begin."""
    return None if attention_mask is None else sdpa_mask(attention_mask=attention_mask, **named)


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    cu_seq_lens_q: torch.Tensor | None = None,
    max_length_q: int | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """What every token sees of its own text: in one kernel on a GPU, a text at a time elsewhere."""
    if cu_seq_lens_q is None or max_length_q is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, dropout, scaling, **others)
    if query.is_cuda and query.dtype in HALVES and not dropout:
        return _at_once(query, key, value, cu_seq_lens_q, max_length_q, scaling), None
    lengths = cu_seq_lens_q.diff().tolist()
    parts = (torch.split(each, lengths, dim=2) for each in (query, key, value))
    shared = query.shape[1] != key.shape[1]
    seen = [
        scaled_dot_product_attention(
            q, k, v, dropout_p=dropout, is_causal=True, scale=scaling, enable_gqa=shared
        )
        for q, k, v in zip(*parts, strict=True)
    ]
    return torch.cat(seen, dim=2).transpose(1, 2).contiguous(), None


def _at_once(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    starts: torch.Tensor,
    longest: int,
    scaling: float | None,
) -> torch.Tensor:
    """The kernel that PyTorch brings along, over all texts of a row."""
    q, k, v = (each[0].transpose(0, 1).contiguous() for each in (query, key, value))
    seen: Any = varlen_attn(
        q,
        k,
        v,
        starts,
        starts,
        longest,
        longest,
        scale=scaling,
        window_size=(-1, 0),
        enable_gqa=query.shape[1] != key.shape[1],
    )
    return seen[None]  # type: ignore[no-any-return]


@cache
def _computes(kind: str) -> bool:
    """Whether this device has what `attend` needs; on a GPU, its kernel is compared with the plain way."""
    if kind != "cuda":
        return kind == "cpu"
    query, key, value = torch.randn(3, 1, 2, 12, 64, device="cuda", dtype=torch.bfloat16)
    starts = torch.tensor([0, 5, 12], device="cuda", dtype=torch.int32)
    try:
        once = _at_once(query, key, value, starts, 7, None)
    except (RuntimeError, NotImplementedError):  # an older GPU
        return False
    q, k, v = (each.float() for each in (query, key, value))
    single, _ = attend(torch.nn.Module(), q, k, v, None, cu_seq_lens_q=starts, max_length_q=7)
    return torch.allclose(once.float(), single, atol=0.03)
