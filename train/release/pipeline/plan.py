"""`python -m train plan`: may this tag be released? It asks before anything is built, and without a token."""

import argparse
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from train import recipe as recipes
from train.client import visitor
from train.errors import ImprintError
from train.patience import explained
from train.recipe import Recipe
from train.release.existing import KINDS
from train.release.pipeline.tag import DEFAULT, Tag, parse, released_commit
from train.release.repository import Repository, past, refs
from train.verbs.answer import Answer
from train.verbs.page import Page

PAGE = Page(
    does="""Checks a git tag before anything is built, and without a token: that it is a version and part of
    the main branch, that its recipe can be read and released in public, that nothing else has taken the
    version. For the workflows; by hand it says whether a tag could be pushed.""",
    reads="the tagged repository, its recipe, what is published on the Hub",
    leaves="the plan, in the file that GITHUB_OUTPUT names",
    examples=(
        ("python -m train plan v1.2.0", "the recipe `blog`"),
        ("python -m train plan news-v1.2.0 --json | jq -r .recipe", "the recipe's file alone"),
        ("python -m train plan v1.2.0 --caller ../writers --main main", "of another repository"),
    ),
)
TRAINERS = ("self-hosted", "hf-jobs", "prebuilt")
STAGED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")


@dataclass(frozen=True)
class Plan:
    """What the jobs after it need to know."""

    tag: str
    version: str
    prerelease: str  # as shells and workflows write it
    recipe: str  # the path of its file
    name: str
    commit: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("tag", metavar="TAG", help="the git tag, as v1.2.0 or news-v1.2.0")
    told = "the recipe's file in the caller's repository (default: the one that the tag names)"
    parser.add_argument("--recipe", dest="file", metavar="FILE", default="", help=told)
    told = f"one of {', '.join(TRAINERS)} (default: {TRAINERS[0]})"
    parser.add_argument("--trainer", default=TRAINERS[0], help=told)
    parser.add_argument("--adapter", default="", help="for prebuilt: where it is staged, OWNER/NAME@COMMIT")
    told = "where the tagged repository lies (default: here)"
    parser.add_argument("--caller", metavar="FOLDER", type=Path, default=Path(), help=told)
    told = "the branch that the tag must be part of (default: origin/main)"
    parser.add_argument("--main", default="origin/main", help=told)
    parser.add_argument("--visibility", default="public", help="of the tagged repository (default: public)")


def run(asked: argparse.Namespace) -> Answer:
    """Check everything, then hand the plan to the workflow."""
    tag = parse(asked.tag)
    _check_trainer(asked.trainer, asked.adapter)
    commit = released_commit(asked.caller, tag, asked.main)
    path = _file(asked.caller, asked.file, tag)
    recipe = _recipe(path, tag, public=asked.visibility == "public")
    _check_free(recipe, tag)
    prerelease = str(tag.version.is_prerelease).lower()
    plan = Plan(tag.name, str(tag.version), prerelease, path.as_posix(), recipe.name, commit)
    _hand_over(vars(plan))
    return Answer(f"{plan.version} of {plan.name} at {commit[:7]}, trained by {asked.trainer}", plan)


def _check_trainer(trainer: str, adapter: str) -> None:
    if trainer not in TRAINERS:
        fix = f"choose one of {', '.join(TRAINERS)}"
        raise ImprintError(f"There is no trainer {trainer!r}.", fix=fix)
    if trainer == "prebuilt" and not STAGED.fullmatch(adapter):
        what = f"A prebuilt adapter is named OWNER/NAME@COMMIT, and not {adapter!r}."
        raise ImprintError(what, fix="hf upload OWNER/NAME runs/RECIPE . --include 'adapter/*' --private")


def _file(caller: Path, given: str, tag: Tag) -> Path:
    path = caller / (given or f"train/recipes/{tag.recipe or DEFAULT}.yaml")
    inside = path.resolve().is_relative_to(caller.resolve())
    if not inside or path.suffix not in (".yaml", ".yml") or re.search(r"[^\w./-]", given):
        raise ImprintError(f"{given!r} is no recipe's file in this repository.", fix="git ls-files '*.yaml'")
    return path


def _recipe(path: Path, tag: Tag, *, public: bool) -> Recipe:
    recipe = recipes.load(str(path))
    if tag.recipe not in (None, recipe.name):
        what = f"The tag {tag.name} is for the recipe {tag.recipe}, and {path} is {recipe.name}."
        raise ImprintError(what, fix=f"push {recipe.name}-{tag.version}")
    if any(repo.startswith("OWNER/") for repo in recipe.publish.repositories):
        what = f"The publish section of {path} names no repositories of yours."
        raise ImprintError(what, fix=f"edit {path}")
    if public and any(source.private for source in recipe.sources):
        what = f"{path} has a private source, and anybody can download what jobs of a public repository keep."
        raise ImprintError(what, fix=f"python -m train prepare {recipe.name}, on a machine of yours")
    if public and recipe.publish.private:
        note = "note: anybody can download this run's files for a week, though the repositories are private"
        print(note, file=sys.stderr)
    return recipe


def _check_free(recipe: Recipe, tag: Tag) -> None:
    """Refuse a version that something else has taken; what is private is looked at later, with a token."""
    api = visitor()
    with explained(api.endpoint, again=f"python -m train plan {tag.name}"):
        for kind, repo in zip(KINDS.values(), recipe.publish.repositories, strict=True):
            _check_ours(Repository(api, kind, repo), recipe, tag)


def _check_ours(repository: Repository, recipe: Recipe, tag: Tag) -> None:
    number, release_id = str(tag.version), f"{recipe.name}-{tag.version}"
    held = refs(repository)
    if held is None or number not in held.tags:
        return
    if not any(f"Release-Id: {release_id}\n" in each.message for each in past(repository, number)):
        what = f"{number} of {repository.kind} {repository.id} was not released by {recipe.name}."
        raise ImprintError(what, fix="push the next version's tag")
    print(f"{repository.kind:8} {repository.id} has {number}: its bytes must be the same", file=sys.stderr)


def _hand_over(values: Mapping[str, str]) -> None:
    """Give the values to the jobs after this one; each was checked, so none can end its line."""
    if path := os.environ.get("GITHUB_OUTPUT"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in values.items())
