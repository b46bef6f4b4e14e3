"""What a dataset's card must know of its parquet files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyarrow import parquet, types

from train.errors import StageError

WORDS = {"double": "float64", "float": "float32"}  # Arrow's name -> the one `datasets` takes


@dataclass(frozen=True)
class Table:
    """One split: where its file is, how much it holds, and how its first row begins."""

    path: str
    file_bytes: int
    bytes: int  # of the rows in memory, as `datasets` counts them
    columns: tuple[tuple[str, str], ...]  # name, type
    first_text: str | None


def read(folder: Path, splits: Mapping[str, int]) -> dict[str, Table]:
    """The splits of a prepared dataset, by name."""
    return {name: _read(folder, f"data/{name}-00000-of-00001.parquet") for name in sorted(splits)}


def _read(folder: Path, path: str) -> Table:
    table = parquet.read_table(folder / path)
    texts = table.column("text").slice(0, 1).to_pylist() if "text" in table.column_names else []
    return Table(
        path=path,
        file_bytes=(folder / path).stat().st_size,
        bytes=table.nbytes,
        columns=tuple((field.name, _dtype(field.name, field.type, path)) for field in table.schema),
        first_text=texts[0] if texts else None,
    )


def _dtype(name: str, kind: object, path: str) -> str:
    if types.is_nested(kind):
        raise StageError(f"{path}: column {name} holds {kind}; a card names plain columns only.")
    return WORDS.get(str(kind), str(kind))
