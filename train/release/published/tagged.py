"""Is the tag where the release put it? Every commit of a version says which version it is."""

from collections.abc import Iterator, Mapping

from train.release.pins import NAME as PINS
from train.release.provenance import digest_of_parts
from train.release.published.check import Check
from train.release.published.copy import Copy
from train.release.published.statement import NAME, statement

_WHAT = "tag"
_DISTRUST = "a tag is never moved: do not use this version; tell its owner"


def tags(copies: Mapping[str, Copy]) -> Iterator[Check]:
    """Hold what each tagged commit says of itself against the version and against the others."""
    release_id = _release_id(copies)
    digests = {copy.trailer("Bundle-SHA256") for copy in copies.values()} - {""}
    for copy in copies.values():
        yield _tag(copy, release_id)
    if len(digests) > 1:
        told = ", ".join(f"{copy.part} {copy.trailer('Bundle-SHA256')[:12]}" for copy in copies.values())
        yield Check("version", "bundle", False, f"the parts are of different bundles: {told}", _DISTRUST)
    elif digests and len(copies) == 3:
        yield _bundle(copies, digests.pop())


def _release_id(copies: Mapping[str, Copy]) -> str:
    said = [statement(copy.text(NAME) or b"") for copy in copies.values()]
    recipe = next((each.asked.recipe for each in said if each and each.asked.recipe), "")
    revision = next((copy.revision for copy in copies.values() if copy.part != "space"), "")
    return f"{recipe}-{revision}" if recipe else ""


def _tag(copy: Copy, release_id: str) -> Check:
    found, at = copy.trailer("Release-Id"), f"{copy.revision} is {copy.commit[:7]}"
    if not found:
        fix = "ask its owner whether the tag was moved"
        return Check(copy.part, _WHAT, False, f"{at}, a commit that no release made", fix)
    if release_id and found != release_id:
        what = f"{at}, which was made for {found}: the tag was moved"
        return Check(copy.part, _WHAT, False, what, _DISTRUST)
    return Check(copy.part, _WHAT, True, f"{at}, made for {found}")


def _bundle(copies: Mapping[str, Copy], digest: str) -> Check:
    held = {part: copy.digests() for part, copy in copies.items()}
    found = digest_of_parts(
        {part: {path: sha for path, sha in files.items() if path != PINS} for part, files in held.items()}
    )
    if found != digest:
        what = f"the files come to {found[:12]}, the commits say {digest[:12]}"
        return Check("version", "bundle", False, what, _DISTRUST)
    return Check(
        "version", "bundle", True, f"the files of the three come to {digest[:12]}, as their commits say"
    )
