"""A dataset on the Hub: rows with a title and a text, at one commit."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from train.errors import SAME, StageError, first_line
from train.prepare.document import Document, Dropped
from train.prepare.sources.columns import columns_of, document, mapped
from train.sections import Source

COMMIT = re.compile(r"[0-9a-f]{40}")
PATIENCE_S = 30.0
LOGIN = "hf auth login"


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
    """A document for every row of the split, in the dataset's order."""
    found, existing = rows(source, sorted(mapped(source).values()))
    columns = columns_of(source, existing)
    for number, row in enumerate(found):
        yield document(row, columns, source.name, number)


def rows(source: Source, wanted: Sequence[str]) -> tuple[Iterator[Mapping[str, Any]], list[str]]:
    """The split's rows with the wanted columns that it has, and the names of all its columns.

    A source with a limit is read from the wire, no further than the limit; any other is downloaded, and kept.
    """
    from datasets import load_dataset

    config, streaming = source.query.get("config"), source.limit is not None
    with _explained(source):
        found = load_dataset(
            source.path, config, revision=source.revision, split=source.split, streaming=streaming
        )
        existing = list(found.column_names or next(iter(found), {}))
        wanted = sorted(set(wanted) & set(existing))
        chosen = found.select_columns(wanted)
    return _read(source, chosen), existing


def _read(source: Source, chosen: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    with _explained(source):
        yield from chosen


@contextmanager
def _explained(source: Source) -> Iterator[None]:
    from datasets.exceptions import DatasetsError
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]
    from pyarrow import ArrowException

    try:
        yield
    except (DatasetsError, HTTPError, OSError, ValueError, RuntimeError, ArrowException) as error:
        told = mishap(source, error)
        if told.fix != SAME:
            raise told from error
        stays = "" if source.limit else " What was downloaded stays."
        raise StageError(f"{told}{stays}", fix=SAME) from error


def mishap(source: Source, error: Exception) -> StageError:
    """One sentence for what the Hub's clients raise, and what helps against it."""
    from datasets.exceptions import DatasetNotFoundError
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    what = f"The dataset {source.path}" + (f" at {source.revision[:12]}" if source.revision else "")
    if isinstance(error, RevisionNotFoundError):
        return StageError(
            f"The dataset {source.path} has no revision {source.revision}.", fix="edit revision in the recipe"
        )
    if isinstance(error, GatedRepoError) or "is a gated dataset" in str(error):
        page = f"https://huggingface.co/datasets/{source.path}"
        return StageError(f"{what} is gated: ask for access at {page}.", fix=LOGIN)
    if isinstance(error, RepositoryNotFoundError | DatasetNotFoundError) or _is_refused(error):
        return StageError(f"{what} does not exist, or is not yours to read.", fix=LOGIN)
    if any(map(_is_unreachable, _causes(error))):
        return StageError(f"{what} cannot be reached: {first_line(error).rstrip('.')}.", fix=SAME)
    if str(error).startswith("Config name is missing"):
        which = str(error).splitlines()[1].rpartition(": ")[2]
        return StageError(f"{what} has several configurations: {which}.", fix="add query: {config: …} to it")
    return StageError(
        f"{what} cannot be read: {first_line(error).rstrip('.')}.", fix="edit sources in the recipe"
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _is_refused(error: Exception) -> bool:
    from huggingface_hub.errors import HfHubHTTPError

    if isinstance(error, HfHubHTTPError) and error.response is not None:
        return error.response.status_code in (401, 403)
    return False


def _is_unreachable(error: BaseException) -> bool:
    from huggingface_hub.errors import HfHubHTTPError, HTTPError  # type: ignore[attr-defined]

    if isinstance(error, HfHubHTTPError):
        return error.response is not None and error.response.status_code >= 429
    return isinstance(error, HTTPError | ConnectionError | TimeoutError)
