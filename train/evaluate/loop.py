"""The loop that writes: a batch of prompts in, what the model puts behind each out.

Rows that have ended leave the batch, so that one endless text does not hold up the others. The same batch
gives the same texts; in another one a text can differ where rounding decides between two tokens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from train.evaluate.draw import Draw
from train.evaluate.room import roomy

FULL = 0.8  # of the rows still write: above that, moving keys and values costs more than it saves


@dataclass(frozen=True)
class Row:
    """A prompt, and how many tokens there is room for behind it."""

    prompt: Sequence[int]
    room: int


@dataclass
class Written:
    """What was put behind one prompt, without the token that ended it."""

    ids: list[int] = field(default_factory=list)
    finished: bool = False

    def takes(self, token: int, stops: frozenset[int], room: int) -> bool:
        """Put a token behind the others, if the text has not ended; whether it goes on."""
        if self.finished or len(self.ids) >= room:
            return False
        if token in stops:
            self.finished = True
            return False
        self.ids.append(token)
        return len(self.ids) < room


class NotANumberError(ArithmeticError):
    """The model computes NaN or infinity instead of likelihoods."""


@torch.inference_mode()
def continued(
    model: Any,
    rows: Sequence[Row],
    stops: frozenset[int],
    draw: Draw,
    ended: Callable[[int], object] = lambda _: None,
) -> list[Written]:
    """What the model puts behind each prompt; `ended` hears of every text that comes to its end."""
    written = [Written() for _ in rows]
    batch = _Batch(model, [row.prompt for row in rows], penalised=draw.decoding.repetition_penalty != 1)
    place, writing = 0, len(rows)
    while writing:
        tokens = draw.tokens(batch.logits(), batch.places, place, batch.seen)
        chosen = zip(batch.rows, tokens.tolist(), strict=True)
        live = [
            at for at, (row, token) in enumerate(chosen) if written[row].takes(token, stops, rows[row].room)
        ]
        ended(writing - len(live))
        place, writing = place + 1, len(live)
        if writing <= FULL * len(batch.rows):
            tokens = batch.keep(live, tokens)
        batch.put(tokens)
    return written


class _Batch:
    """The rows that still write, as the model sees them."""

    def __init__(self, model: Any, prompts: Sequence[Sequence[int]], penalised: bool) -> None:
        self.model, self.cache = model, roomy(model.config)
        self.ids, self.mask = (each.to(model.device) for each in _padded(prompts))
        self.positions = (self.mask.cumsum(-1) - 1).clamp(min=0)
        self.rows = list(range(len(prompts)))
        self.places = torch.arange(len(prompts), device=model.device)
        self.seen = self._prompts(int(model.config.vocab_size)) if penalised else None

    def logits(self) -> Tensor:
        """How likely each token is to come next in each row."""
        logits: Tensor = self.model(
            input_ids=self.ids,
            attention_mask=self.mask,
            position_ids=self.positions,
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]
        if not logits.amax(-1).isfinite().all():
            raise NotANumberError
        return logits.float()

    def keep(self, live: Sequence[int], tokens: Tensor) -> Tensor:
        """Let all other rows go; the tokens of those that stay."""
        at = torch.tensor(live, dtype=torch.long, device=tokens.device)
        self.cache.batch_select_indices(at)
        self.rows = [self.rows[each] for each in live]
        self.mask, self.positions, self.places = self.mask[at], self.positions[at], self.places[at]
        return tokens[at]

    def put(self, tokens: Tensor) -> None:
        """Put the next token behind each row."""
        if self.seen is not None:
            self.seen[self.places, tokens] = True
        self.ids, self.positions = tokens[:, None], self.positions[:, -1:] + 1
        self.mask = torch.cat([self.mask, self.mask.new_ones(len(self.rows), 1)], dim=-1)

    def _prompts(self, words: int) -> Tensor:
        """Which tokens stand in the prompts; what pads a prompt is none of it."""
        real = torch.where(self.mask.bool(), self.ids, self.ids[:, -1:])
        return torch.zeros(len(self.rows), words, dtype=torch.bool, device=real.device).scatter_(
            1, real, True
        )


def _padded(prompts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Ids and mask, padded on the left: all texts begin in the same column."""
    width = max(map(len, prompts))
    ids = [[*[0] * (width - len(prompt)), *prompt] for prompt in prompts]
    mask = [[*[0] * (width - len(prompt)), *[1] * len(prompt)] for prompt in prompts]
    return torch.tensor(ids), torch.tensor(mask)
