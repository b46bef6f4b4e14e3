"""What may leave the machine: the files that the bundle lists, byte for byte, and no other kind."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from train.errors import StageError
from train.release.report import Bundle
from train.run import digest_of_file, digests

_SUFFIXES = frozenset(
    {".safetensors", ".gguf", ".json", ".jsonl", ".jinja", ".md", ".parquet", ".png", ".svg", ".txt", ".yaml"}
)
_NAMES = frozenset({"LICENSE", "NOTICE", "SHA256SUMS", "USE_POLICY"})


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
    """The bundle's files, once each has been found to be what `bundle.json` lists."""
    return Payload(
        dataset=_part(folder / "dataset", bundle.dataset, frozenset(), fix),
        adapter=_part(folder / "adapter", bundle.adapter, frozenset(), fix),
        space=_part(folder / "space", bundle.space, frozenset({".py", ".css", ".js"}), fix),
    )


def file_at(path: Path) -> File:
    """A file on disk."""
    return File(path, digest_of_file(path), _blob_id(path))


def text_file(text: str) -> File:
    """A file that is on no disk."""
    data = text.encode()
    blob = _blob(len(data))
    blob.update(data)
    return File(data, hashlib.sha256(data).hexdigest(), blob.hexdigest())


def _part(folder: Path, listed: Mapping[str, str], extra: frozenset[str], fix: str) -> Files:
    found = digests(folder)
    for path in sorted({*listed, *found}):
        if flaw := _flaw(path, found.get(path), listed.get(path), extra):
            raise StageError(f"{folder / path} {flaw}.", fix=fix)
    return {path: File(folder / path, sha256, _blob_id(folder / path)) for path, sha256 in listed.items()}


def _flaw(path: str, found: str | None, listed: str | None, extra: frozenset[str]) -> str | None:
    if not _may_leave(PurePosixPath(path), extra):
        return "is of a kind that is never published"
    if found is None:
        return "is missing"
    if listed is None:
        return "is not listed in bundle.json"
    return None if found == listed else "is not the file that was bundled"


def _may_leave(path: PurePosixPath, extra: frozenset[str]) -> bool:
    is_hidden = any(part.startswith(".") for part in path.parts)
    is_known = path.name in _NAMES or path.suffix in _SUFFIXES | extra
    return is_known and not is_hidden and not path.is_absolute()


def _blob_id(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: _blob(path.stat().st_size)).hexdigest()


def _blob(size: int) -> "hashlib._Hash":
    return hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
