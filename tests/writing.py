"""Toy bases, adapters and rows for tests of the Space's engines."""

import importlib.util
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines.desk import Desk
from engines.draw import Draw
from engines.model import Adapter, Base, LeftError, Logits, Model, OutOfMemoryError, Prompt
from engines.row import Piece, Row
from engines.shelf import Shelf
from form import Decoding
from tests import toy
from tests.waiting import PATIENCE_S

KINDS = ["transformers", "llama.cpp"]
GREEDY = Decoding(40, 0.0, 1.0, 1.0, 0)
BOLD = Decoding(40, 0.9, 0.9, 1.2, 5)


@dataclass(frozen=True)
class Toy:
    """A base as both engines read it, and adapters over it."""

    base: Base
    adapters: Sequence[Adapter]


def made(folder: Path, adapters: int) -> Toy:
    """A random base in float32 with adapters that change what it says."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from train.tune.gguf.adapter import write_adapter
    from train.tune.gguf.base import convert
    from train.tune.gguf.origin import Origin

    toy.base(folder / "base")
    convert(Origin(folder / "base"), folder / "base.gguf", "f32")
    found = []
    for number in range(adapters):
        torch.manual_seed(number)
        settings: Any = {"r": 4, "lora_alpha": 64, "lora_dropout": 0.1, "init_lora_weights": False}
        lora = LoraConfig(target_modules="all-linear", **settings)
        model: Any = AutoModelForCausalLM.from_pretrained(folder / "base")
        own = folder / f"adapter{number}"
        get_peft_model(model, lora).save_pretrained(str(own))
        assert write_adapter(own, model.config) == ""
        found.append(Adapter(f"a{number}", own))
    return Toy(Base(folder / "base", frozenset(), 512, {}, folder / "base.gguf"), found)


def needed(kind: str) -> None:
    if kind == "llama.cpp" and not importlib.util.find_spec("llama_cpp"):
        pytest.fail("llama-cpp-python is missing: tests/engines/install, then run this again.")


def model(kind: str, base: Base) -> Model:
    needed(kind)
    if kind == "llama.cpp":
        from engines.llama import LlamaModel

        return LlamaModel(base, 8, turned=True)
    from engines.pytorch import PytorchModel

    return PytorchModel(base)


def row(
    prompt: Sequence[int],
    adapter: Adapter | None = None,
    decoding: Decoding = GREEDY,
    stops: frozenset[int] = frozenset(),
    head: int = 0,
) -> Row:
    return Row(prompt, adapter, Draw(decoding, str(prompt), prompt), stops, decoding.max_new_tokens, head)


def pieces(written: Iterator[list[Piece]]) -> list[Piece]:
    """All that came, at its end."""
    return [piece for news in written for piece in news]


def desk(of: Model, at_once: int = 8) -> Desk:
    return Desk(of, Shelf(of), at_once)


@dataclass
class Counting:
    """A model that goes on counting behind a row's last number; the memory for its rows can be short."""

    name: str = "a child"
    rows: int = 8
    words: int = 1000
    loaded: list[str] = field(default_factory=list)
    going: threading.Event = field(default_factory=threading.Event)
    reading: threading.Event = field(default_factory=threading.Event)
    last: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.going.set()
        self.reading.set()

    def load(self, adapter: Adapter) -> None:
        if adapter.folder.name == "broken":
            raise ValueError("its weights have other sizes.")
        self.loaded.append(adapter.key)

    def drop(self, key: str) -> None:
        self.loaded.remove(key)

    def join(self, prompts: Sequence[Prompt], wanted: Callable[[], bool] = lambda: True) -> Logits:
        while not self.reading.wait(0.005):  # as if a prompt were long
            if not wanted():
                raise LeftError
        if len(self.last) + len(prompts) > self.rows:
            raise OutOfMemoryError
        assert all(prompt.adapter in ("", *self.loaded) for prompt in prompts)
        self.last += [prompt.ids[-1] for prompt in prompts]
        return self._next(self.last[len(self.last) - len(prompts) :])

    def step(self, tokens: Sequence[int]) -> Logits:
        self.going.wait(PATIENCE_S)
        if len(tokens) > self.rows:
            raise OutOfMemoryError
        assert tokens == [(each + 1) % self.words for each in self.last]
        self.last = list(tokens)
        return self._next(self.last)

    def keep(self, live: Sequence[int]) -> None:
        self.last = [self.last[at] for at in live]

    def _next(self, numbers: Sequence[int]) -> Logits:
        logits = np.zeros((len(numbers), self.words), np.float32)
        logits[np.arange(len(numbers)), (np.asarray(numbers) + 1) % self.words] = 1
        return logits
