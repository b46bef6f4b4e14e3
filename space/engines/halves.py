"""Layers on processors without instructions for bfloat16: 16 bits a weight, multiplied by PyTorch's FBGEMM.

bitsandbytes has no kernel for 4 bits there, and would open all weights for every token. So they are opened
once, to the values that training saw. FBGEMM reads them as float16 and sums in float32.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import Linear, Parameter
from transformers import BitsAndBytesConfig

from engines import nf4
from engines.straight import Multiply

FEW = 8  # rows that PyTorch's product is always given at least, so that it sums in one order
TOGETHER, LEAST = 6, 3  # rows that FBGEMM takes at once; fewer are summed in another order


def here() -> bool:
    """Whether this PyTorch was built with FBGEMM."""
    return "fbgemm" in torch.backends.quantized.supported_engines


def widened(_: Any, __: Any, words: Tensor) -> Tensor:
    """What is looked up in a table in 16 bits, as the layers above take it."""
    return words.float()


def product(layers: Sequence[Linear], bits: BitsAndBytesConfig | None) -> Multiply:
    """Several layers' products side by side; the layers let go of their weights, and call this as well."""
    heights = [layer.out_features for layer in layers]
    whole = np.concatenate([_values(layer.weight.data, bits) for layer in layers])
    call = packed(torch.from_numpy(whole), _bias(layers))
    for at, layer in enumerate(layers):
        layer.forward = _part(call, heights, at)  # type: ignore[method-assign, assignment]
        layer.weight = Parameter(torch.zeros(1).expand(layer.weight.shape), requires_grad=False)
    return call


def packed(weights: Tensor, bias: Tensor | None = None) -> Multiply:
    """The product with weights, and a row has the same one alone and beside others."""
    held = torch.ops.quantized.linear_prepack_fp16(weights.float(), bias)
    multiply = torch.ops.quantized.linear_dynamic_fp16.default

    def call(x: Tensor) -> Tensor:
        left = len(x) % TOGETHER
        result: Tensor = multiply(_filled(x, LEAST - left) if 0 < left < LEAST else x, held)
        return result[: len(x)]

    return call


def small(weights: Tensor) -> Multiply:
    """The product with few weights, for which FBGEMM wakes all cores; as steady from row to row."""
    turned = weights.t()

    def call(x: Tensor) -> Tensor:
        return torch.mm(_filled(x, FEW - len(x)) if len(x) < FEW else x, turned)[: len(x)]

    return call


def _filled(x: Tensor, more: int) -> Tensor:
    """The rows and some more, which nobody looks at."""
    return x.expand(more + 1, -1) if len(x) == 1 else torch.cat([x, x[:1].expand(more, -1)])


def _values(weights: Tensor, bits: BitsAndBytesConfig | None) -> nf4.Floats:
    return nf4.opened(weights, bits) if bits else weights.float().numpy()


def _bias(layers: Sequence[Linear]) -> Tensor | None:
    kept = [layer.bias for layer in layers]
    if all(bias is None for bias in kept):
        return None
    none = [torch.zeros(layer.out_features) for layer in layers]
    return torch.cat(
        [zeros if bias is None else bias for bias, zeros in zip(kept, none, strict=True)]
    ).float()


def _part(call: Multiply, heights: Sequence[int], at: int) -> Multiply:
    """One layer's part, for those who do not know of the others."""

    def forward(x: Tensor) -> Tensor:
        whole = call(x.flatten(0, -2).float()).split_with_sizes(heights, 1)[at]
        return whole.reshape(*x.shape[:-1], -1).to(x.dtype)

    return forward
