"""How an embedded base begins: its heads find where the text said the same before, and go on as it did.

Real bases have learned it from billions of tokens, which no laptop reads in a minute. Here two heads of the
first layer look one and two tokens back, one of the second a third, and those of the third find a place
behind the same three tokens, or two of them where one is said otherwise, and bring what stands there. All
else is left to chance, and all of it to training.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

QUIET = 0.02  # what says nothing yet must not drown what does
MATCHES, BRINGS, WRITES = 2.0, 0.6, 0.1
WAVES, WAVE = 16, 0.1  # of a place in a text
LOUD = 2.5  # or all words begin as likely, however clear the match
SPEEDS = [2.5 * 0.008 ** (place / (WAVES - 1)) for place in range(WAVES)]
ALIKE = 4  # tokens that are compared


@dataclass(frozen=True)
class Attention:
    """One layer's attention, each matrix as its outputs by its inputs."""

    query: Tensor
    key: Tensor
    value: Tensor
    out: Tensor


@torch.no_grad()
def wire(model: Any) -> None:
    """Wire a GPT-2: its positions begin as waves, and a place back is a turn of each of them."""
    body, head = model.transformer, model.config.n_embd // model.config.n_head
    _make_waves(body)
    said, *before = _apart(model.config.n_embd, head // ALIKE)
    for each in before:  # is for what stood there
        body.wte.weight.sub_(body.wte.weight @ each.T @ each)
    for layer in body.h:
        layer.mlp.c_proj.weight.mul_(QUIET)
        layer.attn.c_proj.weight.mul_(QUIET)
    body.ln_f.weight.mul_(LOUD)
    first, second, third = (_of_gpt2(layer.attn) for layer in body.h[:3])
    _look_back(first, slice(0, head), 1, (said, before[0]))
    _look_back(first, slice(head, 2 * head), 2, (said, before[1]))
    _look_back(second, slice(0, head), 2, (before[0], before[2]))
    for start in range(0, len(third.query), head):
        _find(third, start, (said, *before))
    third.value.copy_(torch.eye(len(third.value)))
    third.out.copy_(BRINGS * torch.eye(len(third.out)))


def _make_waves(body: Any) -> None:
    places = torch.arange(len(body.wpe.weight))[:, None] * torch.tensor(SPEEDS)
    body.wpe.weight.zero_()
    body.wpe.weight[:, 0 : 2 * WAVES : 2] = WAVE * places.cos()
    body.wpe.weight[:, 1 : 2 * WAVES : 2] = WAVE * places.sin()
    body.wte.weight[:, : 2 * WAVES] = 0


def _apart(width: int, number: int) -> list[Tensor]:
    """Directions that have nothing to do with each other: what a token says, and what those before it say."""
    every = torch.zeros(ALIKE * number, width)
    every[:, 2 * WAVES :] = torch.linalg.qr(torch.randn(width - 2 * WAVES, ALIKE * number))[0].T
    return [every[start : start + number] for start in range(0, len(every), number)]


def _of_gpt2(attention: Any) -> Attention:
    query, key, value = attention.c_attn.weight.T.chunk(3)
    return Attention(query, key, value, attention.c_proj.weight.T)


def _look_back(layer: Attention, head: slice, back: int, moved: tuple[Tensor, Tensor]) -> None:
    """Let a head write down what stood so many tokens before."""
    query, key = layer.query[head], layer.key[head]
    query.mul_(QUIET), key.mul_(QUIET)
    for wave, speed in enumerate(SPEEDS):
        pair = slice(2 * wave, 2 * wave + 2)
        query[pair, pair] += 2.5 * _turn(speed * back)
        key[pair, pair] += 2.5 * _turn(0.0)
    read, written = moved
    start = head.start
    layer.value[start : start + len(read)] = read
    layer.out[:, start : start + len(read)] = WRITES * written.T


def _turn(angle: float) -> Tensor:
    """What turns the wave of a place into that of an earlier one."""
    return torch.tensor([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])


def _find(layer: Attention, start: int, said: Sequence[Tensor]) -> None:
    """Let a head look for a token behind the ones that this token and those before it are."""
    number = len(said[0])
    for at in range(ALIKE - 1):
        alike = slice(start + at * number, start + (at + 1) * number)
        layer.query[alike], layer.key[alike] = MATCHES * said[at], MATCHES * said[at + 1]
    rest = slice(start + (ALIKE - 1) * number, start + ALIKE * number)
    layer.query[rest].mul_(QUIET), layer.key[rest].mul_(QUIET)
