"""Which rows came in, went out, were rewritten or moved to another split."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from train.run import as_json, digest_of

_SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Row:
    """A row: where it is, how it is told from others, and what it is called."""

    split: str
    id: str
    title: str
    digest: str  # of everything in it


@dataclass(frozen=True)
class Moved:
    """A row that lies in another split than before."""

    row: Row
    before: str


@dataclass(frozen=True)
class RowChanges:
    """What became of the rows."""

    before: dict[str, int]  # split -> rows
    after: dict[str, int]
    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    rewritten: tuple[Row, ...]
    moved: tuple[Moved, ...]


def read(files: Mapping[str, Path]) -> list[Row]:
    """The rows of parquet files, given by their path in the repository."""
    return [row for path in sorted(files, key=_order) for row in _rows(_split(path), files[path])]


def compare(before: Sequence[Row], after: Sequence[Row]) -> RowChanges:
    """What became of the rows between two versions."""
    old, new = {row.id: row for row in before}, {row.id: row for row in after}
    both = [(old[row.id], row) for row in after if row.id in old]
    return RowChanges(
        before=_counted(before),
        after=_counted(after),
        added=tuple(row for row in after if row.id not in old),
        removed=tuple(row for row in before if row.id not in new),
        rewritten=tuple(now for was, now in both if was.digest != now.digest),
        moved=tuple(Moved(now, was.split) for was, now in both if was.split != now.split),
    )


def _rows(split: str, path: Path) -> Iterator[Row]:
    from pyarrow import parquet

    for values in parquet.read_table(path).to_pylist():
        digest = digest_of(as_json({name: str(value) for name, value in values.items()}))
        yield Row(split, str(values.get("id") or digest), _title(values), digest)


def _title(values: Mapping[str, Any]) -> str:
    """The title; of rows without one, how their first text begins."""
    named = values.get("title")
    texts = (value for name, value in values.items() if isinstance(value, str) and name != "id")
    return " ".join(str(named or next(texts, "")).split())


def _counted(rows: Sequence[Row]) -> dict[str, int]:
    splits = dict.fromkeys(row.split for row in rows)
    return {split: sum(row.split == split for row in rows) for split in splits}


def _split(path: str) -> str:
    return PurePosixPath(path).name.split("-")[0].removesuffix(".parquet")


def _order(path: str) -> tuple[int, str]:
    split = _split(path)
    return (_SPLITS.index(split) if split in _SPLITS else len(_SPLITS), path)
