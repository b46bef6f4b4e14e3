"""A parquet file: the known columns, every different cell of them, and nothing beside."""

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pyarrow
from pyarrow import ipc, parquet

from train.errors import first_line
from train.prepare.write import COLUMNS, PAIRED
from train.release.firewall.found import Leak
from train.release.firewall.texts import LABEL, PERSON, Piece, Rules, search

WRITTEN_BY = re.compile(r"parquet-cpp-arrow version [\d.]+")
SCHEMA = b"ARROW:schema"  # the one thing that is noted beside the rows
NUMBERS = frozenset({"words"})
MASKED = frozenset({"title", "text", "author", PAIRED})  # what `prepare` takes personal data out of
MARK, FOOT = 4, 8  # bytes of the magic, and of the last magic with the footer's length
BATCH = 10_000  # rows


def search_rows(path: Path, rules: Rules) -> Iterator[Leak]:
    """What must not leave in one split."""
    try:
        with parquet.ParquetFile(path) as file:
            yield from _of_schema(file.schema_arrow)
            yield from _of_metadata(file.metadata)
            yield from _of_bytes(file.metadata, path.stat().st_size)
            for name in file.schema_arrow.names:
                if name not in NUMBERS:
                    known = set[int]()
                    pieces = chain(_cells(file, name, known), _beside(path, name, known))
                    yield from search(pieces, rules, PERSON if name in MASKED else LABEL)
    except (pyarrow.ArrowException, UnicodeDecodeError, OSError) as error:
        yield Leak("", f"it cannot be read as parquet: {first_line(error)[:100]}")


def count_rows(path: Path) -> int | None:
    """How many rows a split has; None if nobody can tell."""
    try:
        return int(parquet.read_metadata(path).num_rows)
    except (pyarrow.ArrowException, OSError):
        return None


def _cells(file: parquet.ParquetFile, name: str, known: set[int]) -> Iterator[Piece]:
    """Every different cell of a column, once, with the first row that has it; `known` gets their marks."""
    first = 1
    for batch in file.iter_batches(BATCH, columns=[name]):
        for row, cell in enumerate(batch.column(0).to_pylist(), first):
            if cell and (mark := hash(cell)) not in known:
                known.add(mark)
                yield Piece(f"row {row}, column {name}", str(cell))
        first += batch.num_rows


def _beside(path: Path, name: str, known: set[int]) -> Iterator[Piece]:
    """What a column's dictionary or its least and greatest cell say, and no row does."""
    with parquet.ParquetFile(path, read_dictionary=[name]) as file:
        batches = file.iter_batches(BATCH, columns=[name])
        words = (str(word) for batch in batches for word in batch.column(0).dictionary.to_pylist() if word)
        for word in chain(words, _limits(file.metadata, name)):
            if (mark := hash(word)) not in known:
                known.add(mark)
                yield Piece(f"beside the rows, column {name}", word)


def _limits(metadata: parquet.FileMetaData, name: str) -> Iterator[str]:
    for column in _columns(metadata):
        told = column.statistics
        if column.path_in_schema == name and told is not None and told.has_min_max:
            yield from (str(told.min), str(told.max))


def _of_schema(schema: pyarrow.Schema) -> Iterator[Leak]:
    kinds = {name: pyarrow.int64() if name in NUMBERS else pyarrow.string() for name in (*COLUMNS, PAIRED)}
    for field in schema:
        if kinds.get(field.name) != field.type:
            yield Leak(
                f"column {field.name[:80]}", f"a column of {field.type} that no dataset of this project has"
            )
        elif field.metadata:
            yield Leak(f"column {field.name}", "something is noted beside the column")
    if len(set(schema.names)) < len(schema.names):
        yield Leak("", "two columns have one name")


def _of_metadata(metadata: parquet.FileMetaData) -> Iterator[Leak]:
    if not WRITTEN_BY.fullmatch(metadata.created_by or ""):
        yield Leak("metadata created_by", "another program wrote it, and what it notes is not known")
    noted = metadata.metadata or {}
    for key in sorted(noted.keys() - {SCHEMA}):
        yield Leak(f"metadata {key.decode('utf-8', 'replace')[:80]}", "something is noted beside the rows")
    if SCHEMA in noted and not _is_plain_schema(noted[SCHEMA]):
        yield Leak(f"metadata {SCHEMA.decode()}", "more than the columns is noted there")


def _is_plain_schema(coded: bytes) -> bool:
    try:
        plain = base64.b64decode(coded, validate=True)
        schema = ipc.read_schema(pyarrow.py_buffer(plain))
    except (binascii.Error, pyarrow.ArrowException, OSError):
        return False
    return schema.metadata is None and bool(schema.serialize().equals(pyarrow.py_buffer(plain)))


def _of_bytes(metadata: parquet.FileMetaData, size: int) -> Iterator[Leak]:
    """The bytes that belong to no column."""
    at = MARK
    for start, length in sorted((_start(each), each.total_compressed_size) for each in _columns(metadata)):
        if start != at:
            yield Leak("", f"the bytes from {at} to {start} belong to no column")
        at = start + length
    if at + metadata.serialized_size + FOOT != size:
        yield Leak("", f"the bytes after {at} are not the end of such a file")


def _columns(metadata: parquet.FileMetaData) -> list[parquet.ColumnChunkMetaData]:
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    return [group.column(number) for group in groups for number in range(group.num_columns)]


def _start(column: parquet.ColumnChunkMetaData) -> int:
    words = column.dictionary_page_offset
    return int(column.data_page_offset if words is None else min(words, column.data_page_offset))
