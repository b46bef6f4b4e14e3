"""Which token comes next. The same seed and message draw the same numbers as evaluation did, in any engine.

A text has a number between 0 and 1 for each of its tokens; its token is the one in whose stretch of the
summed likelihoods the number falls, the likeliest first. So a text does not hang on those beside it.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from form import Decoding

Row = NDArray[np.float32]


class Draw:
    """The choices of one text."""

    def __init__(self, decoding: Decoding, message: str, prompt: Sequence[int]) -> None:
        self._decoding = decoding
        self._seen = np.unique(np.asarray(prompt, dtype=np.int64))
        self._luck = np.random.RandomState(_seed(decoding.seed, message))  # torch draws these numbers, too

    def token(self, logits: Row) -> int:
        """The next token; a repetition penalty applies to it from now on."""
        decoding = self._decoding
        if decoding.repetition_penalty != 1:
            logits = _penalised(logits, self._seen, decoding.repetition_penalty)
        if decoding.temperature == 0:
            chosen = int(logits.argmax())
        else:
            luck = self._luck.randint(0, 1 << 24, dtype=np.uint32) / 2**24
            chosen = sampled(logits / np.float32(decoding.temperature), decoding.top_p, luck)
        self._seen = np.union1d(self._seen, [chosen]) if decoding.repetition_penalty != 1 else self._seen
        return chosen


def sampled(logits: Row, top_p: float, luck: float) -> int:
    """The token in whose stretch `luck` falls, among the likeliest ones that together reach `top_p`."""
    likely = np.exp(logits - logits.max())
    likely /= likely.sum(dtype=np.float64)
    order = _ranked(likely, (1 - top_p) / len(likely))
    ranked = likely[order]
    reached = ranked.cumsum(dtype=np.float64)
    kept = max(1, int((reached - ranked < top_p).sum()))
    place = int(np.searchsorted(reached[:kept], luck * reached[kept - 1], side="right"))
    return int(order[min(place, kept - 1)])


def _ranked(likely: Row, least: float) -> NDArray[np.int64]:
    """Tokens at least that likely, the likeliest first; of equals the one with the lower number.

    All that are less likely than one in as many as there are do not make up what top-p leaves out.
    """
    some = np.flatnonzero(likely >= least)
    # A likelihood's bits rise with it: numbers are sorted several times as fast as places are by their worth.
    keys = (~likely[some].view(np.uint32)).astype(np.uint64) << np.uint64(32) | some.astype(np.uint64)
    keys.sort()
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _penalised(logits: Row, seen: NDArray[np.int64], penalty: float) -> Row:
    logits = logits.copy()
    found = logits[seen]
    logits[seen] = np.where(found < 0, found * penalty, found / penalty)
    return logits


def _seed(seed: int, message: str) -> int:
    """The message's own seed, so that two messages do not share their luck."""
    total = hashlib.sha256()
    for part in (str(seed).encode(), message.encode()):
        total.update(len(part).to_bytes(8, "big") + part)
    return int(total.hexdigest()[:8], 16)
