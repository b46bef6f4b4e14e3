"""Keys and values of rows that come and go; each row begins in the first column, and columns come in blocks.

So what a row attends to is summed in the same order alone and beside longer ones.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

BLOCK = 64  # columns; growing token by token would copy everything every time, too


class Cache:
    """What the model has read of each row."""

    def __init__(self, device: torch.device) -> None:
        self.past = DynamicCache()
        self.past.layer_class_to_replicate = _Layer
        self.lengths = torch.zeros(1, dtype=torch.long, device=device)  # of each row; one at first

    def reads(self, new: int) -> tuple[Tensor, Tensor]:
        """Take so many tokens more in each row: the places they have there, and what each row may see."""
        places = self.lengths[:, None] + torch.arange(new, device=self.lengths.device)
        self.lengths = self.lengths + new
        for layer in self._layers:
            layer.places = places if len(self.lengths) > 1 else None
        columns = torch.arange(_blocks(int(self.lengths.max())), device=self.lengths.device)
        return places, (columns < self.lengths[:, None]).long()

    def joined(self, other: "Cache") -> None:
        """Take the rows of another one behind the own."""
        for layer, others in zip(self._layers, other._layers, strict=True):
            layer.join(others)
        self.lengths = torch.cat([self.lengths, other.lengths])

    def copy(self) -> "Cache":
        """The same rows, to be read on by themselves."""
        twin = Cache(self.lengths.device)
        twin.lengths = self.lengths
        twin.past.layers = [layer.copy() for layer in self._layers]
        return twin

    def keep(self, live: Sequence[int]) -> None:
        """Let other rows go, and the columns that only they had."""
        at = torch.tensor(live, dtype=torch.long, device=self.lengths.device)
        self.lengths = self.lengths[at]
        for layer in self._layers:
            layer.keep(at, int(self.lengths.max()))

    @property
    def _layers(self) -> list["_Layer"]:
        layers: list[Any] = self.past.layers
        return layers


class _Layer(DynamicLayer):  # type: ignore[no-untyped-call]
    """Its keys and values have columns that the next ones are written into."""

    keys: Any
    values: Any

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.places: Tensor | None = None  # of each row's next tokens; None: behind the others
        self._held = 0

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Take the next tokens' keys and values; all columns so far."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self.keys, self.values = key_states[:, :, :0], value_states[:, :, :0]
        start, self._held = self._held, self._held + key_states.shape[2]
        self._widen(self._held)
        for room, states in ((self.keys, key_states), (self.values, value_states)):
            if self.places is None:
                room[:, :, start : self._held] = states
            else:
                rows = torch.arange(len(room), device=room.device)[:, None]
                room[rows, :, self.places] = states.transpose(1, 2)  # `scatter_` gets slow with length
        return self.keys, self.values

    def get_seq_length(self) -> int:
        """What the longest row holds."""
        return self._held

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """The columns there will be, and where they begin."""
        return _blocks(self._held + query_length), 0

    def join(self, other: "_Layer") -> None:
        """The other one's rows behind the own."""
        self._held = max(self._held, other._held)
        self._widen(self._held)
        other._widen(self._held)
        self.keys = torch.cat([self.keys, other.keys])
        self.values = torch.cat([self.values, other.values])

    def copy(self) -> "_Layer":
        """The same keys and values, elsewhere in memory."""
        twin = copy(self)
        twin.keys, twin.values = self.keys.clone(), self.values.clone()
        return twin

    def keep(self, rows: Tensor, held: int) -> None:
        """These rows, the longest of which holds so much."""
        self._held = held
        self.keys, self.values = (each[rows, :, : _blocks(held)] for each in (self.keys, self.values))

    def _widen(self, held: int) -> None:
        more = _blocks(held) - self.keys.shape[2]
        if more > 0:
            self.keys, self.values = (pad(each, (0, 0, 0, more)) for each in (self.keys, self.values))


def _blocks(held: int) -> int:
    """The columns of as many blocks as hold so much."""
    return -(-held // BLOCK) * BLOCK
