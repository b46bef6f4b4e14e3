"""Which columns of a table are the titles, or what a writer is given, and which the texts."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from train.errors import StageError
from train.prepare.sources import files
from train.prepare.sources.csv import SEPARATORS
from train.prepare.sources.rows import rows

TITLES = ("title", "headline", "heading", "subject", "name", "formal", "question", "input")
TEXTS = ("text", "body", "content", "full_text", "article", "description", "natural", "answer", "output")
SEEN = 100  # rows
Cells = Mapping[str, object]


def columns_of(path: Path) -> Iterator[dict[str, str]]:
    """The columns of titles and of texts, where one could hold texts; a title of no column is none."""
    table = _seen(path)
    names = list(dict.fromkeys(name for cells in table for name in cells))
    title = _named(TITLES, names) or next((name for name in names if "title" in name.casefold()), "")
    lengths = {name: _length(table, name) for name in names if name != title}
    text = _named(TEXTS, [name for name in names if lengths.get(name)])
    if text or any(lengths.values()):
        yield {"title": title, "text": text or max(lengths, key=lengths.__getitem__)}


def _named(known: Sequence[str], names: Sequence[str]) -> str:
    return next((name for each in known for name in names if name.casefold() == each), "")


def _length(table: Sequence[Cells], name: str) -> int:
    """Of all that stands in the column as text."""
    return sum(len(cell) for cells in table if isinstance(cell := cells.get(name), str))


def _seen(path: Path) -> list[Cells]:
    """The first rows, as far as they can be read."""
    try:
        if path.suffix.lower() not in (".csv", ".tsv"):
            return [row.values for row in islice(rows(path), SEEN)]
        with files.opened(path) as file:
            separator = max(SEPARATORS, key=file.readline().count)
            file.seek(0)
            table = islice(csv.DictReader(file, delimiter=separator), SEEN)
            return [{str(name).strip(): cell for name, cell in cells.items()} for cells in table]
    except (StageError, csv.Error):
        return []
