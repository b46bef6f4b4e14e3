"""A version's own way from a request to token ids, and from ids to text: its tokenizer and its template."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import form
from form import Asked, Form
from release import ServingError

FILES = ("writer.json", "training.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
FIRST = "Az7(é日"  # requests that begin with these have no more in common than the template gives them
LEAST = 8  # tokens; fewer are read as quickly as they are looked up
BROKEN = "\ufffd"  # what a character decodes to whose last bytes are still to come


@dataclass(frozen=True)
class Prompter:
    """A form, and the tokenizer that puts it to the model."""

    form: Form
    tokenizer: Any
    head: tuple[int, ...] = ()  # what all prompts begin with

    def ids(self, asked: Asked) -> list[int]:
        """The prompt of a request; what stands in its fields stays text, whatever it looks like."""
        others = {name: value for name, value in asked.items() if name != self.form.message}
        turn = [{"role": "user", "content": asked[self.form.message]}]
        ids = self.tokenizer.apply_chat_template(
            turn, add_generation_prompt=True, return_dict=False, sanitize_control_tokens=True, **others
        )
        return [int(each) for each in ids]

    def shared(self, ids: Sequence[int]) -> int:
        """How many of a prompt's ids are the head; none if it begins otherwise, or is no longer."""
        long = len(self.head)
        return long if len(ids) > long and tuple(ids[:long]) == self.head else 0

    @property
    def stops(self) -> frozenset[int]:
        """The token that ends a text, as far as the tokenizer knows one."""
        end = self.tokenizer.eos_token_id
        return frozenset() if end is None else frozenset([end])

    def text(self, ids: Sequence[int]) -> str:
        """What ids say, without a character that is not whole yet."""
        return str(self.tokenizer.decode(ids, skip_special_tokens=True)).rstrip(BROKEN).strip()

    def check(self) -> None:
        """Refuse a tokenizer that turns a recorded request into other ids than training saw."""
        for golden in self.form.golden:
            if tuple(self.ids(golden.inputs)) != golden.ids:
                title = golden.inputs[self.form.message]
                raise ServingError(f"The prompt for {title!r} is not the one that training saw: not serving.")


def read(folder: Path) -> Prompter:
    """The words of the version whose files are in `folder`, checked against training's."""
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        reason = str(error).strip().split("\n", 1)[0]
        raise ServingError(f"The tokenizer in {folder.name[:7]} cannot be read: {reason}") from error
    prompter = Prompter(form.read(folder / "writer.json"), tokenizer)
    prompter.check()
    return replace(prompter, head=_head(prompter))


def _head(prompter: Prompter) -> tuple[int, ...]:
    """The ids that prompts of all kinds begin with, if there are enough of them."""
    asked: list[Asked] = [golden.inputs for golden in prompter.form.golden]
    asked += [_filled(prompter.form, at, letter) for at, letter in enumerate(FIRST)]
    places = zip(*(prompter.ids(each) for each in asked), strict=False)
    shared = tuple(place[0] for place in takewhile(lambda place: len(set(place)) == 1, places))
    return shared if len(shared) >= LEAST else ()


def _filled(form: Form, at: int, text: str) -> Asked:
    """A request whose fields hold a text, or one of their choices."""
    return {
        name: field.choices[at % len(field.choices)] if field.choices else text
        for name, field in form.inputs.items()
    }
