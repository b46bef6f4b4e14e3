"""What lies at a place: which kind of source reads it, and how many texts it finds there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cards.check import is_repo
from train.errors import ImprintError, StageError
from train.prepare import sources
from train.prepare.document import Document
from train.run import ROOT
from train.sections import Source

MOST = 2_000  # texts; more of them are not counted
OF_FOLDERS = ("jekyll", "substack", "medium", "ghost", "folder")
OF_FILES = {
    ".csv": ("csv",),
    ".tsv": ("csv",),
    ".jsonl": ("jsonl",),
    ".ndjson": ("jsonl",),
    ".parquet": ("jsonl",),
    ".xml": ("wordpress",),
    ".json": ("ghost", "jsonl"),
    ".zip": ("substack", "medium", "ghost", "wordpress"),
}


@dataclass(frozen=True)
class Texts:
    """A source that was tried: how a recipe names it, and what it gave."""

    source: Source
    count: int | None  # none: it is on the Hub, and is read when the corpus is prepared

    @property
    def told(self) -> str:
        """What was found, in a phrase."""
        if self.count is None:
            return f"{self.source.path} on the Hub"
        more = "more than " if self.count == MOST else ""
        return f"{more}{self.count:,} texts ({self.source.kind})"


def found(place: str) -> Texts:
    """The source at a path, or the dataset of that name on the Hub; an error says what was tried."""
    path = Path(place).expanduser()
    if not path.exists():
        return _on_hub(place)
    kinds = OF_FOLDERS if path.is_dir() else OF_FILES.get(path.suffix.lower(), ())
    written = os.path.relpath(path.resolve(), ROOT)  # recipes are published: no home folder in them
    for kind in kinds:
        source = Source(kind=kind, path=written)  # type: ignore[arg-type]
        if count := _count(source):
            return Texts(source, count)
    tried = f" as {', '.join(kinds)}" if kinds else ": its kind of file is not known"
    raise ImprintError(f"No text was found in {place}{tried}.", fix="python -m train prepare --help")


def _on_hub(place: str) -> Texts:
    if not is_repo(place) or "/" not in place:
        raise ImprintError(f"There is nothing at {place}.", fix="give a path, or OWNER/NAME on the Hub")
    return Texts(Source(kind="hub", path=place, columns={"title": "title", "text": "text"}), None)


def _count(source: Source) -> int:
    """How many texts a source gives; none if it is of another kind."""
    try:
        return sum(1 for _ in islice(_documents(source), MOST))
    except StageError:
        return 0


def _documents(source: Source) -> Iterator[Document]:
    (pinned,) = sources.pin((source,))
    return (each for each in sources.KINDS[source.kind].read(pinned) if isinstance(each, Document))
