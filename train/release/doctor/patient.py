"""An adapter as it lies on the Hub or in a folder, and its base: all that the checks look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cards import top

Values = Mapping[str, Any]
CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


@dataclass(frozen=True)
class Tensor:
    """A tensor's shape, and whether its values are all zero or hold one that is no number."""

    shape: Sequence[int]
    is_zero: bool = False
    is_finite: bool = True


@dataclass(frozen=True)
class Base:
    """The base that an adapter names, at the commit it names, as far as this account can see it."""

    is_there: bool = True
    has_revision: bool = True
    commit: str = ""
    license: str = ""
    config: Values = field(default_factory=dict)
    generation: Values = field(default_factory=dict)
    template: str = ""
    eos: str = ""
    shapes: Mapping[str, Sequence[int]] = field(default_factory=dict)  # of its weights, if they are known


@dataclass(frozen=True)
class Patient:
    """An adapter's files, read and not judged."""

    name: str
    files: Mapping[str, int]  # path -> size
    folder: Path  # where the small ones and the weights are
    config: Values
    card: str
    tensors: Mapping[str, Tensor]
    tokenizer: Values = field(default_factory=dict)
    generation: Values = field(default_factory=dict)
    template: str = ""
    vocabulary: int = 0  # tokens that its tokenizer knows; 0 if it has none
    writer: Values = field(default_factory=dict)
    base: Base | None = None  # none if it names none that could be looked for
    is_published: bool = True  # a folder that is not has no card yet

    @property
    def base_name(self) -> str:
        """What it says it was trained on."""
        return str(self.config.get("base_model_name_or_path") or "")

    @cached_property
    def front(self) -> Values:
        """The metadata of its card."""
        return top.read(self.card).values

    @property
    def is_proven(self) -> bool:
        """Whether it brings prompts with the token ids that training saw, which say more than guesses."""
        return bool(self.writer.get("golden"))
