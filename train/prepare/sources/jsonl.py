"""JSON lines, a JSON list or parquet: a title and a text in each row, whatever they are called."""

from collections.abc import Iterator
from itertools import chain, islice

from train.prepare.document import Document, Dropped
from train.prepare.sources import files
from train.prepare.sources.columns import columns_of, document, mapped
from train.prepare.sources.rows import SUFFIXES, Row, rows
from train.sections import Source

SEEN = 100  # rows that show what columns there are


def name(source: Source) -> str:
    """The file's own name, or the folder's."""
    return files.place_of(source).stem


def pin(source: Source) -> Source:
    """The source with a digest of its files for a revision."""
    return files.pinned(source, SUFFIXES)


def read(source: Source) -> Iterator[Document | Dropped]:
    """A document for each row of each file; what is broken is dropped with its line."""
    wanted = sorted(set(mapped(source).values()))
    for prefix, path in files.prefixed(source, SUFFIXES):
        yield from _documents(rows(path, wanted), source, prefix)


def broken(row: Row, source: str, number: str) -> Dropped:
    """What is said of a row with something wrong."""
    return Dropped(f"{source}/{number}", "", source, "broken record", row.wrong)


def seen(found: Iterator[Row]) -> tuple[list[str], Iterator[Row]]:
    """The columns that the first rows have, and all the rows."""
    first = list(islice(found, SEEN))
    return sorted({column for row in first for column in row.values}), chain(first, found)


def _documents(found: Iterator[Row], source: Source, prefix: str) -> Iterator[Document | Dropped]:
    existing, found = seen(found)
    columns = columns_of(source, existing) if existing else mapped(source)
    for row in found:
        number = f"{prefix}{row.number}"
        if row.wrong:
            yield broken(row, source.name, number)
        else:
            yield document(row.values, columns, source.name, number)
