"""What llama.cpp computes, written once more: logits from what lies in GGUF files, and from nothing else."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Gguf:
    """A file's head and its tensors, as plain numbers, outputs first."""

    head: dict[str, Any]
    tensors: dict[str, Array]
    kinds: dict[str, str]


def read(path: Path) -> Gguf:
    file = gguf.GGUFReader(path)
    tensors = {
        each.name: gguf.dequantize(each.data, each.tensor_type)
        .reshape([int(size) for size in reversed(each.shape)])
        .astype(np.float64)
        for each in file.tensors
    }
    kinds = {each.name: each.tensor_type.name for each in file.tensors}
    return Gguf({name: field.contents() for name, field in file.fields.items()}, tensors, kinds)


@dataclass(frozen=True)
class Forward:
    """A base, with an adapter on if one is given."""

    base: Gguf
    adapter: Gguf | None = None

    def figure(self, name: str, otherwise: Any = None) -> Any:
        return self.base.head.get(f"{self.base.head['general.architecture']}.{name}", otherwise)

    def logits(self, ids: list[int]) -> Array:
        tensors = self.base.tensors
        flow = tensors["token_embd.weight"][ids]
        if "position_embd.weight" in tensors:
            flow = flow + tensors["position_embd.weight"][: len(ids)]
        for layer in range(self.figure("block_count")):
            flow = self.block(f"blk.{layer}.", flow)
        last = tensors.get("output.weight", tensors["token_embd.weight"])
        return self.norm("output_norm", flow) @ last.T

    def block(self, at: str, flow: Array) -> Array:
        seen = flow + self.attention(at, self.norm(f"{at}attn_norm", flow))
        beside = self.figure("use_parallel_residual", False)
        return seen + self.inner(at, self.norm(f"{at}ffn_norm", flow if beside else seen))

    def linear(self, name: str, flow: Array) -> Array:
        out: Array = flow @ self.base.tensors[f"{name}.weight"].T + self.base.tensors.get(f"{name}.bias", 0.0)
        if self.adapter is None or f"{name}.weight.lora_a" not in self.adapter.tensors:
            return out
        down, up = (self.adapter.tensors[f"{name}.weight.lora_{side}"] for side in "ab")
        scale = float(self.adapter.head["adapter.lora.alpha"]) / len(down)
        return out + flow @ down.T @ up.T * scale

    def norm(self, name: str, flow: Array) -> Array:
        weight, bias = self.base.tensors[f"{name}.weight"], self.base.tensors.get(f"{name}.bias")
        if bias is None:
            small = float(self.figure("attention.layer_norm_rms_epsilon"))
            scaled: Array = flow / np.sqrt((flow**2).mean(-1, keepdims=True) + small) * weight
            return scaled
        centred = flow - flow.mean(-1, keepdims=True)
        small = float(self.figure("attention.layer_norm_epsilon"))
        moved: Array = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + small) * weight + bias
        return moved

    def attention(self, at: str, flow: Array) -> Array:
        heads = self.figure("attention.head_count")
        groups = self.figure("attention.head_count_kv", heads)
        width = self.figure("attention.key_length", self.figure("embedding_length") // heads)
        if f"{at}attn_qkv.weight" in self.base.tensors:
            ends = [heads * width, (heads + groups) * width]
            parts = np.split(self.linear(f"{at}attn_qkv", flow), ends, axis=-1)
        else:
            parts = [self.linear(f"{at}attn_{each}", flow) for each in "qkv"]
        query, key, value = (each.reshape(len(flow), -1, width).swapaxes(0, 1) for each in parts)
        key, value = (np.repeat(each, heads // groups, axis=0) for each in (self.turned(key), value))
        scores = self.turned(query) @ key.swapaxes(1, 2) / np.sqrt(width)
        scores = np.where(np.tri(len(flow), dtype=bool), scores, -np.inf)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (shares / shares.sum(-1, keepdims=True)) @ value
        return self.linear(f"{at}attn_output", mixed.swapaxes(0, 1).reshape(len(flow), -1))

    def turned(self, heads: Array) -> Array:
        """Positions: neighbours in Llama's files, halves in the others'; GPT-2 turns nothing."""
        width = self.figure("rope.dimension_count")
        if width is None:
            return heads
        slowed = self.base.tensors.get(
            "rope_freqs.weight", self.base.tensors.get("rope_factors_short.weight")
        )
        pace = self.figure("rope.freq_base") ** -(np.arange(0, width, 2) / width)
        pace = pace / (1.0 if slowed is None else slowed) / self.figure("rope.scaling.factor", 1.0)
        angles = np.arange(heads.shape[1])[:, None] * pace
        sine, cosine = (
            each(angles) * self.figure("rope.scaling.attn_factor", 1.0) for each in (np.sin, np.cos)
        )
        neighbours = self.base.head["general.architecture"] == "llama"
        first, second = (
            (slice(0, width, 2), slice(1, width, 2))
            if neighbours
            else (slice(0, width // 2), slice(width // 2, width))
        )
        out = heads.copy()
        out[..., first] = heads[..., first] * cosine - heads[..., second] * sine
        out[..., second] = heads[..., second] * cosine + heads[..., first] * sine
        return out

    def inner(self, at: str, flow: Array) -> Array:
        up = self.linear(f"{at}ffn_up", flow)
        if self.figure("attention.layer_norm_rms_epsilon") is None:
            bent = up * (1 + np.tanh(np.sqrt(2 / np.pi) * (up + 0.044715 * up**3))) / 2
            return self.linear(f"{at}ffn_down", bent)
        if f"{at}ffn_gate.weight" in self.base.tensors:
            gate = self.linear(f"{at}ffn_gate", flow)
        else:
            gate, up = np.split(up, 2, axis=-1)
        return self.linear(f"{at}ffn_down", gate / (1 + np.exp(-gate)) * up)
