"""One text in work: what it needs from a model, and the way its tokens go back to who asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import numpy as np

from engines.draw import Draw
from engines.model import Adapter, Logits, Prompt
from orders import Ended, RefusedError

Piece = int | Ended | RefusedError  # a token, how the text ended, or why there is none
NO_MEMORY = RefusedError("out_of_memory", "There is too little memory for this text right now: ask for less.")
NOT_A_NUMBER = RefusedError("failed", "The model computes no likelihoods for this text.")
PATIENCE_S = 0.25  # between two looks at the queue, while a text waits for its turn


@dataclass(eq=False)
class Row:
    """A prompt, the text behind it, and what ends it."""

    prompt: Sequence[int]
    adapter: Adapter | None  # the base alone if there is none
    draw: Draw
    stops: frozenset[int]
    room: int  # tokens
    head: int = 0  # how many of the prompt's tokens its version's other prompts begin with, too
    ids: list[int] = field(default_factory=list)
    stopped: bool = False
    pieces: "SimpleQueue[Piece]" = field(default_factory=SimpleQueue)

    @property
    def key(self) -> str:
        """Its adapter's."""
        return self.adapter.key if self.adapter else ""

    def so_far(self) -> Prompt:
        """All that the model has to have read."""
        return Prompt([*self.prompt, *self.ids], self.key, self.head)

    def goes_on(self, logits: Logits) -> bool:
        """Choose the next token among its likelihoods; whether the text goes on behind it."""
        if not np.isfinite(logits.max()):
            self.pieces.put(NOT_A_NUMBER)
            return False
        token = self.draw.token(logits)
        if token in self.stops:
            self.pieces.put("end")
            return False
        self.ids.append(token)
        self.pieces.put(token)
        if len(self.ids) >= self.room:
            self.pieces.put("length")
        return len(self.ids) < self.room

    def heard(self) -> Iterator[list[Piece]]:
        """All pieces that have come since the last time, up to its end; empty while it waits."""
        while True:
            try:
                news = [self.pieces.get(timeout=PATIENCE_S)]
            except Empty:
                yield []
                continue
            while not self.pieces.empty():
                news.append(self.pieces.get())
            yield news
            if not isinstance(news[-1], int):
                return
