"""What may leave the machine: the files that the bundle lists, byte for byte, and no other kind."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from train.errors import StageError
from train.release.firewall.names import PartName, may_leave, strangers
from train.release.report import Bundle
from train.run import digest_of_file, digests

_SHOWN = 10  # flaws in one error


@dataclass(frozen=True)
class File:
    """A file to publish: where its bytes are, and the two digests by which the Hub knows files."""

    content: Path | bytes
    sha256: str
    blob_id: str  # git's own SHA-1; the Hub gives the SHA-256 for large files only


Files = Mapping[str, File]


@dataclass(frozen=True)
class Payload:
    """The files of one version, by repository."""

    dataset: Files
    adapter: Files
    space: Files


def read(bundle: Bundle, folder: Path, fix: str) -> Payload:
    """The bundle's files, each of a name that may leave, and what `bundle.json` lists."""
    listed: dict[PartName, Mapping[str, str]] = {
        "dataset": bundle.dataset,
        "adapter": bundle.adapter,
        "space": bundle.space,
    }
    flaws = [flaw for part, files in listed.items() for flaw in _flaws(part, folder / part, files)]
    if flaws:
        more = f" And {len(flaws) - _SHOWN} more." if len(flaws) > _SHOWN else ""
        raise StageError(" ".join(flaws[:_SHOWN]) + more, fix=fix)
    return Payload(**{part: _files(folder / part, files) for part, files in listed.items()})


def file_at(path: Path) -> File:
    """A file on disk."""
    return File(path, digest_of_file(path), _blob_id(path))


def text_file(text: str) -> File:
    """A file that is on no disk."""
    data = text.encode()
    blob = _blob(len(data))
    blob.update(data)
    return File(data, hashlib.sha256(data).hexdigest(), blob.hexdigest())


def _files(folder: Path, listed: Mapping[str, str]) -> Files:
    return {path: File(folder / path, sha256, _blob_id(folder / path)) for path, sha256 in listed.items()}


def _flaws(part: PartName, folder: Path, listed: Mapping[str, str]) -> Iterator[str]:
    if strange := list(strangers(folder)):  # and nothing behind a link is opened
        yield from (f"{folder / path} {what}." for path, what in strange)
        return
    found = digests(folder)
    for path in sorted({*listed, *found}):
        if flaw := _flaw(part, path, found.get(path), listed.get(path)):
            yield f"{folder / path} {flaw}."


def _flaw(part: PartName, path: str, found: str | None, listed: str | None) -> str | None:
    if not may_leave(part, path):
        return "is of a kind that is never published"
    if found is None:
        return "is missing"
    if listed is None:
        return "is not listed in bundle.json"
    return None if found == listed else "is not the file that was bundled"


def _blob_id(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: _blob(path.stat().st_size)).hexdigest()


def _blob(size: int) -> "hashlib._Hash":
    return hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
