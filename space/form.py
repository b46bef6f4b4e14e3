"""What a writer is asked with, from the `writer.json` beside its weights."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from release import ServingError, first_flaw

Asked = Mapping[str, str | int]
Write = Callable[[Asked], Iterator[str]]  # the text so far, again and again
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # no tabs, no line breaks
LONGEST = 2_000  # characters of a text whose writer names no limit
LIMITS: Mapping[str, tuple[float, float]] = {  # of the settings; temperature may be 0 as well
    "max_new_tokens": (1, 4096),
    "temperature": (0.1, 2.0),
    "top_p": (0.01, 1.0),
    "repetition_penalty": (1.0, 2.0),
    "seed": (0, 2**53),
}


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
        odd = CONTROL.search(value)
        return f"Control characters are not text: U+{ord(odd[0]):04X} is there." if odd else ""

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

    def flaws(self) -> dict[str, str]:
        """What is wrong with the settings; empty if nothing is."""
        wrong = {name for name, (least, most) in LIMITS.items() if not least <= getattr(self, name) <= most}
        wrong -= {"temperature"} if self.temperature == 0 else set()
        return {name: "{:,} to {:,}, please.".format(*LIMITS[name]) for name in LIMITS if name in wrong}


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
    rewrites: bool = False  # the message is a text, and comes back in other words

    def flaws(self, asked: Mapping[str, object]) -> dict[str, str]:
        """What is wrong with each field; empty where nothing is."""
        return {name: field.flaw(asked.get(name)) for name, field in self.inputs.items()}

    def clean(self, asked: Mapping[str, object]) -> Asked:
        """A request without flaws, as the prompt takes it."""
        return {name: field.clean(asked[name]) for name, field in self.inputs.items()}


def put(asked: Asked, form: Form, to: Form) -> Asked:
    """What one version's form was filled with, as another version takes it."""
    others = {name: asked.get(name, field.default) for name, field in to.inputs.items() if name != to.message}
    known = {name: value for name, value in others.items() if value is not None}
    return {to.message: asked[form.message], **known}


def read(path: Path) -> Form:
    """The form that the `writer.json` at `path` describes."""
    try:
        form = TypeAdapter(Form).validate_json(path.read_bytes())
    except ValidationError as error:
        raise ServingError(f"writer.json is not valid: {first_flaw(error)}") from error
    if form.message not in form.inputs:
        raise ServingError(f"writer.json is not valid: its message {form.message!r} is none of its inputs.")
    return form
