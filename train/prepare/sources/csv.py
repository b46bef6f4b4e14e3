"""A file of separated values: a title and a text in each record, whatever the columns are called."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from train.errors import StageError
from train.prepare.document import Document, Dropped
from train.prepare.sources import files
from train.prepare.sources.columns import columns_of, day, document
from train.prepare.sources.decode import DecodeError
from train.prepare.sources.records import Record, records
from train.sections import Source

SUFFIXES = (".csv", ".tsv")
SEPARATORS = ",;\t|"


def name(source: Source) -> str:
    """The file's own name, or the folder's."""
    return files.place_of(source).stem


def pin(source: Source) -> Source:
    """The source with a digest of its files for a revision."""
    return files.pinned(source, SUFFIXES)


def read(source: Source) -> Iterator[Document | Dropped]:
    """A document for each record of each file; what is broken is dropped with its lines."""
    for prefix, path in files.prefixed(source, SUFFIXES):
        try:
            with files.opened(path) as file:
                yield from _documents(file, source, prefix)
        except OSError as error:
            raise files.unreadable(path, error) from error


@dataclass(frozen=True)
class _Table:
    columns: Mapping[str, str]  # field -> column
    places: Mapping[str, int]  # column -> which cell
    letters: str

    def row(self, cells: Sequence[str]) -> dict[str, str]:
        texts = files.mended([cells[place] for place in self.places.values()], self.letters)
        return dict(zip(self.places, texts, strict=True))

    def is_believable(self, cells: Sequence[str]) -> bool:
        """Whether these are cells at all, not a sentence cut at its commas."""
        place = self.places.get(self.columns.get("date", ""))
        stamp = "" if place is None else cells[place].strip()
        return not all(cell.startswith(" ") for cell in cells[1:]) and (not stamp or bool(day(stamp)))


def _documents(file: TextIO, source: Source, prefix: str) -> Iterator[Document | Dropped]:
    line = file.readline()
    file.seek(0)
    separator = max(SEPARATORS, key=line.count)
    header = next(records(file, separator), None)
    if header is None or header.why:
        why = header.why if header else "it is empty"
        raise StageError(f"{file.name} has no line of column names: {why}.", fix=files.EDIT)
    letters = files.letters_of(Path(file.name))
    try:
        names = [cell.strip() for cell in files.mended(header.cells, letters)]
    except DecodeError as error:
        raise StageError(f"{file.name} is no table: its first line is {error}.", fix=files.EDIT) from error
    table = _table(source, names, letters)
    file.seek(0)
    for number, record in enumerate(records(file, separator, table.is_believable)):
        if number or record.why:
            yield _document(record, table, source.name, f"{prefix}{number}")


def _table(source: Source, names: Sequence[str], letters: str) -> _Table:
    columns = columns_of(source, names)
    return _Table(columns, {column: names.index(column) for column in sorted(set(columns.values()))}, letters)


def _document(record: Record, table: _Table, source: str, number: str) -> Document | Dropped:
    lines = (
        f"line {record.first}" if record.first == record.last else f"lines {record.first} to {record.last}"
    )
    if record.why:
        return Dropped(f"{source}/{number}", "", source, "broken record", f"{lines}: {record.why}")
    try:
        return document(table.row(record.cells), table.columns, source, number)
    except DecodeError as error:
        return Dropped(f"{source}/{number}", "", source, error.reason, f"{lines}: {error}")
