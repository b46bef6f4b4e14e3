"""`python -m train verify`: is a published version what was released? Asked from outside."""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub import HfApi

from train import version
from train.client import visitor
from train.errors import SAME
from train.patience import explained
from train.release.existing import KINDS
from train.release.published import sealed, served, stated, tagged, traceable
from train.release.published.check import Check, flaws, lines
from train.release.published.copy import Copy, fetch
from train.release.published.parts import space_commit
from train.release.published.place import (
    commit_of,
    held_refs,
    others_of,
    repository_of,
)
from train.release.published.signature import GITHUB, NAME, NOBODY, Trust, flaw
from train.release.published.standing import newest, reasons
from train.release.repository import Repository, resolve
from train.verbs.answer import DONE, WRONG, Answer
from train.verbs.page import Page

PAGE = Page(
    does="""Checks a published version from outside: every byte, its tags, where it comes from, the numbers
    in its cards, what the Space serves, who signed it. Every file is fetched and hashed here: what the
    Hub says of a file proves nothing about what it hands out. Public versions need no token.""",
    reads="the version's repositories on the Hub",
    leaves="nothing",
    examples=(
        ("python -m train verify acme/blog-writer", "its newest version"),
        ("python -m train verify acme/blog-writer --revision v1.2.0", "another one"),
        ("python -m train verify datasets/acme/blog-posts", "from the dataset, or from the Space"),
        ("python -m train verify acme/blog-writer --public-key key.pub", "and who signed it"),
        (
            "python -m train verify acme/blog-writer --identity \\\n"
            "    https://github.com/me/mine/.github/workflows/release.yml@refs/tags/v1.2.0",
            "the same for a workflow's signature",
        ),
    ),
    codes="3 if anything is not as it was released.",
)

_HIDDEN = "hf auth login if it is private; else ask its owner"
_ORDER = (*KINDS, "version")


@dataclass(frozen=True)
class Verdict:
    """What was looked at, and what was found."""

    repository: str
    revision: str
    checks: tuple[Check, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("recipe", metavar="REPO", help="adapter, dataset or Space: OWNER/NAME, or a recipe")
    parser.add_argument("--revision", metavar="TAG", help="the version (default: the newest)")
    parser.add_argument("--public-key", type=Path, metavar="FILE", help="whose key must have signed it")
    parser.add_argument("--identity", default="", help="the workflow that must have signed it, by Sigstore")
    parser.add_argument("--issuer", default=GITHUB, help="who vouches for it (default: GitHub Actions)")


def run(asked: argparse.Namespace) -> Answer:
    """Check, and say what was found."""
    api = visitor()
    trust = Trust(asked.public_key, asked.identity, asked.issuer)
    with explained(api.endpoint, again=SAME):
        verdict = verify(api, asked.recipe, asked.revision, trust)
    return Answer(told(verdict), verdict, WRONG if flaws(verdict.checks) else DONE)


def verify(api: HfApi, repo: str, revision: str | None = None, trust: Trust = NOBODY) -> Verdict:
    """Fetch a version as a stranger would, and hold it against everything that it says of itself."""
    repository = repository_of(api, repo)
    revision = revision or newest(held_refs(repository))
    parts = others_of(repository, commit_of(repository, revision))
    with TemporaryDirectory() as place:
        folder = Path(place)
        at = {part: _revision(parts, part, revision) for part in KINDS if part in parts}
        copies = {part: fetch(parts[part], tag, folder) for part, tag in at.items() if tag}
        found = [*_missing(parts, copies, revision), *_checks(parts, copies, folder, revision, trust)]
    return Verdict(repository.id, revision, tuple(sorted(found, key=lambda check: _ORDER.index(check.part))))


def told(verdict: Verdict) -> str:
    """The checks, and what they come to."""
    wrong = len(flaws(verdict.checks))
    name = f"{verdict.repository} {verdict.revision}"
    many = "one thing speaks" if wrong == 1 else f"{wrong} things speak"
    withdrawn = ", and withdrawn since" * any(each.what == "standing" for each in verdict.checks)
    end = f"{many} against it." if wrong else f"as it was released{withdrawn}."
    return "\n".join([f"{name}\n", *lines(verdict.checks), f"\n{name}: {end}"])


def _revision(parts: Mapping[str, Repository], part: str, revision: str) -> str | None:
    """What a version is called in a part; none if it is not there, or the part is not."""
    held = held_refs(parts[part])
    if part == "space" and "adapter" in parts:
        found = space_commit(parts[part], parts["adapter"], revision)
        return found[0] if found else None
    return revision if held.branches and resolve(parts[part], revision) else None


def _missing(parts: Mapping[str, Repository], copies: Mapping[str, Copy], revision: str) -> Iterator[Check]:
    for part in KINDS:
        if part not in parts:
            yield Check(part, "tag", None, "nothing here names it, so it was not looked at")
        elif part not in copies and part != "space":
            found = f"there is no {parts[part].id} with {revision} that this account can see"
            yield Check(part, "tag", False, found, _HIDDEN)


def _checks(
    parts: Mapping[str, Repository],
    copies: Mapping[str, Copy],
    folder: Path,
    revision: str,
    trust: Trust,
) -> Iterator[Check]:
    if version.among([revision]):
        yield from tagged.tags(copies)
    for part in ("dataset", "adapter"):
        if part in copies:
            yield from _of_part(copies[part], folder)
    if {"dataset", "adapter"} <= copies.keys():
        yield from stated.rows(copies["adapter"], copies["dataset"])
    if "adapter" in copies:
        yield from stated.base(copies["adapter"])
        yield _signature(copies["adapter"], trust)
    if "space" in parts:
        yield from _of_space(parts, copies, revision)


def _of_part(copy: Copy, folder: Path) -> Iterator[Check]:
    yield from sealed.files(copy)
    yield from stated.origin(copy)
    yield from traceable.numbers(copy, folder)
    held = held_refs(copy.repository)
    if copy.revision in map(str, version.withdrawn(held.tags)):
        why = next(each.reason for each in reasons(copy.repository, held) if each.version == copy.revision)
        yield Check(copy.part, "standing", None, f"{copy.revision} was withdrawn: {why}")


def _signature(adapter: Copy, trust: Trust) -> Check:
    is_asked, is_there = bool(trust.public_key or trust.identity), NAME in adapter.files
    if not is_there:
        if not is_asked:
            return Check("adapter", "signature", None, "it is not signed")
        fix = "ask its owner to sign the next version; nobody vouches for this one"
        return Check("adapter", "signature", False, "it is not signed", fix)
    if not is_asked:
        return Check("adapter", "signature", None, "it is signed: --public-key or --identity tells by whom")
    by = str(trust.public_key or trust.identity)
    if wrong := flaw(adapter.folder, trust):
        fix = "ask the owner for the right key or identity; until then nobody vouches for it"
        return Check("adapter", "signature", False, f"{NAME} is not by {by}: {wrong}", fix)
    return Check("adapter", "signature", True, f"{NAME} is by {by}")


def _of_space(parts: Mapping[str, Repository], copies: Mapping[str, Copy], revision: str) -> Iterator[Check]:
    space, adapter = parts["space"], parts.get("adapter")
    if not held_refs(space).branches:
        yield Check("space", "tag", False, f"there is no {space.id} that this account can see", _HIDDEN)
    elif adapter is None:
        yield Check("space", "serves", False, "release.json does not say what it serves", "ask its owner")
    else:
        if "space" in copies and "adapter" in copies:
            yield from served.tagged(copies)
        elif "space" not in copies and version.among([revision]):
            yield from served.missing(space, adapter, revision)
        yield from served.now(space, adapter)
