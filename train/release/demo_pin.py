"""What a Space on the Hub serves: read at any commit, and put back to what it served well last."""

import re

from pydantic import ValidationError

from train.errors import StageError
from train.release import pins
from train.release.hub import ensure_as_at
from train.release.pins import Pins
from train.release.repository import MAIN, Repository, Tree, content, existing_refs, past, tree

_VERSION = re.compile(r"(.+-)?v[0-9]+\.[0-9]+\.[0-9]+")  # of one writer, or of one among several


def pins_at(space: Repository, commit: str, held: Tree | None = None) -> Pins:
    """The writers that a Space serves at a commit; none if it serves none yet."""
    entry = (tree(space, commit) if held is None else held).get(pins.NAME)
    if entry is None:
        return Pins(())
    try:
        return pins.parse(content(space, commit, entry))
    except ValidationError as error:
        raise StageError(
            f"{pins.NAME} of Space {space.id} is not one that a release has written.",
            fix=f"hf download {space.id} {pins.NAME} --repo-type space --revision {commit}",
        ) from error


def last_good(space: Repository, commit: str) -> tuple[str, str] | None:
    """The newest version before a commit, as its commit and its tag: a Space is tagged once it serves."""
    tags = existing_refs(space).tags
    named = {at: tag for tag, at in sorted(tags.items()) if _VERSION.fullmatch(tag)}
    before = past(space, commit)[1:]
    return next(((each.commit, named[each.commit]) for each in before if each.commit in named), None)


def put_back(space: Repository, commit: str, tag: str, why: str) -> str:
    """The head of `main` once it serves again what it did at `commit`; the commit made for it says why."""
    now = existing_refs(space).branches[MAIN]
    return ensure_as_at(space, commit, now, title=f"Back to {tag}", why=why)
