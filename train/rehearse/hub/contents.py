"""The contents of buckets, each kept once under its Xet hash, and handed out as Xet asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hf_xet  # type: ignore[import-untyped]

from train.rehearse.hub.disk import keep, new_file
from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.xorbs import is_hash

EMPTY = "0" * 64
_CHUNK_BYTES = 1 << 16
_HEADER_BYTES = 8
_TERM_CHUNKS = 512


@dataclass(frozen=True)
class Span:
    """A run of chunks: which, where they lie once packed, how many bytes they stand for."""

    first: int
    end: int
    packed: range
    size: int


@dataclass(frozen=True)
class Contents:
    """The folder of contents. Each is a file as it was; it is cut into chunks only while it is sent."""

    folder: Path
    scratch: Path

    def path(self, xet_hash: str) -> Path:
        """Where a content lies, or would lie."""
        if not is_hash(xet_hash):
            raise bad_request(f"Not a Xet hash: {xet_hash}")
        return self.folder / xet_hash[:2] / xet_hash

    def size(self, xet_hash: str) -> int | None:
        """Its length; None if it was never uploaded."""
        if xet_hash == EMPTY:
            return 0
        try:
            return self.path(xet_hash).stat().st_size
        except FileNotFoundError:
            return None

    def adopt(self, file: Path, xet_hash: str) -> None:
        """Take over an uploaded file, refused if it is not what its name says."""
        if hash_of(file) != xet_hash:
            file.unlink()
            raise bad_request(f"The uploaded bytes do not have the Xet hash {xet_hash}.")
        with file.open("ab") as handle:
            keep(handle, self.path(xet_hash))

    def copy_in(self, file: Path) -> str:
        """Keep a copy of a file that goes on being used; its Xet hash."""
        with new_file(self.scratch) as copy, file.open("rb") as source:
            while piece := source.read(1 << 20):
                copy.write(piece)
        xet_hash = hash_of(Path(copy.name))
        self.adopt(Path(copy.name), xet_hash)
        return xet_hash

    def spans(self, xet_hash: str, part: range | None) -> tuple[int, list[Span]]:
        """The runs of chunks that hold a part, and how many bytes of the first come before it."""
        size = self.size(xet_hash)
        if size is None:
            raise HubError(404, "Not found")
        part = range(size) if part is None else range(part.start, min(part.stop, size))
        if not part:
            raise HubError(416, "The requested range lies beyond the end of the file")
        first, end = part.start // _CHUNK_BYTES, -(-part.stop // _CHUNK_BYTES)
        starts = range(first, end, _TERM_CHUNKS)
        return part.start % _CHUNK_BYTES, [_span(at, min(at + _TERM_CHUNKS, end), size) for at in starts]

    def packed(self, xet_hash: str, part: range) -> Iterator[bytes]:
        """Chunks with their headers; the part begins and ends where chunks do."""
        left = len(part)
        with self.path(xet_hash).open("rb") as file:
            file.seek(part.start // (_CHUNK_BYTES + _HEADER_BYTES) * _CHUNK_BYTES)
            while left > 0 and (chunk := file.read(_CHUNK_BYTES)):
                piece = _header(len(chunk)) + chunk
                left -= len(piece)
                yield piece


def hash_of(file: Path) -> str:
    """The Xet hash of a file, as the uploading client computes it."""
    return str(hf_xet.hash_files([os.fspath(file)])[0].hash)


def _span(first: int, end: int, size: int) -> Span:
    unpacked = min(end * _CHUNK_BYTES, size) - first * _CHUNK_BYTES
    start = first * (_CHUNK_BYTES + _HEADER_BYTES)
    return Span(first, end, range(start, start + unpacked + (end - first) * _HEADER_BYTES), unpacked)


def _header(size: int) -> bytes:
    """Version 0, packed length, no compression, unpacked length."""
    return bytes(1) + size.to_bytes(3, "little") + bytes(1) + size.to_bytes(3, "little")
