"""One file for each kind of source; all yield the same document."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Protocol

from train.errors import StageError
from train.prepare.document import Document, Dropped
from train.prepare.sources import (
    chat,
    csv,
    folder,
    ghost,
    hub,
    jekyll,
    jsonl,
    mediastack,
    medium,
    substack,
    wordpress,
)
from train.sections import Source


class Kind(Protocol):
    """What the module of one kind of source offers."""

    def name(self, source: Source) -> str:
        """What a source is called in ids, reports and cards: never a path of this machine."""

    def pin(self, source: Source) -> Source:
        """The source with the revision that it has now: a commit, or a digest of its files."""

    def read(self, source: Source) -> Iterator[Document | Dropped]:
        """The documents of a pinned source, whose name is set, in an order that does not change."""


KINDS: dict[str, Kind] = {
    "chat": chat,
    "csv": csv,
    "folder": folder,
    "ghost": ghost,
    "hub": hub,
    "jekyll": jekyll,
    "jsonl": jsonl,
    "mediastack": mediastack,
    "medium": medium,
    "substack": substack,
    "wordpress": wordpress,
}


def name(source: Source) -> str:
    """What a source is called in ids, reports and cards: as the recipe says, or else by its kind."""
    return source.name or KINDS[source.kind].name(source)


def pin(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """The sources with their names, and the revisions that they have now."""
    names = [name(source) for source in sources]
    for twice in {each for each in names if names.count(each) > 1}:
        raise StageError(
            f"Two sources are called {twice}.", fix="give one of them another name: in the recipe"
        )
    return tuple(replace(KINDS[each.kind].pin(each), name=name(each)) for each in sources)


def read(source: Source) -> Iterator[Document | Dropped]:
    """The documents of a pinned source, marked as the recipe marks it, and what could not become one."""
    for each in islice(KINDS[source.kind].read(source), source.limit):
        yield _marked(each, source) if isinstance(each, Document) else each


def _marked(document: Document, source: Source) -> Document:
    license_ = document.license or source.license
    return replace(document, license=license_, private=document.private or source.private)
