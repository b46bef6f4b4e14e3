"""Layers in 4 bits on a CPU: the sums of bitsandbytes and peft, without what surrounds them for training.

For one token, what peft and bitsandbytes ask and copy around a layer takes a third as long as the layer.
"""

from collections.abc import Callable
from typing import Any

import torch
from peft.tuners.lora.bnb import Linear4bit
from torch import Tensor

Forward = Callable[..., Tensor]


def lighten(peft: torch.nn.Module) -> None:
    """Let every adapted layer in 4 bits go the short way where it may."""
    for layer in peft.modules():
        if isinstance(layer, Linear4bit) and "forward" not in vars(layer):
            layer.forward = _short(layer, layer.forward)  # type: ignore[method-assign]


def _short(layer: Any, whole: Forward) -> Forward:
    weight, bias = layer.base_layer.weight, layer.base_layer.bias

    def forward(x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        state = weight.quant_state
        packed = getattr(state, "packing_format_for_cpu", False)  # from its first call on
        if args or kwargs or bias is not None or not packed or x.dtype != torch.bfloat16:
            return whole(x, *args, **kwargs)
        multiply = torch.ops.bitsandbytes.gemv_4bit.default
        result: Tensor = multiply(x, weight.data, state.shape, state.absmax, state.code, state.blocksize)
        for key in () if layer.disable_adapters else layer.active_adapters:
            if key in layer.lora_variant:
                return whole(x)
            if key in layer.lora_A:
                down, up = layer.lora_A[key].weight, layer.lora_B[key].weight
                change = torch.mm(torch.mm(x.flatten(0, -2).to(down.dtype), down.t()), up.t())
                result = result + change.mul_(layer.scaling[key]).to(result.dtype).view(result.shape)
        return result

    return forward
