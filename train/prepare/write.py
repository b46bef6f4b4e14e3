"""The files of a dataset: parquet for the rows, JSON lines for what was dropped."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from train.prepare.document import Document, Dropped
from train.prepare.words import count

COLUMNS = ("id", "title", "text", "words", "origin", "source")


def write_splits(folder: Path, splits: Mapping[str, Sequence[Document]]) -> None:
    """Write each split where the Hub looks for it: `data/SPLIT-00000-of-00001.parquet`."""
    folder.joinpath("data").mkdir()
    for name, documents in splits.items():
        _write_parquet(folder / "data" / f"{name}-00000-of-00001.parquet", documents)


def _write_parquet(path: Path, documents: Sequence[Document]) -> None:
    import pyarrow
    from pyarrow import parquet

    rows = [asdict(document) | {"words": count(document.text)} for document in documents]
    kinds = {name: pyarrow.int64() if name == "words" else pyarrow.string() for name in COLUMNS}
    table = pyarrow.Table.from_pylist(rows, schema=pyarrow.schema(kinds))
    parquet.write_table(table, path, compression="zstd")


def write_dropped(path: Path, dropped: Sequence[Dropped]) -> None:
    """Write one line of JSON for each dropped document."""
    lines = (json.dumps(asdict(each), sort_keys=True, ensure_ascii=False) for each in dropped)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
