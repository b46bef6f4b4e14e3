"""What an adapter learned from, read as a stream: a corpus need not fit into memory."""

from collections.abc import Iterator, Mapping, Sequence
from heapq import nsmallest
from pathlib import Path
from typing import Any

from pyarrow import parquet
from pydantic import TypeAdapter

from train.evaluate.copying import Post
from train.prepare.scan.removed import Removed
from train.prepare.write import PRIVATE, PUBLIC, REMOVED, file_of
from train.run import digest_of

AT_ONCE = 256  # rows


def posts(dataset: Path) -> Iterator[Post]:
    """Every text that training saw, the private ones too."""
    for private, file in _files(dataset):
        for row in _rows(file, ["id", "text"]):
            yield Post(row["id"], row["text"], private)


def drawn(dataset: Path, number: int) -> list[Mapping[str, Any]]:
    """So many rows of those that training saw; which ones, the digests of their ids decide."""
    files = [file for _, file in _files(dataset)]
    ids = (str(row["id"]) for file in files for row in _rows(file, ["id"]))
    order = {each: place for place, each in enumerate(nsmallest(number, ids, key=digest_of))}
    found = [row for file in files for row in _rows(file) if row["id"] in order]
    return sorted(found, key=lambda row: order[row["id"]])


def removed(dataset: Path) -> Removed | None:
    """Fingerprints of the personal data that `prepare` took out; None if it left no trace of them."""
    try:
        found = TypeAdapter(dict[str, frozenset[str]]).validate_json((dataset / REMOVED).read_bytes())
    except FileNotFoundError:
        return None
    return found


def _files(dataset: Path) -> Iterator[tuple[bool, Path]]:
    for folder in (PUBLIC, PRIVATE):
        if (file := dataset / file_of("train", folder)).is_file():
            yield folder == PRIVATE, file


def _rows(file: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    for batch in parquet.ParquetFile(file).iter_batches(AT_ONCE, columns=columns):
        yield from batch.to_pylist()
