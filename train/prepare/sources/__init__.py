"""One file for each kind of source; all yield the same document."""

from collections.abc import Iterator
from typing import Protocol

from train.errors import StageError
from train.prepare.document import Document, Dropped
from train.prepare.sources import hub, jekyll
from train.recipe import Source


class Kind(Protocol):
    """What the module of one kind of source offers."""

    def name(self, source: Source) -> str:
        """What a source is called in ids, reports and cards: never a path of this machine."""

    def pin(self, source: Source) -> Source:
        """The source with the revision that it has now: a commit, or a digest of its files."""

    def read(self, source: Source) -> Iterator[Document | Dropped]:
        """The documents of a pinned source, in an order that does not change."""


KINDS: dict[str, Kind] = {"hub": hub, "jekyll": jekyll}


def name(source: Source) -> str:
    """What a source is called in ids, reports and cards."""
    return KINDS[source.kind].name(source)


def pin(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """The sources with the revisions that they have now."""
    names = [name(source) for source in sources]
    for twice in {each for each in names if names.count(each) > 1}:
        raise StageError(
            f"Two sources are called {twice}.", fix="rename one of the two folders in the recipe"
        )
    return tuple(KINDS[source.kind].pin(source) for source in sources)


def read(source: Source) -> Iterator[Document | Dropped]:
    """The documents of a pinned source, and what could not become one."""
    return KINDS[source.kind].read(source)
