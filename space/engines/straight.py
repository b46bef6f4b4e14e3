"""A Llama on a CPU: its layers' sums one after another, and each row's adapter beside them.

What transformers, peft and bitsandbytes ask and copy around a sum takes longer than the sum for one token.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from engines.cache import Cache

KINDS = ("llama", "mistral", "qwen2")  # built alike
Multiply = Callable[[Tensor], Tensor]  # an input's rows, and what comes of them
Products = Callable[[Sequence[Any]], Multiply | None]  # of layers side by side, where there is a quicker one
Packed = Callable[[Tensor], Multiply]  # of weights, outputs first
Writers = Sequence[tuple[str, Tensor | None]]  # an adapter's key, and the tokens it reads; None: all


def fits(model: Any) -> bool:
    """Whether a base is built like a Llama, and each token sees all before it."""
    config = model.config
    if config.model_type not in KINDS or type(model.lm_head) is not torch.nn.Linear:
        return False
    forgets = config.model_type == "mistral" and config.sliding_window
    kinds = getattr(config, "layer_types", None) or ["full_attention"]
    return not forgets and set(kinds) == {"full_attention"} and model.lm_head.bias is None


class Straight:
    """A base, the adapters over it, and what comes next behind rows."""

    def __init__(
        self, model: Any, product: Products, head: Multiply | None = None, packed: Packed | None = None
    ) -> None:
        self._base, self._head = model.model, head or _head(model.lm_head.weight)
        self._packed = packed or (lambda matrix: _times(matrix.t()))
        with ThreadPoolExecutor(torch.get_num_threads()) as cores:
            names = (f"model.layers.{at}" for at in range(len(model.model.layers)))
            self._layers = list(cores.map(partial(_Layer, product), model.model.layers, names))
        self._products = [product for layer in self._layers for product in layer.products]
        self._keys = {""}

    def learn(self, key: str, peft: Any) -> None:
        """Take an adapter that was injected into the base, if these sums are all that it changes."""
        changed = {name.split(".lora_")[0] for name, _ in peft.named_parameters() if f".{key}." in name}
        layers = {name.removeprefix("base_model.model."): peft.get_submodule(name) for name in changed}
        known = {name for product in self._products for name in product.names}
        if known.issuperset(layers) and all(_plain(layer, key) for layer in layers.values()):
            for product in self._products:
                product.learn(key, layers, self._packed)
            self._keys.add(key)

    def forget(self, key: str) -> None:
        """Let an adapter go."""
        self._keys.discard(key)
        for product in self._products:
            product.changes.pop(key, None)

    def knows(self, keys: Sequence[str]) -> bool:
        """Whether it has taken all of these."""
        return self._keys.issuperset(keys)

    def __call__(self, cache: Cache, ids: Tensor, keys: Sequence[str]) -> Tensor:
        """What may come behind each row's next tokens."""
        places, columns = cache.reads(ids.shape[1])
        x = self._base.embed_tokens(ids)
        angles = _angles(*self._base.rotary_emb(x, position_ids=places))
        mask = _mask(places, columns.shape[1], x.dtype).repeat(1, 1, self._layers[0].sharing, 1)
        step = _Step(cache, angles, mask, _writers(keys, ids.shape[1]))
        x = x.flatten(0, 1)
        for at, layer in enumerate(self._layers):
            x = layer(at, x, step)
        last = _normed(x.view(*ids.shape, -1)[:, -1], self._base.norm)
        return self._head(last)


@dataclass(frozen=True)
class _Step:
    """What all layers need for the same tokens."""

    cache: Cache
    angles: tuple[Tensor, Tensor]
    mask: Tensor
    writers: Writers


class _Layer:
    """One layer of the base."""

    def __init__(self, product: Products, layer: Any, name: str) -> None:
        attention, between = layer.self_attn, layer.mlp
        self._norms = layer.input_layernorm, layer.post_attention_layernorm
        self._act, self._size, self._scale = between.act_fn, attention.head_dim, attention.scaling
        self._asked = _Product(product, attention, f"{name}.self_attn", "q_proj", "k_proj", "v_proj")
        self._seen = _Product(product, attention, f"{name}.self_attn", "o_proj")
        self._wide = _Product(product, between, f"{name}.mlp", "gate_proj", "up_proj")
        self._narrow = _Product(product, between, f"{name}.mlp", "down_proj")
        self.products = self._asked, self._seen, self._wide, self._narrow
        self._heads = [width // self._size for width in self._asked.widths[:2]]
        self.sharing = self._heads[0] // self._heads[1]

    def __call__(self, at: int, x: Tensor, step: _Step) -> Tensor:
        asked = self._asked(_normed(x, self._norms[0]), step.writers)
        x = self._seen(self._attended(at, asked, step), step.writers).add_(x)
        gate, up = self._wide.parts(self._wide(_normed(x, self._norms[1]), step.writers))
        return self._narrow(self._act(gate).mul_(up), step.writers).add_(x)

    def _attended(self, at: int, asked: Tensor, step: _Step) -> Tensor:
        """What each token sees; heads that share keys are asked together, as if they were tokens."""
        (rows, new), (heads, shared) = step.angles[0].shape[:2], self._heads
        asked = asked.view(rows, new, -1, self._size)
        turned = _turned(asked[:, :, : heads + shared], step.angles)
        read = turned[:, :, heads:].transpose(1, 2), asked[:, :, heads + shared :].transpose(1, 2)
        keys, values = step.cache.past.update(*read, at)
        queries = turned[:, :, :heads].view(rows, new, shared, -1, self._size).permute(0, 2, 3, 1, 4)
        flat = queries.reshape(rows, shared, -1, self._size)
        seen = scaled_dot_product_attention(flat, keys, values, step.mask, scale=self._scale)
        return seen.view(queries.shape).permute(0, 3, 1, 2, 4).reshape(rows * new, -1)


class _Product:
    """What linear layers make of one input, side by side."""

    def __init__(self, product: Products, parent: Any, name: str, *leaves: str) -> None:
        layers = [getattr(parent, leaf) for leaf in leaves]
        self.names = [f"{name}.{leaf}" for leaf in leaves]
        self.widths = [layer.out_features for layer in layers]
        self.changes: dict[str, _Change] = {}
        self._multiply = product(layers) or self._called(layers)

    def learn(self, key: str, layers: Mapping[str, Any], packed: Packed) -> None:
        """Take what an adapter changes here."""
        own = {at: layers[name] for at, name in enumerate(self.names) if name in layers}
        if own:
            self.changes[key] = _change(key, own, packed)

    def __call__(self, x: Tensor, writers: Writers) -> Tensor:
        out = self._multiply(x)
        for key, places in writers:
            if key in self.changes and places is None:
                self.changes[key].add(x, self.parts(out))
            elif key in self.changes:
                written = out[places]
                self.changes[key].add(x[places], self.parts(written))
                out[places] = written
        return out

    def _called(self, layers: Sequence[Any]) -> Multiply:
        return lambda x: torch.cat([layer(x) for layer in layers], 1)

    def parts(self, out: Tensor) -> Sequence[Tensor]:
        """Each layer's part of what it gives."""
        return out.split_with_sizes(self.widths, 1)


@dataclass(frozen=True)
class _Change:
    """An adapter's part in a product."""

    down: Multiply  # of all layers, side by side
    ranks: Sequence[int]
    scales: Tensor  # how much each of their columns counts
    ups: Sequence[tuple[int, Multiply]]  # a layer's number, and what comes of its part

    def add(self, x: Tensor, out: Sequence[Tensor]) -> None:
        """Put it on what the base's layers gave."""
        low = self.down(x).mul_(self.scales)
        for each, (at, up) in zip(low.split_with_sizes(self.ranks, 1), self.ups, strict=True):
            out[at].add_(up(each).to(x.dtype))


def _times(matrix: Tensor) -> Multiply:
    return lambda x: torch.mm(x.to(matrix.dtype), matrix)


def _change(key: str, layers: Mapping[int, Any], packed: Packed) -> _Change:
    """What an adapter does to these layers, whose weights share their memory with it."""
    downs = [layer.lora_A[key].weight for layer in layers.values()]
    ranks = [len(down) for down in downs]
    joined = torch.cat([down.data for down in downs])
    for down, part in zip(downs, joined.split_with_sizes(ranks), strict=True):
        down.data = part
    scales = torch.tensor([layer.scaling[key] for layer in layers.values()], dtype=joined.dtype)
    ups = []
    for at, layer in layers.items():
        up = layer.lora_B[key].weight.data.t().contiguous()  # so it is read half as long for one token
        layer.lora_B[key].weight.data = up.t()
        ups.append((at, packed(up.t())))
    return _Change(packed(joined), ranks, scales.repeat_interleave(torch.tensor(ranks)), ups)


def _plain(layer: Any, key: str) -> bool:
    """Whether an adapter adds two products to a layer's, and nothing else."""
    there = key in getattr(layer, "lora_A", ()) and key not in layer.lora_variant
    return there and layer.lora_B[key].bias is None


def _writers(keys: Sequence[str], new: int) -> Writers:
    """Which adapter reads which of the tokens."""
    if len(set(keys)) == 1:
        return [(keys[0], None)]
    owners = [key for key in keys for _ in range(new)]
    places = {key: [at for at, each in enumerate(owners) if each == key] for key in sorted(set(keys))}
    return [(key, torch.tensor(at)) for key, at in places.items()]


def _head(table: Tensor) -> Multiply:
    """PyTorch's product of matrices takes longer for one row, and copies the matrix that stands second."""

    def call(x: Tensor) -> Tensor:
        return torch.mv(table, x[0])[None] if len(x) == 1 else torch.mm(table, x.t()).t().contiguous()

    return call


def _mask(places: Tensor, columns: int, dtype: torch.dtype) -> Tensor:
    """Nothing for what a token sees: all that stands before it."""
    hidden = torch.arange(columns) > places[:, None, :, None]
    return torch.zeros(hidden.shape, dtype=dtype).masked_fill_(hidden, -torch.inf)


def _angles(cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    """As `_turned` takes them."""
    first, second = sin[:, :, None].chunk(2, -1)
    return cos[:, :, None], torch.cat((-first, second), -1)


def _turned(heads: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
    """Queries and keys, turned by their places."""
    cos, sin = angles
    return (heads * cos).add_(heads.roll(heads.shape[-1] // 2, -1).mul_(sin))


def _normed(x: Tensor, norm: Any) -> Tensor:
    """The sums of the model's own norm, without its copies."""
    wide = x.float()
    size = wide.pow(2).mean(-1, keepdim=True).add_(norm.variance_epsilon).rsqrt_()
    return (wide * size).to(x.dtype).mul_(norm.weight)
