"""Which repository somebody means, and the others of its version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import yaml
from huggingface_hub import HfApi
from huggingface_hub.errors import EntryNotFoundError
from pydantic import TypeAdapter, ValidationError

from cards import top
from train import recipe as recipes
from train import version
from train.errors import StageError
from train.patience import asked
from train.recipe import Recipe
from train.release.existing import KINDS
from train.release.pins import NAME as PINS
from train.release.pins import Pins, Writer
from train.release.published.statement import NAME as PROVENANCE
from train.release.published.statement import Statement, statement
from train.release.repository import Refs, Repository, refs, resolve

Kind = Literal["model", "dataset", "space"]
_PLURAL = {"models": "model", "datasets": "dataset", "spaces": "space"}
_ADDRESS = re.compile(
    r"(?:https?://[^/]+/)?(?:(models|datasets|spaces)/)?([\w.-]+/[\w.-]+?)(?:/tree/.*)?/?", re.ASCII
)
_SHOWN = 5


@dataclass(frozen=True)
class Named:
    """What a recipe's publish section calls the three."""

    dataset: str
    adapter: str
    space: str


def repository_of(api: HfApi, asked_for: str) -> Repository:
    """The repository that a recipe's name, OWNER/NAME or an address on the Hub stands for."""
    if is_recipe(asked_for):
        return _existing(api, ("model",), recipe_of(asked_for).publish.adapter)
    form = _ADDRESS.fullmatch(asked_for)
    if not form:
        raise StageError(
            f"{asked_for!r} is no repository on the Hub and no recipe.",
            fix="write OWNER/NAME, datasets/OWNER/NAME, spaces/OWNER/NAME or one of "
            + ", ".join(recipes.names()),
        )
    kinds = (_PLURAL[form[1]],) if form[1] else get_args(Kind)
    return _existing(api, kinds, form[2])


def recipe_of(asked_for: str) -> Recipe:
    """The recipe of that name or file, which says whose its repositories are."""
    recipe = recipes.load(asked_for)
    recipes.check_owner(recipe, asked_for)
    return recipe


def is_recipe(asked_for: str) -> bool:
    """Whether a word is a recipe's name or file; a repository has its owner's name before it."""
    return asked_for in recipes.names() or asked_for.endswith((".yaml", ".yml"))


def part_of(repository: Repository) -> str:
    """What a repository is called among the parts of a version."""
    return next(part for part, kind in KINDS.items() if kind == repository.kind)


def commit_of(repository: Repository, revision: str) -> str:
    """The commit that a tag, branch or commit of the repository stands for."""
    commit = resolve(repository, revision)
    if commit is None:
        held = version.among(held_refs(repository).tags)
        there = ", ".join(map(str, held[: -_SHOWN - 1 : -1])) or "no version at all"
        raise StageError(
            f"{repository.kind} {repository.id} has no {revision}; it has {there}.",
            fix=f"python -m train verify {repository.id} --revision {held[-1] if held else 'main'}",
        )
    return commit


def held_refs(repository: Repository) -> Refs:
    """Where branches and tags point in a repository that was found a moment ago."""
    return refs(repository) or Refs({}, {})


def others_of(repository: Repository, commit: str) -> Mapping[str, Repository]:
    """The parts of a version by name, as far as the repository names them at this commit."""
    names = _named_by_space(repository, commit) if repository.kind == "space" else _named(repository, commit)
    known = {part: Repository(repository.api, KINDS[part], name) for part, name in names.items()}
    return known | {part_of(repository): repository}


def pins_at(repository: Repository, commit: str) -> tuple[Writer, ...] | None:
    """The writers that a Space serves at a commit; none if it does not say so as a release does."""
    text = read(repository, commit, PINS)
    try:
        return TypeAdapter(Pins).validate_json(text).writers if text else None
    except ValidationError:
        return None


def statement_at(repository: Repository, commit: str) -> Statement | None:
    """What a repository says it was made from; none if it does not say so in a way that machines know."""
    text = read(repository, commit, PROVENANCE)
    return statement(text) if text else None


def read(repository: Repository, commit: str, path: str) -> bytes | None:
    """A file's content at a commit, if there is such a file."""
    try:
        found = asked(
            lambda: repository.api.hf_hub_download(
                repository.id, path, repo_type=repository.kind, revision=commit
            )
        )
    except EntryNotFoundError:
        return None
    return Path(found).read_bytes()


def _existing(api: HfApi, kinds: tuple[str, ...], name: str) -> Repository:
    for kind in get_args(Kind):
        if kind in kinds and refs(Repository(api, kind, name)) is not None:
            return Repository(api, kind, name)
    what = kinds[0] if len(kinds) == 1 else "repository"
    raise StageError(
        f"There is no {what} {name} on {api.endpoint} that this account can see.",
        fix="hf auth login (its owners alone see a private one)",
    )


def _named(repository: Repository, commit: str) -> dict[str, str]:
    found = statement_at(repository, commit)
    stated = {part: name for part, name in found.asked.parts.items() if part in KINDS} if found else {}
    if stated or repository.kind == "dataset":
        return stated
    return _named_by_recipe(repository, commit) or _named_by_card(repository, commit)


def _named_by_recipe(repository: Repository, commit: str) -> dict[str, str]:
    """The parts as the recipe names them; none if it was published under other names than its own."""
    try:
        said = yaml.safe_load(read(repository, commit, "recipe.yaml") or b"")
        publish = TypeAdapter(Named).validate_python(said["publish"])
    except (yaml.YAMLError, ValidationError, KeyError, TypeError):
        return {}
    return vars(publish) if publish.adapter == repository.id else {}


def _named_by_card(repository: Repository, commit: str) -> dict[str, str]:
    card = top.read((read(repository, commit, "README.md") or b"").decode(errors="replace"))
    listed = card.values.get("datasets")
    names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    return {"dataset": names[0]} if len(names) == 1 and "/" in names[0] else {}


def _named_by_space(repository: Repository, commit: str) -> dict[str, str]:
    writers = pins_at(repository, commit)
    return {"dataset": writers[0].dataset, "adapter": writers[0].adapter} if writers else {}
