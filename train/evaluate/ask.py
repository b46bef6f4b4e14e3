"""What both writers are asked: requests for texts, and held-out texts with the request they answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

from train.recipe import Recipe
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


def requests(titles: Sequence[str], writer: Writer, most: int = MOST_TITLES) -> tuple[Inputs, ...]:
    """One request per title, in order; every combination of the other inputs' choices takes its turn."""
    others = {name: _values(each) for name, each in writer.inputs.items() if name != writer.message}
    turns = [dict(zip(others, values, strict=True)) for values in product(*others.values())]
    asked = enumerate(islice(titles, most))
    return tuple({writer.message: title} | turns[place % len(turns)] for place, title in asked)


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
