"""A dataset on the Hub: rows with a title and a text, at one commit."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from train.errors import StageError, nearest
from train.prepare.document import Document, Dropped
from train.sections import Source

COMMIT = re.compile(r"[0-9a-f]{40}")
FIELDS = ("title", "text", "origin")
PATIENCE_S = 30.0


def name(source: Source) -> str:
    """The dataset's repository."""
    return source.path


def pin(source: Source) -> Source:
    """The source with the commit that its branch or tag is at now."""
    if COMMIT.fullmatch(source.revision or ""):
        return source
    from huggingface_hub import HfApi
    from huggingface_hub.errors import (  # type: ignore[attr-defined]
        HfHubHTTPError,
        HFValidationError,
        HTTPError,
    )

    try:
        found = HfApi().dataset_info(source.path, revision=source.revision, timeout=PATIENCE_S)
    except (HTTPError, HfHubHTTPError, HFValidationError, OSError) as error:
        raise mishap(source, error) from error
    return replace(source, revision=found.sha)


def read(source: Source) -> Iterator[Document | Dropped]:
    """Every row of the `train` split, in the dataset's order."""
    from datasets import load_dataset
    from datasets.exceptions import DatasetsError
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

    try:
        rows = load_dataset(source.path, revision=source.revision, split="train")
    except (DatasetsError, HTTPError, OSError, ValueError) as error:
        raise mishap(source, error) from error
    columns = columns_of(source, rows.column_names)
    return documents(rows.select_columns(sorted(set(columns.values()))), columns, source.path)


def columns_of(source: Source, existing: Sequence[str]) -> dict[str, str]:
    """Which column holds each field; one that the dataset lacks is an error with the nearest that it has."""
    for unknown in sorted(set(source.columns) - set(FIELDS)):
        what = f"columns: unknown field {unknown!r}.{nearest(unknown, FIELDS)}"
        raise StageError(what, fix="edit columns in the recipe")
    columns = {"title": "title", "text": "text"} | source.columns
    for missing in sorted(set(columns.values()) - set(existing)):
        known = f"{nearest(missing, existing)} There are: {', '.join(existing)}."
        raise StageError(f"{source.path} has no column {missing!r}.{known}", fix="edit columns in the recipe")
    return columns


def documents(
    rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], source: str
) -> Iterator[Document | Dropped]:
    """A document for each row; a row with no text is dropped with a reason."""
    for number, row in enumerate(rows):
        title, text, origin = (str(row.get(columns.get(field, ""), None) or "").strip() for field in FIELDS)
        place = f"{source}/{number}"
        if text:
            yield Document(place, title, text, origin, source)
        else:
            yield Dropped(place, title, source, "empty")


def mishap(source: Source, error: Exception) -> StageError:
    """One sentence for what the Hub's clients raise, and what helps against it."""
    from datasets.exceptions import DatasetNotFoundError
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    what = f"The dataset {source.path}" + (f" at {source.revision[:12]}" if source.revision else "")
    if isinstance(error, RevisionNotFoundError):
        return StageError(
            f"The dataset {source.path} has no revision {source.revision}.", fix="edit revision in the recipe"
        )
    if isinstance(error, RepositoryNotFoundError | DatasetNotFoundError):
        return StageError(f"{what} does not exist, or is not yours to read.", fix="hf auth login")
    if _unreachable(error):
        return StageError(f"{what} cannot be reached: {_first_line(error)}.", fix="make rehearse")
    return StageError(f"{what} cannot be read: {_first_line(error)}.", fix="edit sources in the recipe")


def _unreachable(error: Exception) -> bool:
    from huggingface_hub.errors import HfHubHTTPError, HTTPError  # type: ignore[attr-defined]

    if isinstance(error, HfHubHTTPError):
        return error.response is not None and error.response.status_code >= 429
    return isinstance(error, HTTPError | ConnectionError | TimeoutError)


def _first_line(error: Exception) -> str:
    return (str(error).strip().partition("\n")[0] or type(error).__name__).rstrip(".")
