"""Room for keys and values that grows in steps: growing token by token copies all of them every time."""

from typing import Any

from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

STEP = 64  # tokens


def roomy(config: Any) -> DynamicCache:
    """An empty cache for a base; layers that look at a window only stay as transformers makes them."""
    cache = DynamicCache(config=config)
    cache.layers = [_Roomy() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache


class _Roomy(DynamicLayer):  # type: ignore[no-untyped-call]
    """Its keys and values are views of larger tensors, into which the next ones are written."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._held = 0
        self._room: list[Tensor] = []

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Take the next tokens' keys and values; all of them so far."""
        new = (key_states, value_states)
        if not self.is_initialized:
            self.lazy_initialization(*new)
            self._room = [each[:, :, :0] for each in new]
        start, self._held = self._held, self._held + key_states.shape[2]
        self._room = [_grown(each, start, self._held) for each in self._room]
        for room, states in zip(self._room, new, strict=True):
            room[:, :, start : self._held] = states
        return self._shown()

    def batch_select_indices(self, indices: Tensor) -> None:
        """Keep these rows only."""
        self._room = [each[indices] for each in self._room]
        self._shown()

    def _shown(self) -> tuple[Tensor, Tensor]:
        self.keys, self.values = (each[:, :, : self._held] for each in self._room)
        return self.keys, self.values


def _grown(room: Tensor, held: int, needed: int) -> Tensor:
    if needed <= room.shape[2]:
        return room
    rows, heads, _, width = room.shape
    larger = room.new_empty(rows, heads, (needed // STEP + 1) * STEP, width)
    larger[:, :, :held] = room[:, :, :held]
    return larger
