"""What an engine must do: a base in memory, adapters over it, likelihoods for rows that come and go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]  # row, token


class OutOfMemoryError(Exception):
    """There is too little memory for what was asked; nothing of it was kept."""


class LeftError(Exception):
    """Nobody waits any more for what was asked; nothing of it was kept."""


@dataclass(frozen=True)
class Base:
    """A base's files, and what they say about its texts."""

    folder: Path
    stops: frozenset[int]
    context: int  # tokens that a prompt and its text may have together
    quantisation: Any = None  # as in training
    gguf: Path | None = None


@dataclass(frozen=True)
class Adapter:
    """An adapter's files."""

    key: str  # which version it is, in letters and digits
    folder: Path


@dataclass(frozen=True)
class Prompt:
    """Where a text goes on: all tokens so far, and the adapter that is to continue them."""

    ids: Sequence[int]
    adapter: str  # the key of a loaded one; empty for the base alone
    head: int = 0  # how many of the tokens the adapter's other prompts begin with, too; never all of them


class Model(Protocol):
    """One base and its rows, for one thread; rows keep the order in which they joined."""

    name: str  # for people

    def load(self, adapter: Adapter) -> None:
        """Make an adapter ready to write; raises `OutOfMemoryError`, `OSError` or `ValueError`."""

    def drop(self, key: str) -> None:
        """Forget an adapter that no row writes with."""

    def join(self, prompts: Sequence[Prompt], wanted: Callable[[], bool] = lambda: True) -> Logits:
        """Read new rows, which stand behind the others from now on; what may come next in each of them.

        A prompt's head is read by itself, and kept: the numbers are the same whether it was there or not.
        Raises `LeftError` soon after they are no longer `wanted`.
        """

    def step(self, tokens: Sequence[int]) -> Logits:
        """Put a token behind each row; what may come next."""

    def keep(self, live: Sequence[int]) -> None:
        """Let all rows go but those at these places."""
