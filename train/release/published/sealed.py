"""Is every file there, and is it the one that was released? `SHA256SUMS` against what arrived."""

import re
from collections.abc import Iterator, Mapping

from train.release.published.check import Check
from train.release.published.copy import Copy
from train.release.published.signature import NAME as SIGNATURE
from train.release.repository import is_same

SUMS = "SHA256SUMS"
UNLISTED = frozenset({SUMS, SIGNATURE})  # what is made after the list
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def sums(text: bytes) -> Mapping[str, str] | None:
    """Path and SHA-256 as the list has them; none if it is no such list."""
    found = [_LINE.fullmatch(line) for line in text.decode(errors="replace").splitlines()]
    pairs = {line[2]: line[1] for line in found if line}
    return pairs if pairs and len(pairs) == len(found) else None


def files(copy: Copy) -> Iterator[Check]:
    """Hold every byte that arrived against what the Hub lists, and against the version's own list."""
    damaged = [path for path in copy.listed if not is_same(copy.listed[path], copy.files.get(path))]
    for path in sorted(damaged):
        yield _flaw(copy, f"{path} did not arrive as the Hub lists it", _AGAIN)
    text = copy.text(SUMS)
    listed = sums(text) if text is not None else None
    if listed is None:
        state = "there is no SHA256SUMS" if text is None else "SHA256SUMS is no list of digests"
        yield _flaw(copy, f"{state}: what the files should be cannot be known", _OWNER)
        return
    found = list(_differences(copy, listed, frozenset(damaged)))
    yield from found
    if not found and not damaged:
        yield Check(copy.part, "files", True, f"{len(copy.files)} files, each as SHA256SUMS lists it")


_AGAIN = "it was tried several times: try later, or from another network"
_OWNER = "ask its owner to release it with python -m train release"
_DISTRUST = "do not use this version; tell its owner"


def _differences(copy: Copy, listed: Mapping[str, str], damaged: frozenset[str]) -> Iterator[Check]:
    for path in sorted({*listed, *copy.files} - UNLISTED - copy.open_files - damaged):
        if path not in copy.files:
            yield _flaw(copy, f"{path} is missing: SHA256SUMS lists it", _DISTRUST)
        elif path not in listed:
            yield _flaw(copy, f"{path} is extra: SHA256SUMS does not list it", _DISTRUST)
        elif copy.files[path].sha256 != listed[path]:
            yield _flaw(copy, f"{path} has other bytes than SHA256SUMS says", _DISTRUST)


def _flaw(copy: Copy, found: str, fix: str) -> Check:
    return Check(copy.part, "files", False, found, fix)
