"""What both writers are asked: requests for texts, and held-out texts with the request they answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from train.recipe import Recipe
from train.run import as_json, digest_of
from train.sections import Input
from train.tune.prompt import wishes
from train.tune.report import Writer

MOST_TITLES = 200  # a paired test over 200 titles sees a difference of ten points three times in four
Inputs = Mapping[str, str | int | None]


@dataclass(frozen=True)
class Passage:
    """A held-out text and the request that training would have put before it."""

    id: str
    inputs: Inputs
    text: str


@dataclass(frozen=True)
class Questions:
    """What every writer is asked: requests for texts, and held-out texts to read."""

    message: str  # the name of the input that is sent as the user's message
    requests: tuple[Inputs, ...]
    passages: tuple[Passage, ...]
    learned: tuple[Passage, ...] = ()  # training texts, to see whether their beginnings are gone on with

    @property
    def digest(self) -> str:
        """The SHA-256 of the requests: the same one, the same questions."""
        return digest_of(as_json(list(self.requests)))

    def put_to(self, writer: Writer) -> "Questions":
        """The same questions as another writer takes them: what it does not know is left out."""
        return Questions(
            writer.message,
            tuple(_put(writer, inputs, self.message) for inputs in self.requests),
            tuple(replace(each, inputs=_put(writer, each.inputs, self.message)) for each in self.passages),
        )


def requests(titles: Sequence[str], writer: Writer, most: int = MOST_TITLES) -> tuple[Inputs, ...]:
    """One request per title; every combination of the other inputs' choices takes its turn.

    Which titles, and in which order, their digests decide, so that no ordering of rows changes anything.
    """
    others = {name: _values(each) for name, each in writer.inputs.items() if name != writer.message}
    turns = [dict(zip(others, values, strict=True)) for values in product(*others.values())]
    asked = enumerate(sorted(set(titles), key=digest_of)[:most])
    return tuple({writer.message: title} | turns[place % len(turns)] for place, title in asked)


def seed_of(seed: int, title: str) -> int:
    """A title's own seed, so that its text hangs on no other title."""
    return int(digest_of(str(seed), title)[:8], 16)


def passages(rows: Sequence[Mapping[str, Any]], recipe: Recipe, writer: Writer) -> tuple[Passage, ...]:
    """The held-out rows as training would have shown them, had it seen them."""
    trained = replace(recipe, inputs=writer.inputs)
    return tuple(
        Passage(
            id=row["id"],
            inputs={writer.message: row[recipe.asks_with]} | wishes(trained, {"words": row["words"]}),
            text=row["text"],
        )
        for row in rows
    )


def _values(each: Input) -> tuple[int | None, ...]:
    return each.choices or (each.default,)


def _put(writer: Writer, inputs: Inputs, message: str) -> Inputs:
    others = {name: inputs.get(name, each.default) for name, each in writer.inputs.items()}
    return others | {writer.message: inputs[message]}
