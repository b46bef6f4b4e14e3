"""The write side of Xet: blocks of compressed chunks come in, then a shard says which make up a file."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

import lz4.frame

from train.rehearse.hub.disk import new_file
from train.rehearse.hub.errors import bad_request

_CHUNK_VERSION = 0
_CHUNK_HEADER_BYTES = 8
_NOT_COMPRESSED, _LZ4, _GROUPED_LZ4 = range(3)
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Term:
    """A run of chunks in one block."""

    xorb: str
    first: int
    end: int


@dataclass(frozen=True)
class XorbStore:
    """The folder of blocks. They are kept: a client that knows a chunk is here never sends it again."""

    folder: Path
    scratch: Path

    def path(self, xorb: str) -> Path:
        """Where a block lies, or would lie."""
        if not is_hash(xorb):
            raise bad_request(f"Invalid xorb hash: {xorb}")
        return self.folder / xorb[:2] / xorb

    def rebuild(self, terms: list[Term]) -> Path:
        """A scratch file with the bytes the terms stand for."""
        with new_file(self.scratch) as file:
            for term in terms:
                for chunk in self._chunks(term):
                    file.write(chunk)
        return Path(file.name)

    def _chunks(self, term: Term) -> Iterator[bytes]:
        try:
            with self.path(term.xorb).open("rb") as xorb:
                yield from islice(read_chunks(xorb, skip=term.first), term.end - term.first)
        except FileNotFoundError as error:
            raise bad_request(f"The shard names a xorb that was never uploaded: {term.xorb}") from error


def read_chunks(xorb: IO[bytes], skip: int = 0) -> Iterator[bytes]:
    """The chunks of a block, unpacked, without the first ones; a footer ends them."""
    while (
        len(header := xorb.read(_CHUNK_HEADER_BYTES)) == _CHUNK_HEADER_BYTES and header[0] == _CHUNK_VERSION
    ):
        packed_size, scheme, size = _u24(header[1:4]), header[4], _u24(header[5:8])
        if skip:
            skip -= 1
            xorb.seek(packed_size, 1)
        else:
            yield _unpack(xorb.read(packed_size), scheme, size)


def _unpack(packed: bytes, scheme: int, size: int) -> bytes:
    if scheme not in (_NOT_COMPRESSED, _LZ4, _GROUPED_LZ4):
        raise bad_request(f"Unknown compression scheme in a xorb: {scheme}")
    try:
        data: bytes = packed if scheme == _NOT_COMPRESSED else lz4.frame.decompress(packed)
    except RuntimeError as error:
        raise bad_request(f"A chunk in a xorb cannot be unpacked: {error}") from error
    if len(data) != size:
        raise bad_request("A chunk in a xorb does not have the length it claims.")
    return _ungroup(data) if scheme == _GROUPED_LZ4 else data


def _ungroup(grouped: bytes) -> bytes:
    """Undo the grouping of every fourth byte that makes floats compress better."""
    data, start = bytearray(len(grouped)), 0
    for offset in range(4):
        length = len(data[offset::4])
        data[offset::4] = grouped[start : start + length]
        start += length
    return bytes(data)


def _u24(data: bytes) -> int:
    return int.from_bytes(data, "little")


def is_hash(text: str) -> bool:
    """Whether this spells a hash of Xet's."""
    return _HASH.fullmatch(text) is not None


def hash_text(data: bytes) -> str:
    """A hash as Xet spells it: four little-endian words, each printed in reading order."""
    return "".join(f"{word:016x}" for word in struct.unpack("<4Q", data))
