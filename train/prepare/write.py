"""The files of a dataset: parquet for the rows, JSON lines for what was dropped."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from train.prepare.document import Document, Dropped

COLUMNS = (
    *("id", "title", "text", "words", "date", "author"),
    *("language", "license", "origin", "source", "kind"),
)
PAIRED = "formal"  # what the writer of a recipe with pairs is given
PUBLIC, PRIVATE = "data", "private"  # folders; only the first is published
DROPPED = "dropped.jsonl"
REMOVED = f"{PRIVATE}/removed.json"  # fingerprints of personal data, for `evaluate` to look for
CHARACTERS = 16_000_000  # of text in one row group


def file_of(split: str, folder: str = PUBLIC) -> str:
    """Where the rows of a split stand in a dataset, as the Hub looks for them."""
    return f"{folder}/{split}-00000-of-00001.parquet"


class Rows:
    """The row files of a dataset; in each, rows stand in the order in which they were given."""

    def __init__(self, folder: Path, *, paired: bool = False) -> None:
        names = (*COLUMNS, PAIRED) if paired else COLUMNS
        kinds = {name: pyarrow.int64() if name == "words" else pyarrow.string() for name in names}
        self._folder, self._schema = folder, pyarrow.schema(kinds)
        self._files: dict[str, _File] = {}

    def add(self, split: str, document: Document, words: int) -> None:
        """Write one row; a private one never stands where others are published from."""
        path = file_of(split, PRIVATE if document.private else PUBLIC)
        self._file(path).add(vars(document) | {"words": words})

    def close(self, splits: Iterable[str]) -> None:
        """Finish the files; each of these splits has one, if only an empty one."""
        for split in splits:
            self._file(file_of(split))
        for file in self._files.values():
            file.close()

    def _file(self, path: str) -> "_File":
        if path not in self._files:
            (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
            self._files[path] = _File(self._folder / path, self._schema)
        return self._files[path]


class _File:
    def __init__(self, path: Path, schema: pyarrow.Schema) -> None:
        self._schema = schema
        self._writer = parquet.ParquetWriter(path, schema, compression="zstd")
        self._waiting: list[dict[str, Any]] = []
        self._characters = 0

    def add(self, row: dict[str, Any]) -> None:
        self._waiting.append(row)
        self._characters += len(row["text"])
        if self._characters >= CHARACTERS:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pyarrow.Table.from_pylist(self._waiting, schema=self._schema))
        self._waiting, self._characters = [], 0


def write_dropped(path: Path, dropped: Iterable[Dropped]) -> None:
    """Write one line of JSON for each dropped document; a part of it is never at `path`."""
    temporary = path.with_name(f".{path.name}")
    with temporary.open("w", encoding="utf-8") as file:
        for each in dropped:
            file.write(json.dumps(vars(each), sort_keys=True, ensure_ascii=False) + "\n")
    temporary.replace(path)
