"""What became of one chunk, on disk: its rows, its sketches, and what was counted on the way."""

import io
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy
import pyarrow
from numpy.typing import NDArray
from pyarrow import parquet
from pydantic import TypeAdapter

from train.prepare.copies.sketch import Hashes, Places, Sketch, Words
from train.prepare.document import Document, Dropped, Finding
from train.prepare.showing.sample import Sample
from train.run import as_json

TALLY, ROWS, WORDS = "tally.json", "rows.parquet", "words.bin"
NOTED = ""  # among the names of notes: how many documents they were asked of
TYPES = {"private": pyarrow.bool_(), "count": pyarrow.int64()}
NAMES = (*(each.name for each in fields(Document) if each.name != "head"), "count")
SCHEMA = pyarrow.schema([(name, TYPES.get(name, pyarrow.string())) for name in NAMES])


@dataclass(frozen=True)
class Tally:
    """What was counted in one chunk."""

    digest: str
    characters: int
    read: Mapping[str, int]  # source -> documents
    changed: Mapping[str, int] = field(default_factory=dict)
    personal: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    removed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # personal data, as fingerprints
    samples: tuple[Sample, ...] = ()  # of what each rule did, once
    secrets: tuple[Finding, ...] = ()
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a document without its text."""

    id: str
    title: str
    source: str
    date: str
    private: bool
    count: int  # words


@dataclass(frozen=True)
class Pieces:
    """Documents or paragraphs of one chunk: which document, which part of it, and the sketch."""

    owners: Places
    numbers: Places
    sketch: Sketch


@dataclass(frozen=True)
class Shard:
    """The folder of one chunk."""

    folder: Path

    @property
    def tally(self) -> Tally:
        """What was counted."""
        return TypeAdapter(Tally).validate_json((self.folder / TALLY).read_bytes())

    def is_of(self, digest: str) -> bool:
        """Whether it was made from the chunk with that digest."""
        return (self.folder / TALLY).is_file() and self.tally.digest == digest

    def rows(self) -> Iterator[Row]:
        """The documents without their texts."""
        names = [each.name for each in fields(Row)]
        table = parquet.read_table(self.folder / ROWS, columns=names, use_threads=False)
        yield from (Row(**each) for each in table.to_pylist())

    def documents(self) -> Iterator[Document]:
        """The documents."""
        table = parquet.read_table(self.folder / ROWS, use_threads=False).drop_columns(["count"])
        for batch in table.to_batches(max_chunksize=64):
            yield from (Document(**each) for each in batch.to_pylist())

    def words(self, start: int, length: int) -> Words:
        """So many words from one on."""
        found: Words = numpy.fromfile(self.folder / WORDS, numpy.uint32, length, offset=4 * start)
        return found

    def array(self, kind: str, name: str) -> NDArray[numpy.int64]:
        """One of the figures of its documents or paragraphs; read only where it is looked at."""
        found: NDArray[numpy.int64] = numpy.load(self.folder / f"{kind}-{name}.npy", mmap_mode="r")
        return found

    def band(self, kind: str, number: int) -> Hashes:
        """One band of its documents or paragraphs."""
        return numpy.array(numpy.load(self.folder / f"{kind}-bands.npy", mmap_mode="r")[number])


def _save(path: Path, array: NDArray[Any]) -> None:
    held = io.BytesIO()
    numpy.save(held, array)
    path.write_bytes(held.getbuffer())


def write_shard(
    folder: Path,
    tally: Tally,
    documents: Sequence[tuple[Document, int]],
    words: Words,
    pieces: Mapping[str, Pieces],
) -> None:
    """Write what became of a chunk: the folder is there whole, or not at all."""
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    table = [vars(each) | {"count": count} for each, count in documents]
    rows = pyarrow.Table.from_pylist(table, schema=SCHEMA)
    parquet.write_table(rows, fresh / ROWS, compression="zstd")
    (fresh / WORDS).write_bytes(words.tobytes())  # tofile's error on a full disk does not say so
    for kind, each in pieces.items():
        arrays = {"owners": each.owners, "numbers": each.numbers} | vars(each.sketch)
        for name, array in arrays.items():
            _save(fresh / f"{kind}-{name}.npy", array)
    (fresh / TALLY).write_text(as_json(tally), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
