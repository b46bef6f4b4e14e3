"""What TRL declares of its options, read from the installed sources: no torch is imported for it."""

import ast
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from train.errors import RecipeError, nearest
from train.sections import Option

MODEL = ("trl/trainer/model_config.py",)
TRAINING = ("trl/trainer/sft_config.py", "trl/trainer/base_config.py", "transformers/training_args.py")
ENUMS = ("transformers/trainer_utils.py", "transformers/training_args.py")
MANY = 8  # choices; more of them are not listed in an error
TAKEN = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "dict": "a JSON object between quotes",
    "list": "a list of words",
    "str": "a word",
}


@dataclass(frozen=True)
class Declared:
    """An option as its dataclass declares it: the kinds of values it takes, and which words if not any."""

    kinds: tuple[str, ...]
    choices: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """What a person may write."""
        if 0 < len(self.choices) <= MANY:
            return f"one of {', '.join(self.choices)}"
        return " or ".join(TAKEN[kind] for kind in READ if kind in self.kinds) or "nothing a recipe can say"


@cache
def declared(files: tuple[str, ...] = MODEL + TRAINING) -> dict[str, Declared]:
    """Every option of the dataclasses in these files of the installed packages; the first file wins."""
    found: dict[str, Declared] = {}
    for file in files:
        for line in _annotated(_tree(file)):
            found.setdefault(line.target.id, _read(line))  # type: ignore[union-attr]
    return found


def taken(name: str, given: Option) -> Option:
    """The value in the kind that the option takes: YAML and shells leave `1e-4` a string."""
    option = declared()[name]
    for kind in (kind for kind in READ if kind in option.kinds):
        value = READ[kind](given, option)
        if value is not None:
            return _chosen(name, value, option)
    raise RecipeError(f"tune: `{name}` takes {option.said}, not {given!r}.", fix=f"--{name} VALUE")


def _chosen(name: str, value: Option, option: Declared) -> Option:
    if not option.choices or not isinstance(value, str) or value in option.choices:
        return value
    said = f" It takes {option.said}." if len(option.choices) <= MANY else ""
    what = f"tune: `{name}` cannot be {value!r}.{nearest(value, option.choices)}{said}"
    raise RecipeError(what, fix=f"--{name} VALUE")


def _truth(given: Option, option: Declared) -> Option | None:
    words = {"true": True, "yes": True, "false": False, "no": False}
    return given if isinstance(given, bool) else words.get(str(given).lower())


def _whole(given: Option, option: Declared) -> Option | None:
    number = _number(given, option)
    return int(number) if isinstance(number, (int, float)) and number == int(number) else None


def _number(given: Option, option: Declared) -> Option | None:
    if isinstance(given, str):
        try:
            given = float(given) if any(mark in given for mark in ".eE") else int(given)
        except ValueError:
            return None
    usable = isinstance(given, (int, float)) and not isinstance(given, bool) and math.isfinite(given)
    return given if usable else None


def _object(given: Option, option: Declared) -> Option | None:
    """JSON stays the text it is: recipes and reports hold no deeper values."""
    if not isinstance(given, str):
        return None
    try:
        return given if isinstance(json.loads(given), dict) else None
    except ValueError:
        return None


def _words(given: Option, option: Declared) -> Option | None:
    if isinstance(given, str) and given.startswith("["):
        try:
            given = json.loads(given)
        except ValueError:
            return None
    if isinstance(given, str) and "str" not in option.kinds and given != "all-linear":
        return given.split(",")
    is_list = isinstance(given, list) and all(isinstance(word, str) for word in given)
    return given if is_list or given == "all-linear" else None


def _word(given: Option, option: Declared) -> Option | None:
    if str(given).lower() == "false" and "no" in option.choices:
        return "no"  # YAML takes a bare no for false
    if isinstance(given, (int, float)) and not isinstance(given, bool) and "dict" not in option.kinds:
        return str(given)  # a run may be called 2024
    return given if isinstance(given, str) and given not in ("", "None", "null") else None


READ: dict[str, Callable[[Option, Declared], Option | None]] = {  # in the order in which they are tried
    "bool": _truth,
    "int": _whole,
    "float": _number,
    "dict": _object,
    "list": _words,
    "str": _word,
}


def _read(line: ast.AnnAssign) -> Declared:
    kinds = tuple(kind.split("[")[0] for kind in ast.unparse(line.annotation).split(" | "))
    enums = [words for name, words in _enums().items() if name in kinds]
    return Declared(kinds, tuple(_listed(line)) or (enums[0] if enums and "list" not in kinds else ()))


def _listed(line: ast.AnnAssign) -> list[str]:
    """The choices that the field's metadata lists."""
    dicts = [node for node in ast.walk(line) if isinstance(node, ast.Dict)]
    pairs = [pair for each in dicts for pair in zip(each.keys, each.values, strict=True)]
    lists = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "choices"]
    return [str(word) for each in lists if isinstance(each, ast.List) for word in ast.literal_eval(each)]


@cache
def _enums() -> dict[str, tuple[str, ...]]:
    classes = [node for file in ENUMS for node in _tree(file).body if isinstance(node, ast.ClassDef)]
    return {each.name: tuple(words) for each in classes if (words := _constants(each))}


def _constants(each: ast.ClassDef) -> list[str]:
    lines = [line.value for line in each.body if isinstance(line, ast.Assign)]
    return [str(value.value) for value in lines if isinstance(value, ast.Constant)]


def _annotated(tree: ast.Module) -> Iterator[ast.AnnAssign]:
    for each in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for line in each.body:
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                yield line


@cache
def _tree(file: str) -> ast.Module:
    package, _, rest = file.partition("/")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise RecipeError(f"{package} is not installed.", fix="make setup")
    return ast.parse((Path(spec.origin).parent / rest).read_text(encoding="utf-8"))
