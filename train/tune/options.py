"""TRL's own option names, read from the installed sources: a recipe is checked without importing torch."""

import ast
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from train.errors import RecipeError, nearest
from train.recipe import Recipe
from train.sections import Option

MODEL = ("trl/trainer/model_config.py",)
TRAINING = ("trl/trainer/sft_config.py", "trl/trainer/base_config.py", "transformers/training_args.py")


@cache
def names(files: tuple[str, ...] = MODEL + TRAINING) -> frozenset[str]:
    """Every option of the dataclasses in these files of the installed packages."""
    return frozenset(name for file in files for name in _fields(_installed(file)))


def checked(recipe: Recipe) -> Recipe:
    """The same recipe, if TRL knows every option it sets."""
    for name in recipe.tune:
        if name not in names():
            raise RecipeError(
                f"tune: TRL has no option `{name}`.{nearest(name, names())}",
                fix=f"edit the recipe's tune section ({recipe.name})",
            )
    return recipe


def overridden(recipe: Recipe, words: Sequence[str]) -> Recipe:
    """The recipe with options from the command line: `--name value` or `--name=value`."""
    parts = [part for word in words for part in (word.split("=", 1) if word.startswith("--") else [word])]
    given = dict(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) % 2 or not all(name.startswith("--") for name in given):
        raise RecipeError(f"Options are given as --name value, not {' '.join(words)!r}.", fix=_EXAMPLE)
    changes = {name.removeprefix("--"): value_of(text) for name, text in given.items()}
    return checked(replace(recipe, tune=recipe.tune | changes))


def settings(recipe: Recipe, files: tuple[str, ...]) -> dict[str, Any]:
    """The recipe's options that belong to the dataclasses in `files`."""
    chosen = {name: value for name, value in recipe.tune.items() if name in names(files)}
    return {name: value_of(value) if isinstance(value, str) else value for name, value in chosen.items()}


def value_of(text: str) -> Option:
    """What a word stands for: YAML and shells leave `1e-4` a string, TRL wants the number."""
    try:
        value: Option = json.loads(text.lower() if text.lower() in ("true", "false") else text)
    except ValueError:
        return text
    return value


_EXAMPLE = "python -m train tune blog --learning_rate 1e-4"


def _installed(file: str) -> Path:
    package, _, rest = file.partition("/")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise RecipeError(f"{package} is not installed.", fix="make setup")
    return Path(spec.origin).parent / rest


def _fields(source: Path) -> list[str]:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    lines = [line for each in classes for line in each.body if isinstance(line, ast.AnnAssign)]
    return [line.target.id for line in lines if isinstance(line.target, ast.Name)]
