"""Texts on a GPU that Hugging Face lends for one text at a time (ZeroGPU), in a process of its own."""

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engines.draw import Draw
from engines.model import Adapter, Model, OutOfMemoryError
from engines.row import NO_MEMORY, Piece, Row
from engines.shelf import Shelf

START_S, TOKEN_S = 20, 0.06  # how long a GPU is asked for
# Before any model: this package stands in for the GPU that a text is lent later.
SPACES: Any = importlib.import_module("spaces") if importlib.util.find_spec("spaces") else None
Written = Callable[[Sequence[int], Adapter | None, Draw, frozenset[int], int], Iterator[Piece]]


class Lent:
    """One text after another on a lent GPU; who waits, waits at Hugging Face."""

    def __init__(self, model: Model, shelf: Shelf) -> None:
        self.name = model.name
        self.waiting, self.writing = 0, 0
        self._written = _on_gpu(_writing(model, shelf))

    def ahead(self, row: Row) -> int:
        """Nobody here knows."""
        return 0

    def write(self, row: Row) -> Iterator[list[Piece]]:
        """What comes of a row, token by token."""
        self.writing += 1
        try:
            for piece in self._written(row.prompt, row.adapter, row.draw, row.stops, row.room):
                yield [piece]
        finally:
            self.writing -= 1

    def close(self) -> None:
        """Its texts end with the process that writes them."""


def _writing(model: Model, shelf: Shelf) -> Written:
    def written(
        prompt: Sequence[int], adapter: Adapter | None, draw: Draw, stops: frozenset[int], room: int
    ) -> Iterator[Piece]:
        row = Row(prompt, adapter, draw, stops, room)
        try:
            if adapter:
                shelf.has(adapter)
            logits = model.join([row.so_far()])
            while row.goes_on(logits[0]):
                yield row.pieces.get()
                logits = model.step(row.ids[-1:])
            while not row.pieces.empty():
                yield row.pieces.get()
        except OutOfMemoryError:
            yield NO_MEMORY
        finally:
            model.keep([])

    return written


def _on_gpu(written: Written) -> Written:
    return SPACES.GPU(duration=_seconds)(written) if SPACES else written


def _seconds(
    prompt: Sequence[int], adapter: Adapter | None, draw: Draw, stops: frozenset[int], room: int
) -> int:
    return int(START_S + TOKEN_S * room)
