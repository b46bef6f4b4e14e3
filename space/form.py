"""What a writer is asked with, from the `writer.json` beside its weights."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from release import ServingError, first_flaw

Asked = Mapping[str, str | int]
Write = Callable[[Asked], Iterator[str]]  # the text so far, again and again
LONGEST = 2_000  # characters of a text whose writer names no limit


@dataclass(frozen=True)
class Input:
    """One field: a text, or a choice of numbers."""

    label: str
    max_chars: int | None = None
    examples: tuple[str, ...] = ()
    choices: tuple[int, ...] = ()
    default: int | None = None

    @property
    def limit(self) -> int:
        """How many characters a text may have."""
        return self.max_chars or LONGEST

    def flaw(self, value: object) -> str:
        """What is wrong with `value`, as its visitor should read it; empty if nothing is."""
        if self.choices:
            choices = [str(choice) for choice in self.choices]
            return "" if str(value) in choices else f"Choose one of {', '.join(choices)}."
        if not isinstance(value, str) or not value.strip():
            return "Please write something here first."
        if len(value) > self.limit:
            return f"{len(value):,} characters are too many: {self.limit:,} at most."
        return ""

    def clean(self, value: Any) -> str | int:
        """A value without a flaw, as the prompt takes it."""
        return int(value) if self.choices else str(value).strip()


@dataclass(frozen=True)
class Decoding:
    """How text is drawn; temperature 0 takes the likeliest token each time."""

    max_new_tokens: int
    temperature: float
    top_p: float
    repetition_penalty: float
    seed: int


@dataclass(frozen=True)
class Golden:
    """A request, and the token ids it became in training."""

    inputs: dict[str, str | int]
    ids: tuple[int, ...]


@dataclass(frozen=True)
class Form:
    """A writer's fields, its decoding, and proof of its prompt."""

    message: str
    inputs: dict[str, Input]
    decoding: Decoding
    golden: tuple[Golden, ...]

    def flaws(self, asked: Mapping[str, object]) -> dict[str, str]:
        """What is wrong with each field; empty where nothing is."""
        return {name: field.flaw(asked.get(name)) for name, field in self.inputs.items()}

    def clean(self, asked: Mapping[str, object]) -> Asked:
        """A request without flaws, as the prompt takes it."""
        return {name: field.clean(asked[name]) for name, field in self.inputs.items()}


def read(path: Path) -> Form:
    """The form that the `writer.json` at `path` describes."""
    try:
        form = TypeAdapter(Form).validate_json(path.read_bytes())
    except ValidationError as error:
        raise ServingError(f"writer.json is not valid: {first_flaw(error)}") from error
    if form.message not in form.inputs:
        raise ServingError(f"writer.json is not valid: its message {form.message!r} is none of its inputs.")
    return form
