"""The results of a run as values that know the file and the field they were read from."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from cards.evidence import pointer
from cards.origin import OWN, Computed, Field, Origin, Real, Whole, Words
from train.release.results import Results
from train.release.tables import Table
from train.run import digest_of_all

FILES = {  # part of the results -> its file in the version
    "dataset": "dataset/report.json",
    "training": "adapter/training.json",
    "writer": "adapter/writer.json",
    "metrics": "adapter/evidence/metrics.json",
    "verdict": "adapter/evidence/gate.json",
    "samples": "adapter/evidence/samples.jsonl",
}
WEIGHTS = Computed("SHA-256", (Field("adapter/adapter_model.safetensors"),))
ROWS = Computed("digest of files", (Field("dataset/report.json", "/files"),))
RULES = {"digest of files": digest_of_all}  # beside those that `cards` knows


def sourced(results: Results) -> Results:
    """The same results, each number and text of which remembers its place."""
    read = {part: _placed(getattr(results, part), file) for part, file in FILES.items()}
    return replace(results, **read, weights=Words(results.weights, WEIGHTS))


def sourced_tables(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The same tables, with sizes that remember their parquet files."""
    return {name: _sourced_table(table) for name, table in tables.items()}


def own(value: Any) -> Any:
    """A setting that this project chose for everybody, unless it has an origin already."""
    if isinstance(value, bool | Whole | Real):
        return value
    return Whole(value, OWN) if isinstance(value, int) else Real(value, OWN)


def _sourced_table(table: Table) -> Table:
    file = Field(f"dataset/{table.path}")
    return replace(
        table,
        file_bytes=Whole(table.file_bytes, Computed("bytes", (file,))),
        bytes=Whole(table.bytes, Computed("bytes of rows", (file,))),
    )


def _placed(value: Any, file: str, *place: str | int) -> Any:
    found = value
    if is_dataclass(found) and not isinstance(found, type):
        named = {each.name: getattr(found, each.name) for each in fields(found)}
        found = replace(found, **{name: _placed(each, file, *place, name) for name, each in named.items()})
    elif isinstance(found, Mapping):
        found = {name: _placed(each, file, *place, name) for name, each in found.items()}
    elif isinstance(found, list | tuple):
        found = type(found)(_placed(each, file, *place, index) for index, each in enumerate(found))
    elif isinstance(found, int | float | str) and not isinstance(found, bool):
        found = _valued(found, Field(file, pointer(*place)))
    return found


def _valued(value: float | str, origin: Origin) -> Whole | Real | Words:
    if isinstance(value, str):
        return Words(value, origin)
    return Whole(value, origin) if isinstance(value, int) else Real(value, origin)
