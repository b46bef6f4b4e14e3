"""What a dataset's card must know of its parquet files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyarrow import parquet, types

from train.errors import StageError

WORDS = {"double": "float64", "float": "float32"}  # Arrow's name -> the one `datasets` takes


@dataclass(frozen=True)
class Table:
    """One split: where its file is, how much it holds, and its first row."""

    path: str
    file_bytes: int
    bytes: int  # of the rows in memory, as `datasets` counts them
    columns: tuple[tuple[str, str], ...]  # name, type
    first: Mapping[str, str]  # column -> what the first row has there


def read(folder: Path, splits: Mapping[str, int]) -> dict[str, Table]:
    """The splits of a prepared dataset, by name."""
    return {name: _read(folder, f"data/{name}-00000-of-00001.parquet") for name in sorted(splits)}


def _read(folder: Path, path: str) -> Table:
    table = parquet.read_table(folder / path)
    rows = table.slice(0, 1).to_pylist()
    return Table(
        path=path,
        file_bytes=(folder / path).stat().st_size,
        bytes=table.nbytes,
        columns=tuple((field.name, _dtype(field.name, field.type, path)) for field in table.schema),
        first={name: str(value) for row in rows for name, value in row.items() if value is not None},
    )


def _dtype(name: str, kind: object, path: str) -> str:
    if types.is_nested(kind):
        raise StageError(f"{path}: column {name} holds {kind}; a card names plain columns only.")
    return WORDS.get(str(kind), str(kind))
