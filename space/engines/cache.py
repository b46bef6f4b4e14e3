"""Keys and values of rows that come and go, each row's last token in the same column."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

STEP = 64  # tokens of room at a time: growing token by token copies everything every time


class Cache:
    """What the model has read of each row; shorter rows begin further to the right."""

    def __init__(self, device: torch.device) -> None:
        self.past = DynamicCache()
        self.past.layer_class_to_replicate = _Layer
        self.mask = torch.zeros(0, 0, dtype=torch.long, device=device)
        self.positions = torch.zeros(0, 1, dtype=torch.long, device=device)  # of the next tokens

    def joined(self, other: "Cache") -> None:
        """Take the rows of another one behind the own."""
        width = max(self.mask.shape[1], other.mask.shape[1])
        own, new = width - self.mask.shape[1], width - other.mask.shape[1]
        for layer, others in zip(self._layers, other._layers, strict=True):
            layer.join(others, own, new)
        self.mask = torch.cat([pad(self.mask, (own, 0)), pad(other.mask, (new, 0))])
        self.positions = torch.cat([self.positions, other.positions])

    def keep(self, live: Sequence[int]) -> None:
        """Let other rows go, and the columns that only they had."""
        at = torch.tensor(live, dtype=torch.long, device=self.mask.device)
        self.mask, self.positions = self.mask[at], self.positions[at]
        empty = int((self.mask.cumsum(-1).amax(0) == 0).sum()) if live else 0
        self.mask = self.mask[:, empty:]
        for layer in self._layers:
            layer.keep(at, empty)

    @property
    def _layers(self) -> list["_Layer"]:
        layers: list[Any] = self.past.layers
        return layers


class _Layer(DynamicLayer):  # type: ignore[no-untyped-call]
    """Its keys and values are views of larger tensors, into which the next ones are written."""

    def __init__(self, *_: Any, **__: Any) -> None:
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
        if self._held > self._room[0].shape[2]:
            self._room = [
                pad(each[:, :, :start], (0, 0, 0, _grown(self._held) - start)) for each in self._room
            ]
        for room, states in zip(self._room, new, strict=True):
            room[:, :, start : self._held] = states
        return self._shown()

    def join(self, other: "_Layer", own: int, new: int) -> None:
        """The other one's rows behind the own, both moved to the right by so many columns."""
        self._room = [
            torch.cat([pad(mine, (0, 0, own, 0)), pad(theirs, (0, 0, new, 0))])
            for mine, theirs in zip(self._shown(), other._shown(), strict=True)
        ]
        self._held += own
        self._shown()

    def keep(self, rows: Tensor, empty: int) -> None:
        """These rows, without the first columns."""
        self._room = [each[rows, :, empty:] for each in self._room]
        self._held -= empty
        self._shown()

    def _shown(self) -> tuple[Tensor, Tensor]:
        self.keys, self.values = (each[:, :, : self._held] for each in self._room)
        return self.keys, self.values


def _grown(needed: int) -> int:
    return (needed // STEP + 1) * STEP
