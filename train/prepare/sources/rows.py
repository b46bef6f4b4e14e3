"""Rows of JSON lines, of a JSON list or of parquet: one at a time, and what is wrong with the bad ones."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from train.errors import StageError
from train.prepare.sources import files
from train.prepare.sources.decode import DecodeError

SUFFIXES = (".jsonl", ".ndjson", ".json", ".parquet")
LONGEST = 64 * 1024 * 1024  # characters of one row
CHUNK = 1024 * 1024
BATCH = 256  # rows of parquet
BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True)
class Row:
    """The values at a place in a file, counted from 1; none if there is something wrong with them."""

    number: int
    values: Mapping[str, Any]
    wrong: str = ""


def rows(path: Path, columns: Sequence[str] = ()) -> Iterator[Row]:
    """Every row of a file; of parquet only these columns, if it has them all."""
    try:
        if path.suffix.lower() == ".parquet":
            yield from _parquet(path, columns)
            return
        with files.opened(path, newline="\n") as file:
            begins = file.read(CHUNK).lstrip()[:1]
            file.seek(0)
            letters = files.letters_of(path)
            yield from _list(file, letters) if begins == "[" else _lines(file, letters)
    except OSError as error:
        raise files.unreadable(path, error) from error


def _lines(file: TextIO, letters: str) -> Iterator[Row]:
    number = 0
    while line := file.readline(LONGEST):
        number += 1
        if len(line) == LONGEST and not line.endswith("\n"):
            while (rest := file.readline(LONGEST)) and not rest.endswith("\n"):
                pass
            yield Row(number, {}, f"line {number}: longer than {LONGEST:,} characters")
        elif line.strip("\0 \t\r\n"):
            yield _row(number, f"line {number}", line.rstrip(), letters)


def _row(number: int, place: str, text: str, letters: str) -> Row:
    try:
        (whole,) = files.mended([text], letters)
        return _checked(number, place, json.loads(whole))
    except json.JSONDecodeError as error:
        return Row(number, {}, f"{place}: {error.msg} at column {error.colno}")
    except DecodeError as error:
        return Row(number, {}, f"{place}: {error}")
    except ValueError:
        return Row(number, {}, f"{place}: a number of thousands of digits")
    except RecursionError:
        return Row(number, {}, f"{place}: nested too deeply")


def _checked(number: int, place: str, values: Any) -> Row:
    if isinstance(values, dict):
        return Row(number, values)
    return Row(number, {}, f"{place}: not an object but {type(values).__name__}")


def _list(file: TextIO, letters: str) -> Iterator[Row]:
    decoder, number, at = json.JSONDecoder(), 0, 0
    text = _more(file, letters, 0, 0).lstrip()[1:]
    while True:
        at = BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if text.startswith("]", at):
            return
        try:
            values, at = decoder.raw_decode(text, at)
        except RecursionError as error:
            raise _torn(file, "nested too deeply", number) from error
        except ValueError:
            text, at = text[at:] + _more(file, letters, len(text) - at, number), 0
            continue
        number += 1
        yield _checked(number, f"item {number}", values)


def _more(file: TextIO, letters: str, have: int, number: int) -> str:
    more = file.read(max(CHUNK, have)) if have <= LONGEST else ""
    if not more:
        raise _torn(file, "broken, or cut off", number)
    try:
        return files.mended([more], letters)[0]
    except DecodeError as error:
        raise _torn(file, "not text", number) from error


def _torn(file: TextIO, why: str, number: int) -> StageError:
    return StageError(f"{file.name} is {why} after item {number} of its list.", fix=files.EDIT)


def _parquet(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            has_all = set(columns) <= set(file.schema_arrow.names)
            number = 0
            for batch in file.iter_batches(BATCH, columns=list(columns) if has_all and columns else None):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(number, values)
    except (pyarrow.ArrowException, ValueError, OverflowError) as error:  # the latter of days out of range
        what = str(error).partition("\n")[0].rstrip(".")
        raise StageError(f"{path} is no whole parquet file: {what}.", fix=files.EDIT) from error
