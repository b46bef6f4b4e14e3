"""Which token comes next: the recipe's decoding, with luck that belongs to the title alone.

`generate` of transformers draws from one generator for all rows and steps, so that a title's text hangs on
which others are in its batch. Here each title has a number between 0 and 1 for each of its tokens, from a
generator seeded with the title; the token is the one in whose stretch of the summed likelihoods it falls,
the likeliest first (inverse transform sampling). Penalty, temperature and top-p mean what transformers'
own processors mean by them, and are applied in their order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from train.sections import Decoding


@dataclass(frozen=True)
class Draw:
    """How the next tokens of some rows are chosen; row for row, the same numbers wherever it is done."""

    decoding: Decoding
    luck: Tensor  # row, token -> between 0 and 1

    def tokens(self, logits: Tensor, rows: Tensor, place: int, seen: Tensor | None) -> Tensor:
        """The token at this place of these rows' texts; `seen` are those a penalty applies to."""
        if seen is not None:
            logits = penalised(logits, seen[rows], self.decoding.repetition_penalty)
        if self.decoding.temperature == 0:
            return logits.argmax(-1)
        return sampled(logits / self.decoding.temperature, self.decoding.top_p, self.luck[rows, place])


def draw(decoding: Decoding, seeds: Sequence[int], device: torch.device) -> Draw:
    """The drawing of one row for each seed."""
    if decoding.temperature == 0:
        return Draw(decoding, torch.empty(0))
    numbers = [_numbers(seed, decoding.max_new_tokens) for seed in seeds]
    return Draw(decoding, torch.stack(numbers).to(device))


def penalised(logits: Tensor, seen: Tensor, penalty: float) -> Tensor:
    """Tokens that were seen become less likely; padding, unlike in transformers' own, is not seen."""
    return torch.where(seen, torch.where(logits < 0, logits * penalty, logits / penalty), logits)


def sampled(logits: Tensor, top_p: float, luck: Tensor) -> Tensor:
    """The token in whose stretch `luck` falls, among the likeliest ones that together reach `top_p`."""
    ranked, order = logits.softmax(-1).sort(dim=-1, descending=True, stable=True)
    reached = ranked.cumsum(-1)
    kept = (reached - ranked < top_p).sum(-1, keepdim=True).clamp(min=1)
    whole = reached.gather(-1, kept - 1)
    place = torch.searchsorted(reached, luck[:, None] * whole, right=True)
    return order.gather(-1, place.minimum(kept - 1)).squeeze(-1)


def _numbers(seed: int, count: int) -> Tensor:
    return torch.rand(count, generator=torch.Generator().manual_seed(seed))
