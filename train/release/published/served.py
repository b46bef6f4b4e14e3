"""Does the Space serve the commits that were released, and nothing that could move?"""

import re
from collections.abc import Iterator, Mapping

from train import version
from train.release.pins import Writer
from train.release.published.check import Check
from train.release.published.copy import Copy
from train.release.published.place import held_refs, pins_at
from train.release.repository import MAIN, Refs, Repository

_COMMIT = re.compile(r"[0-9a-f]{40}")
_BACK = "python -m train rollback {} --to {} puts it right"


def tagged(copies: Mapping[str, Copy]) -> Iterator[Check]:
    """Hold what the Space was released with against the tags of the others."""
    space = copies["space"]
    writers = pins_at(space.repository, space.commit)
    if not writers:
        yield Check("space", "pins", False, "release.json does not say what it serves", "ask its owner")
        return
    ours = [writer for writer in writers if writer.adapter == copies["adapter"].repository.id]
    elsewhere = f"it points to {writers[0].adapter}, not to {copies['adapter'].repository.id}"
    found = [flaw for writer in ours for flaw in _flaws(writer, copies)] if ours else [elsewhere]
    for flaw in found:
        yield Check("space", "pins", False, flaw, "do not use this version; tell its owner")
    if not found:
        told = f"{space.revision} pins adapter, base and dataset to the released commits"
        yield Check("space", "pins", True, told)


def now(space: Repository, adapter: Repository) -> Iterator[Check]:
    """Look at what the Space serves today, whatever the version asked for."""
    writers = pins_at(space, MAIN) or ()
    ours = next((writer for writer in writers if writer.adapter == adapter.id), None)
    held = held_refs(adapter)
    fix = _BACK.format(adapter.id, version.latest(held.tags) or "vX.Y.Z")
    if ours is None:
        served = ", ".join(writer.adapter for writer in writers) or "nothing that release.json names"
        yield Check("space", "serves", False, f"it serves {served}, not {adapter.id}", fix)
    elif not _COMMIT.fullmatch(ours.adapter_revision):
        yield Check("space", "serves", False, f"it serves {ours.adapter_revision}, which can move", fix)
    else:
        yield _served(ours, held, fix)


def missing(space: Repository, adapter: Repository, revision: str) -> Iterator[Check]:
    """Say why a version has no Space of its own: most have a reason."""
    newest = version.latest(held_refs(adapter).tags)
    if version.parse(revision).is_prerelease:
        yield Check("space", "tag", None, "a pre-release leaves it alone")
    elif newest and str(newest) == revision:
        fix = "python -m train release RECIPE goes on where it stopped"
        yield Check("space", "tag", False, f"{space.id} has no {revision}: its release has not finished", fix)
    else:
        yield Check("space", "tag", None, f"{space.id} never served {revision}: there was a later one")


def _served(ours: Writer, held: Refs, fix: str) -> Check:
    there = next(
        (tag for tag in version.among(held.tags) if held.tags[str(tag)] == ours.adapter_revision), None
    )
    if there is None:
        what = f"it serves {ours.adapter_revision[:7]} of {ours.adapter}, which is no version"
        return Check("space", "serves", False, what, fix)
    if str(there) != ours.version:
        return Check("space", "serves", False, f"it says {ours.version} and serves {there}", fix)
    if there not in version.good(held.tags):
        return Check("space", "serves", False, f"it serves {there}, which was withdrawn", fix)
    return Check("space", "serves", True, f"it serves {there} now, by commit")


def _flaws(writer: Writer, copies: Mapping[str, Copy]) -> Iterator[str]:
    for part in ("adapter", "dataset"):
        repo, pin = getattr(writer, part), getattr(writer, f"{part}_revision")
        if not (copy := copies.get(part)):
            continue
        if repo != copy.repository.id:
            yield f"it points to {part} {repo}, not to {copy.repository.id}"
        elif not _COMMIT.fullmatch(pin):
            yield f"it asks for {pin} of {repo}, which can move"
        elif pin != copy.commit:
            yield f"it pins {repo} to {pin[:7]}, and {copy.revision} is {copy.commit[:7]}: the tag was moved"
    if not _COMMIT.fullmatch(writer.base_revision):
        yield f"it asks for {writer.base_revision} of the base {writer.base}, which can move"
