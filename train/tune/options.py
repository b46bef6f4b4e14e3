"""TRL's own option names: a recipe is checked without importing torch."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from train.errors import RecipeError, closest, nearest
from train.recipe import Recipe
from train.sections import Option
from train.tune import promises
from train.tune.declared import MODEL, TRAINING, declared, taken
from train.tune.renamed import current

__all__ = ["MODEL", "TRAINING", "checked", "names", "overridden", "settings"]
_EXAMPLE = "python -m train tune blog --learning_rate 1e-4"


def names(files: tuple[str, ...] = MODEL + TRAINING) -> frozenset[str]:
    """Every option of the dataclasses in these files of the installed packages."""
    return frozenset(declared(files))


def checked(recipe: Recipe) -> Recipe:
    """The recipe in today's words, if TRL knows every option and a release can keep its word with it."""
    return replace(recipe, tune=_checked(recipe.tune, f"edit the recipe's tune section ({recipe.name})"))


def overridden(recipe: Recipe, words: Sequence[str]) -> Recipe:
    """The recipe with options from the command line: `--name value` or `--name=value`."""
    parts = [part for word in words for part in (word.split("=", 1) if word.startswith("--") else [word])]
    given = dict(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) % 2 or not all(name.startswith("--") for name in given):
        raise RecipeError(f"Options are given as --name value, not {' '.join(words)!r}.", fix=_EXAMPLE)
    said = {name.removeprefix("--"): value for name, value in given.items()}
    return checked(replace(recipe, tune=recipe.tune | _checked(said, _EXAMPLE)))


def settings(recipe: Recipe, files: tuple[str, ...]) -> dict[str, Any]:
    """The recipe's options that belong to the dataclasses in `files`, as these take them."""
    chosen = {name: value for name, value in recipe.tune.items() if name in names(files)}
    return {name: _given(name, taken(name, value)) for name, value in chosen.items()}


def _given(name: str, value: Option) -> Any:
    if isinstance(value, str) and value.startswith("{") and "dict" in declared()[name].kinds:
        return json.loads(value)
    if name == "lora_target_modules" and isinstance(value, list) and len(value) == 1:
        return value * 2  # TRL unwraps a list of one into a pattern, which PEFT matches with whole paths
    return value


def _checked(given: Mapping[str, Option], fix: str) -> dict[str, Option]:
    now = current(given)
    for note in now.notes:
        print(f"note: {note}", file=sys.stderr)
    for name in now.options:
        if name not in names():
            meant = closest(f"--{name}", (f"--{each}" for each in names()))
            raise RecipeError(f"tune: TRL has no option `{name}`.{nearest(name, names())}", fix, meant)
    options = {name: taken(name, value) for name, value in now.options.items()}
    promises.check(options)
    return options
