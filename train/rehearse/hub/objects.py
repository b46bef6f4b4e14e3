"""Large files, stored once each under their sha256."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from train.rehearse.hub.disk import keep
from train.rehearse.hub.errors import bad_request

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize ([0-9]+)\n?"
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_POINTER_BYTES = 200


@dataclass(frozen=True)
class Pointer:
    """What git keeps in place of a large file."""

    sha256: str
    size: int

    def text(self) -> bytes:
        """The pointer file, byte for byte as git-lfs writes it."""
        version = "https://git-lfs.github.com/spec/v1"
        return f"version {version}\noid sha256:{self.sha256}\nsize {self.size}\n".encode()


def parse_pointer(blob: bytes) -> Pointer | None:
    """The pointer in a blob, if it is one."""
    if len(blob) > _LONGEST_POINTER_BYTES:
        return None
    match = _POINTER.fullmatch(blob)
    return Pointer(match[1].decode(), int(match[2])) if match else None


@dataclass(frozen=True)
class ObjectStore:
    """The folder of large files."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where an object lies, or would lie."""
        if not _SHA256.fullmatch(sha256):
            raise bad_request(f"Not a sha256: {sha256}")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def size(self, sha256: str) -> int | None:
        """The length of an object; None if it was never uploaded."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, sha256: str) -> None:
        """Remove an object for good."""
        self.path(sha256).unlink(missing_ok=True)

    def adopt(self, upload: Path, sha256: str) -> int:
        """Take over an uploaded file, refused if it is not what its name says; its length."""
        if file_sha256(upload) != sha256:
            upload.unlink()
            raise bad_request(f"The uploaded bytes do not have the sha256 {sha256}.")
        with upload.open("ab") as file:
            size = file.tell()
            keep(file, self.path(sha256))
        return size


def file_sha256(path: Path) -> str:
    """The sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
