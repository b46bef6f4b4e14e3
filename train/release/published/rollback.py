"""`python -m train rollback`: let `main` and the Space show an earlier version, or a later one again."""

import argparse
from dataclasses import dataclass

from huggingface_hub import HfApi

from train import version
from train.client import connect
from train.errors import SAME, StageError
from train.patience import explained
from train.release.published import demo
from train.release.published.back import ensure_main, version_on_main
from train.release.published.moved import Moved, heads, moved
from train.release.published.moved import told as seen
from train.release.published.parts import Parts, parts_of
from train.release.published.place import held_refs
from train.release.published.standing import reasons
from train.verbs.answer import Answer
from train.verbs.page import Page
from train.version import Version

PAGE = Page(
    does="""Puts main and the Space to the last good version; nothing is withdrawn, and no tag moves: who has
    pinned a version keeps it. Run again after a mishap, it goes on.""",
    reads="the versions on the Hub",
    leaves="main and the Space at an earlier version, or at a later one again",
    examples=(
        ("python -m train rollback blog", "to the good version before the newest one"),
        ("python -m train rollback blog --to v1.2.0", "to any version that stands: forward again, too"),
        ("python -m train rollback acme/blog-writer", "by its repository"),
    ),
)


@dataclass(frozen=True)
class Return:
    """The version that is shown now."""

    version: str
    repositories: tuple[Moved, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("recipe", metavar="RECIPE|REPO", help="a recipe, or any of its repositories")
    parser.add_argument("--to", metavar="VERSION", help="the version to show (default: the one before)")


def run(asked: argparse.Namespace) -> Answer:
    """Go back, or find that it is so."""
    api = connect()
    with explained(api.endpoint, again=SAME):
        done = rollback(api, asked.recipe, asked.to)
        return Answer(told(done), done)


def rollback(api: HfApi, asked_for: str, to: str | None = None) -> Return:
    """Put `main` and the Space to a version that stands; what came of it."""
    parts = parts_of(api, asked_for)
    target = _chosen(parts, version.parse(to)) if to else _before(parts)
    before = heads(parts)
    _put_back(parts, target)
    return Return(str(target), moved(parts, before, str(target)))


def told(done: Return) -> str:
    """The same in one line."""
    return f"{seen(done.repositories)}. Every tag stays where it is."


def _put_back(parts: Parts, target: Version) -> None:
    title, why = f"Back to {target}", f"Rolled-Back-To: {target}"
    if (serving := demo.serves(parts)) and serving.version != str(target):
        demo.put_back(parts, [target], title, why)
    for part in (parts.adapter, parts.dataset):
        held = held_refs(part)
        wanted = version_on_main(part, held.tags[str(target)], reasons(part, held))
        before = held.branches["main"]
        if ensure_main(part, wanted, title, why) != before:
            demo.say(part, f"main is {target}")


def _before(parts: Parts) -> Version:
    """The newest version that stands, of those before the newest of all."""
    newest = max(_finals(parts), default=None)
    earlier = [each for each in parts.good if newest and each < newest]
    if not earlier:
        raise StageError(
            f"{parts.adapter.id} has no good version before {newest or 'its first'}.",
            fix=f'python -m train yank {parts.adapter.id} {newest} --reason "…" withdraws that one'
            if newest
            else "release one",
        )
    return earlier[-1]


def _finals(parts: Parts) -> list[Version]:
    """Every version but the pre-releases, the withdrawn ones too."""
    return [each for each in version.among(held_refs(parts.adapter).tags) if not each.is_prerelease]


def _chosen(parts: Parts, asked_for: Version) -> Version:
    if asked_for in version.withdrawn(held_refs(parts.adapter).tags):
        raise StageError(f"{asked_for} was withdrawn.", fix=_good(parts))
    if asked_for.is_prerelease or asked_for not in parts.good:
        what = "is a pre-release" if asked_for.is_prerelease else f"is no version of {parts.adapter.id}"
        raise StageError(f"{asked_for} {what}: main cannot show it.", fix=_good(parts))
    return asked_for


def _good(parts: Parts) -> str:
    """The command that goes to a version that stands."""
    if not parts.good:
        return "python -m train release RECIPE"
    return f"python -m train rollback {parts.adapter.id} --to {parts.good[-1]}"
