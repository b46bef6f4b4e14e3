"""A recipe: one YAML file in, one frozen and strictly checked value out."""

import os
import re
import shlex
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cache
from keyword import iskeyword
from pathlib import Path
from typing import Any, get_args, get_type_hints

import yaml
from jinja2 import Environment, TemplateSyntaxError
from jinja2.meta import find_undeclared_variables
from pydantic import TypeAdapter, ValidationError
from yaml.constructor import ConstructorError

from train.errors import RecipeError, closest, first_line, nearest
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


class _Loader(yaml.SafeLoader):
    """YAML in which no key stands twice: of two, one would be ignored."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping; a key that an earlier line has is an error."""
        known: list[Any] = []
        for key, _ in node.value:
            if key.value in known:
                raise ConstructorError(problem=f"a second `{key.value}`", problem_mark=key.start_mark)
            known.append(key.value)
        return super().construct_mapping(node, deep)


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
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise _unknown(name) from error
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(
            f"{path} cannot be read: {error}.", fix=f"ls -l {shlex.quote(str(path))}"
        ) from error
    recipe = parse(text, shown(name))
    if path.parent.resolve() == FOLDER and recipe.name != path.stem:  # its runs would lie among another's
        what = f"{shown(name)}: name is `{recipe.name}`, and the file's is `{path.stem}`."
        raise RecipeError(what, fix=f"edit {shown(name)}")
    return recipe


def parse(text: str, where: str) -> Recipe:
    """The recipe that a YAML text spells; `where` names it in errors."""
    try:
        return _checked(_reader().validate_python(yaml.load(text, _Loader)), where)  # noqa: S506
    except ValidationError as error:
        raise RecipeError(f"{where}: {_flaw(error)}", fix=f"edit {where}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # the 30th of February, [[[[…
        raise RecipeError(f"{where} is not valid YAML: {_place(error)}.", fix=f"edit {where}") from error


def check_owner(recipe: Recipe, typed: str) -> None:
    """Refuse a recipe whose repositories are still nobody's, as those of one that ships."""
    if any(name.startswith("OWNER/") for name in recipe.publish.repositories):
        what = f"The publish section of recipe {recipe.name} still says OWNER."
        raise RecipeError(what, fix=f"write your account or organisation there, in {path_of(typed)}")


@cache
def _reader() -> TypeAdapter[Recipe]:
    return TypeAdapter(Recipe)  # made once: that takes longer than to read with it


def _checked(recipe: Recipe, where: str) -> Recipe:
    for flaw in (*_flaws(recipe), *_flaws_of_numbers(recipe), *_flaws_of_prompt(recipe)):
        raise RecipeError(f"{where}: {flaw}", fix=f"edit {where}")
    return recipe


def _flaws(recipe: Recipe) -> Iterator[str]:
    if not re.fullmatch(r"[a-z][a-z0-9-]*", recipe.name):
        yield "name: small letters, digits and hyphens only."
    if not re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", recipe.language):
        yield f"language: a code of two or three letters, as en, not {recipe.language!r}."
    for name in recipe.publish.repositories:
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", name, re.ASCII):
            yield f"publish: {name!r} is not OWNER/NAME, of letters, digits, . _ and -."
    if "model_name_or_path" not in recipe.tune:
        yield "tune: model_name_or_path is missing."
    if not recipe.sources:
        yield "sources: at least one is needed."
    if not all(source.path.strip() for source in recipe.sources):
        yield "sources: a path is empty."


def _flaws_of_numbers(recipe: Recipe) -> Iterator[str]:
    if recipe.split.validation + recipe.split.test >= 1:
        yield "split: validation and test must leave something to train on."
    if recipe.keep.words[0] > recipe.keep.words[1]:
        yield "keep: words begins with the least."
    ranges = (recipe.pairs.words, recipe.pairs.overlap) if recipe.pairs else ()
    if any(least > most for least, most in ranges):
        yield "pairs: words and overlap begin with the least."


def _flaws_of_prompt(recipe: Recipe) -> Iterator[str]:
    if not recipe.inputs:
        yield "inputs: at least one is needed."
    for name, each in recipe.inputs.items():
        if name in SPOKEN_FOR or not name.isidentifier() or iskeyword(name):
            yield f"inputs: `{name}` is no word, or one that chat templates use themselves."
        if each.choices and each.default not in (None, *each.choices):
            yield f"inputs: the default of `{name}` is none of its choices."
    templates = Environment(extensions=["jinja2.ext.loopcontrols"], autoescape=True)
    try:
        used = find_undeclared_variables(templates.parse(recipe.prompt.user))
    except TemplateSyntaxError as error:
        yield f"prompt: line {error.lineno} is no Jinja: {error.message}."
        return
    for name in sorted(used - {*recipe.inputs, *SPOKEN_FOR, *templates.globals}):
        yield f"prompt: `{name}` is no input, and would be nothing.{nearest(name, recipe.inputs)}"
    if recipe.message not in used:
        yield f"prompt: it does not say `{recipe.message}`, which is what is asked."


def _unknown(name: str) -> RecipeError:
    what = f"There is no recipe {name!r}.{nearest(name, names())} There are: {', '.join(names())}."
    return RecipeError(what, fix=f"ls {FOLDER}", meant=closest(name, names()))


def _place(error: Exception) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", first_line(error))
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)


def _flaw(error: ValidationError) -> str:
    flaw, *others = error.errors()
    path = [str(part) for part in flaw["loc"]]
    if not path:
        return "a recipe has keys and values, as the others beside it have; here is none."
    if flaw["type"] == "unexpected_keyword_argument":
        return f"unknown key `{'.'.join(path)}`.{nearest(path[-1], _keys(path))}"
    if flaw["type"] == "missing":
        unknown = [str(each["loc"][-1]) for each in others if each["type"] == "unexpected_keyword_argument"]
        meant = closest(path[-1], unknown)
        typed = f", and `{meant[1]}` is no key: is it meant?" if meant else "."
        return f"`{'.'.join(path)}` is missing{typed}"
    bare = flaw["type"] == "string_type" and isinstance(flaw["input"], bool | int | float | date)
    quoted = "; YAML reads yes and no, numbers and days as such: put it in quotes" if bare else ""
    said = flaw["msg"].replace("tuple", "list")  # as YAML has it
    return f"`{'.'.join(path)}` cannot be {flaw['input']!r}: {said}{quoted}."


def _keys(path: list[str]) -> list[str]:
    section = get_type_hints(Recipe)[path[0]] if len(path) > 1 else Recipe
    kinds = [kind for kind in (section, *get_args(section)) if is_dataclass(kind)]
    return [each.name for kind in kinds for each in fields(kind)]
