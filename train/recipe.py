"""A recipe: one YAML file in, one frozen and strictly checked value out."""

import os
import re
from dataclasses import dataclass, field, fields, is_dataclass
from keyword import iskeyword
from pathlib import Path
from typing import get_args, get_type_hints

import yaml
from pydantic import TypeAdapter, ValidationError

from train.errors import RecipeError, closest, nearest
from train.sections import (
    Clean,
    Decoding,
    Gate,
    Input,
    Keep,
    Option,
    Pairs,
    Prompt,
    Publish,
    Scan,
    Source,
    Split,
    strict,
)

FOLDER = Path(__file__).parent / "recipes"
SPOKEN_FOR = frozenset(  # what `apply_chat_template` and the templates of bases call their own
    {
        *("add_generation_prompt", "asked", "bos_token", "chat_template", "continue_final_message"),
        *("conversation", "date_string", "documents", "eos_token", "max_length", "messages", "pad_token"),
        *(
            "padding",
            "plain",
            "return_assistant_tokens_mask",
            "return_dict",
            "return_tensors",
            "said",
            "self",
        ),
        *("sanitize_control_tokens", "tokenize", "tokenizer_kwargs", "tools", "truncation", "unk_token"),
    }
)


@strict
@dataclass(frozen=True)
class Recipe:
    """Everything that makes one writer: sources, prompt, training, gate, repositories."""

    name: str
    title: str
    language: str
    publish: Publish
    sources: tuple[Source, ...]
    prompt: Prompt
    inputs: dict[str, Input]
    tune: dict[str, Option]
    clean: Clean = field(default_factory=Clean)
    scan: Scan = field(default_factory=Scan)
    keep: Keep = field(default_factory=Keep)
    pairs: Pairs | None = None
    split: Split = field(default_factory=Split)
    decoding: Decoding = field(default_factory=Decoding)
    gate: Gate = field(default_factory=Gate)
    notes: tuple[str, ...] = ()  # limits that no figure shows; the cards state them

    @property
    def message(self) -> str:
        """The name of the input that is sent as the user's message."""
        return next(iter(self.inputs))

    @property
    def asks_with(self) -> str:
        """The column of the dataset that holds what the writer is asked with."""
        return "formal" if self.pairs else "title"

    @property
    def base(self) -> str:
        """The base model's repository."""
        return str(self.tune["model_name_or_path"])


def names() -> list[str]:
    """The recipes that ship: the folder is the registry."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def path_of(name: str) -> Path:
    """The file of the recipe called `name`; a path to a YAML file is its own name."""
    return Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"


def shown(name: str) -> str:
    """Where the recipe called `name` lies, as a person here would type it."""
    path = path_of(name)
    return os.path.relpath(path) if path.resolve().is_relative_to(Path.cwd()) else str(path)


def load(name: str) -> Recipe:
    """The recipe called `name`, or the one in the YAML file at that path."""
    path = path_of(name)
    try:
        return parse(path.read_text(encoding="utf-8"), shown(name))
    except FileNotFoundError as error:
        raise _unknown(name) from error
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path} cannot be read: {error}.", fix=f"ls -l {path}") from error


def parse(text: str, where: str) -> Recipe:
    """The recipe that a YAML text spells; `where` names it in errors."""
    try:
        return _checked(TypeAdapter(Recipe).validate_python(yaml.safe_load(text)), where)
    except yaml.YAMLError as error:
        raise RecipeError(f"{where} is not valid YAML: {_place(error)}.", fix=f"edit {where}") from error
    except ValidationError as error:
        raise RecipeError(f"{where}: {_flaw(error)}", fix=f"edit {where}") from error


def _checked(recipe: Recipe, where: str) -> Recipe:
    flaws = {
        "name: small letters, digits and hyphens only.": not re.fullmatch(r"[a-z][a-z0-9-]*", recipe.name),
        "tune: model_name_or_path is missing.": "model_name_or_path" not in recipe.tune,
        "inputs: at least one is needed.": not recipe.inputs,
        f"inputs: `{_misnamed(recipe)}` is no word, or one that chat templates use themselves.": bool(
            _misnamed(recipe)
        ),
        "sources: at least one is needed.": not recipe.sources,
        "split: validation and test must leave something to train on.": (
            min(recipe.split.validation, recipe.split.test) < 0
            or recipe.split.validation + recipe.split.test >= 1
        ),
    }
    for flaw, found in flaws.items():
        if found:
            raise RecipeError(f"{where}: {flaw}", fix=f"edit {where}")
    return recipe


def _misnamed(recipe: Recipe) -> str:
    taken = (
        each for each in recipe.inputs if each in SPOKEN_FOR or not each.isidentifier() or iskeyword(each)
    )
    return next(taken, "")


def _unknown(name: str) -> RecipeError:
    what = f"There is no recipe {name!r}.{nearest(name, names())} There are: {', '.join(names())}."
    return RecipeError(what, fix=f"ls {FOLDER}", meant=closest(name, names()))


def _place(error: yaml.YAMLError) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", "unreadable")
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)


def _flaw(error: ValidationError) -> str:
    flaw = error.errors()[0]
    path = [str(part) for part in flaw["loc"]]
    if flaw["type"] == "unexpected_keyword_argument":
        return f"unknown key `{'.'.join(path)}`.{nearest(path[-1], _keys(path))}"
    if flaw["type"] == "missing":
        return f"`{'.'.join(path)}` is missing."
    return f"`{'.'.join(path)}` cannot be {flaw['input']!r}: {flaw['msg']}."


def _keys(path: list[str]) -> list[str]:
    section = get_type_hints(Recipe)[path[0]] if len(path) > 1 else Recipe
    kinds = [kind for kind in (section, *get_args(section)) if is_dataclass(kind)]
    return [each.name for kind in kinds for each in fields(kind)]
