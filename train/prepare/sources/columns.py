"""Which column of a table holds which field of a document, and what a row says in them."""

import ast
import json
import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from train.errors import StageError, nearest
from train.prepare.document import Document, Dropped
from train.prepare.sources.dates import day_of
from train.sections import Source

FIELDS = ("title", "text", "origin", "date", "author", "language", "kind")
EDIT = "edit columns in the recipe"
YEARS = range(1900, 2100)  # before and after stand machines' zeros and infinities
LONGEST_LIST = 10_000  # characters; a longer one is no list of names


def columns_of(source: Source, existing: Sequence[str]) -> dict[str, str]:
    """Which column holds each field; one that the table lacks is an error with the nearest that it has."""
    columns = mapped(source)
    check(source, FIELDS, sorted(columns.values()), existing)
    return columns


def check(source: Source, fields: Sequence[str], wanted: Sequence[str], existing: Sequence[str]) -> None:
    """Refuse a field that no document has, and a wanted column that the table lacks."""
    for unknown in sorted(set(source.columns) - set(fields)):
        what = f"columns: unknown field {unknown!r}.{nearest(unknown, fields)}"
        raise StageError(what, fix=EDIT)
    for missing in wanted:
        if missing not in existing:
            raise _no_column(source, missing, existing)


def mapped(source: Source) -> dict[str, str]:
    """The column that the recipe means for each field; a field of no column has none."""
    columns = {"title": "title", "text": "text"} | source.columns
    return {field: column for field, column in columns.items() if column}


def _no_column(source: Source, missing: str, existing: Sequence[str]) -> StageError:
    known = f"{nearest(missing, existing)} There are: {', '.join(existing)}."
    aside = ', or say title: "" where pairs: are made of the texts' if missing == "title" else ""
    return StageError(f"{source.path} has no column {missing!r}.{known}", fix=f"{EDIT}{aside}")


def document(
    row: Mapping[str, object], columns: Mapping[str, str], source: str, number: int | str
) -> Document | Dropped:
    """What the row of that number says; one with no text is dropped with a reason."""
    place = f"{source}/{number}"
    cells = {field: row.get(column) for field, column in columns.items()}
    title, text = spoken(cells.get("title")), cells.get("text")
    if not isinstance(text, str) and text is not None:
        return Dropped(place, title, source, "not text", f"the column holds {type(text).__name__}")
    if not (words := spoken(text)):
        return Dropped(place, title, source, "empty")
    return Document(
        place,
        title,
        words,
        spoken(cells.get("origin")) or str(number),
        source,
        kind=spoken(cells.get("kind")) or "post",
        date=day(cells.get("date")),
        author=names(cells.get("author")),
        language=spoken(cells.get("language")),
    )


def spoken(cell: object) -> str:
    """A cell as text that any file can hold; what is neither text, number nor day says nothing."""
    if isinstance(cell, str):
        text = cell.strip()
        return (
            text
            if is_whole(text)
            else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        )
    if isinstance(cell, bool) or not isinstance(cell, int | float | date) or cell != cell:
        return ""
    try:
        return str(cell)
    except ValueError:  # a number of thousands of digits
        return ""


def is_whole(text: str) -> bool:
    """Whether a file can hold the text: it has no half of a character."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def day(cell: object) -> str:
    """The day that a time stamp begins with, as YYYY-MM-DD; nothing if there is no such day."""
    found = day_of(spoken(cell))
    return found if found and int(found[:4]) in YEARS else ""


def names(cell: object) -> str:
    """The names in a cell: a list, a list written as Python or JSON writes it, or plain text."""
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        cell = _list(cell.strip())
    if isinstance(cell, Iterable) and not isinstance(cell, str | bytes | Mapping):
        return ", ".join(name for each in cell if (name := spoken(each)))
    return spoken(cell)


def _list(text: str) -> object:
    if len(text) > LONGEST_LIST:
        return ""
    try:
        return _python(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return ""


def _python(text: str) -> object:
    if "\\" not in text:
        return ast.literal_eval(text)
    with warnings.catch_warnings(action="ignore"):  # about a backslash in somebody's name
        return ast.literal_eval(text)
