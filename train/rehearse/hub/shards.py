"""Reading a Xet shard: the files it describes, each a list of runs of chunks."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from train.rehearse.hub.errors import bad_request
from train.rehearse.hub.xorbs import Term, hash_text

_HEADER_BYTES = 48
_RECORD_BYTES = 48
_WITH_VERIFICATION = 1 << 31
_WITH_SHA256 = 1 << 30
_END_OF_FILES = b"\xff" * 32


@dataclass(frozen=True)
class ShardFile:
    """One file of a shard; a bucket's files come without their sha256."""

    xet_hash: str
    sha256: str
    terms: list[Term]


def read_shard(shard: bytes) -> Iterator[ShardFile]:
    """The files of a shard."""
    stream = BytesIO(shard)
    stream.seek(_HEADER_BYTES)
    while (head := _record(stream))[:32] != _END_OF_FILES:
        flags, count = struct.unpack("<II", head[32:40])
        terms = [_term(_record(stream)) for _ in range(count)]
        if flags & _WITH_VERIFICATION:
            stream.seek(count * _RECORD_BYTES, 1)
        sha256 = hash_text(_record(stream)[:32]) if flags & _WITH_SHA256 else ""
        yield ShardFile(hash_text(head[:32]), sha256, terms)


def _term(record: bytes) -> Term:
    first, end = struct.unpack("<II", record[40:48])
    return Term(hash_text(record[:32]), first, end)


def _record(stream: BytesIO) -> bytes:
    record = stream.read(_RECORD_BYTES)
    if len(record) < _RECORD_BYTES:
        raise bad_request("The shard ends too early.")
    return record
