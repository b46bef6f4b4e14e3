"""What lies at a place: which kind of source reads it, and how many texts it finds there."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from cards.check import is_repo
from train.errors import ImprintError, StageError
from train.new.table import columns_of
from train.prepare import sources
from train.prepare.document import Document
from train.prepare.outline import outline
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
TABLES = ("csv", "jsonl")
KNOWN = "python -m train new --help (what it can read)"


@dataclass(frozen=True)
class Texts:
    """A source that was tried: how a recipe names it, and what it gave."""

    source: Source
    count: int | None  # none: it is on the Hub, and is read when the corpus is prepared
    sectioned: int = 0  # of them, those with headings

    @property
    def told(self) -> str:
        """What was found, in a phrase."""
        if self.count is None:
            return f"no path here, so the dataset {self.source.path} on the Hub, not asked for yet"
        more, many = " or more" if self.count == MOST else "", "" if self.count == 1 else "s"
        named = ", ".join(
            f"{field} from {column or 'nowhere'}" for field, column in self.source.columns.items()
        )
        return f"found: {self.count:,}{more} text{many} ({self.source.kind}{f': {named}' if named else ''})"


def found(place: str) -> Texts:
    """The source at a path, or the dataset of that name on the Hub; an error says what was tried."""
    path = Path(place).expanduser()
    if not path.exists():
        return _on_hub(place)
    kinds = OF_FOLDERS if path.is_dir() else OF_FILES.get(path.suffix.lower(), ())
    for source in _sources(path.parent if path.name == "_posts" else path, kinds):
        if count := _count(source):
            return Texts(source, *count)
    raise ImprintError(f"No text was found in {place}{_tried(kinds)}.", fix=KNOWN)


def _sources(path: Path, kinds: tuple[str, ...]) -> Iterator[Source]:
    """What it could be, the likeliest first."""
    written = os.path.relpath(path.resolve(), ROOT)  # recipes are published: no home folder in them
    for kind in kinds:
        source = Source(kind=kind, path=written)  # type: ignore[arg-type]
        yield source
        if kind in TABLES:
            yield from (replace(source, columns=columns) for columns in columns_of(path))


def _tried(kinds: tuple[str, ...]) -> str:
    if not kinds:
        return ": its kind of file is not known, but a folder of such files may be"
    columns = " (a table needs a column of texts)" if set(kinds) & set(TABLES) else ""
    return f" as {', '.join(kinds)}{columns}"


def _on_hub(place: str) -> Texts:
    if not is_repo(place) or "/" not in place:
        raise ImprintError(f"There is nothing at {place}.", fix="give a path, or OWNER/NAME on the Hub")
    return Texts(Source(kind="hub", path=place, columns={"title": "title", "text": "text"}), None)


def _count(source: Source) -> tuple[int, int] | None:
    """How many texts a source gives, and how many with sections; none if it is of another kind."""
    try:
        read = [_has_sections(each.text) for each in islice(_documents(source), MOST)]
    except StageError:
        return None
    return (len(read), sum(read)) if read else None


def _has_sections(text: str) -> bool:
    return bool(outline(text).sections or re.search(r"<h[2-6]\b", text))


def _documents(source: Source) -> Iterator[Document]:
    (pinned,) = sources.pin((source,))
    return (each for each in sources.KINDS[source.kind].read(pinned) if isinstance(each, Document))
