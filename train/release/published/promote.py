"""`python -m train promote`: what was released in private becomes public, once it is found to be whole."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

from huggingface_hub import HfApi

from cards.join import refusals
from train import recipe as recipes
from train import version
from train.client import connect
from train.errors import SAME, StageError
from train.licensing import combination, sources_of
from train.patience import ensured, explained
from train.recipe import Recipe
from train.release.existing import KINDS
from train.release.published import demo
from train.release.published.check import flaws
from train.release.published.parts import Parts, parts_of
from train.release.published.place import held_refs, read
from train.release.published.verify import verify
from train.release.repository import Repository, is_private
from train.verbs.answer import Answer
from train.verbs.page import Page

PAGE = Page(
    does="""Makes a version's repositories public, once it is found to be whole: dataset, adapter, then the
    Space. A repository is public as a whole: every version in it can be seen then. A dataset whose
    sources' licences do not allow it stays private. Run again after a mishap, it goes on.""",
    reads="the version on the Hub",
    leaves="the repositories, public; without --yes nothing",
    examples=(
        ("python -m train promote blog v1.2.0", "check the version, and say what would become public"),
        ("python -m train promote blog v1.2.0 --yes", "do it"),
    ),
)


@dataclass(frozen=True)
class Step:
    """One repository, and what becomes of it."""

    part: str
    repository: Repository
    private: bool
    stays: str = ""  # why it is not made public
    was_private: bool = False  # until now

    @property
    def told(self) -> str:
        """The step in words."""
        if self.stays:
            return f"stays {'private' if self.private else 'public'}: {self.stays}"
        seen = "public now" if self.was_private else "public already"
        return "private → public" if self.private else seen


@dataclass(frozen=True)
class Part:
    """One repository, as programs read of it."""

    part: str
    repository: str
    url: str
    private: bool
    was_private: bool
    stays: str  # why it is not made public


@dataclass(frozen=True)
class Promotion:
    """What can be seen of a version, and the command that is left to type."""

    version: str
    repositories: tuple[Part, ...]
    next: str  # empty: nothing is left to do


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("recipe", metavar="RECIPE|REPO", help="a recipe, or any of its repositories")
    parser.add_argument(
        "version", metavar="VERSION", help="the version that is to be seen, vMAJOR.MINOR.PATCH"
    )
    parser.add_argument("--yes", action="store_true", help="do it, not only say what would be done")


def run(asked: argparse.Namespace) -> Answer:
    """Make the plan, and follow it if that was asked for."""
    api = connect()
    with explained(api.endpoint, again=SAME):
        steps = plan(api, asked.recipe, asked.version)
        for each in promote(steps) if asked.yes else ():
            demo.say(each.repository, "is public")
            steps = [each if step.part == each.part else step for step in steps]
    is_left = any(each.private and not each.stays for each in steps)
    again = f"python -m train promote {asked.recipe} {asked.version} --yes" if is_left else ""
    last = [f"\nNothing is done yet.\nNext:  {again}"] * is_left
    parts = tuple(_part(each) for each in steps)
    return Answer("\n".join([told(steps, asked.version), *last]), Promotion(asked.version, parts, again))


def _part(step: Step) -> Part:
    where = step.repository
    was_private = step.private or step.was_private
    return Part(step.part, where.id, where.url, step.private, was_private, step.stays)


def plan(api: HfApi, asked_for: str, tag: str) -> list[Step]:
    """What would become public, once the version is found to be whole; in the order in which it is done."""
    tag = str(version.parse(tag))
    parts = parts_of(api, asked_for, tag)
    if version.parse(tag) not in parts.good:
        there = ", ".join(map(str, parts.good)) or "none"
        what = f"{tag} is no version that stands in {parts.adapter.id}; there is {there}."
        verb = f"promote {asked_for} {parts.good[-1]}" if parts.good else "release RECIPE"
        raise StageError(what, fix=f"python -m train {verb}")
    if found := flaws(verify(api, parts.adapter.id, tag).checks):
        what = f"{tag} of {parts.adapter.id} is not whole: {found[0].part}: {found[0].found}."
        raise StageError(what, fix=f"python -m train verify {parts.adapter.id} --revision {tag}")
    stays = {"dataset": _withheld(parts, tag)}
    named = zip(KINDS, parts.all, strict=True)
    return [Step(part, each, is_private(each), stays.get(part, "")) for part, each in named]


def forbidden(recipe: Recipe) -> str:
    """Why a recipe's rows may not be shown to everybody; empty if its sources allow it."""
    shown = replace(combination(recipe, sources_of(recipe)), private=False)
    rows = replace(shown, base="", adapter_license="unknown", adapter="")
    return " ".join(dict.fromkeys(each.what for each in refusals(rows)))


def told(steps: list[Step], tag: str) -> str:
    """The plan, with everything that becomes visible beside the version."""
    adapter = steps[1].repository
    held = held_refs(adapter)
    gone = ", ".join(map(str, version.withdrawn(held.tags)))
    lines = [f"{adapter.id} {tag}: whole, as it was released\n"]
    lines += [f"  {each.part:8} {each.repository.id:{_width(steps)}}  {each.told}" for each in steps]
    lines += [f"\nVisible then: {', '.join(map(str, version.among(held.tags)))}"]
    return "\n".join(lines + [f"Withdrawn ones too: {gone}"] * bool(gone))


def promote(steps: list[Step]) -> Iterator[Step]:
    """Make public what may be: a card links only to what can be seen already."""
    for each in steps:
        if each.private and not each.stays:
            _publish(each.repository)
            yield replace(each, private=False, was_private=True)


def _publish(repository: Repository) -> None:
    ensured(
        look=lambda: None if is_private(repository) else True,
        write=lambda: repository.api.update_repo_settings(
            repository.id, repo_type=repository.kind, private=False
        ),
        what=lambda: f"{repository.id} in public",
    )


def _withheld(parts: Parts, tag: str) -> str:
    text = read(parts.adapter, held_refs(parts.adapter).tags[tag], "recipe.yaml")
    if text is None:
        return "there is no recipe.yaml that says what its sources allow"
    return forbidden(recipes.parse(text.decode(), f"recipe.yaml of {parts.adapter.id}"))


def _width(steps: list[Step]) -> int:
    return max(len(each.repository.id) for each in steps)
