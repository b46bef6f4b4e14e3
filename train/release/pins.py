"""The Space's `release.json`: which commits it serves. It asks for these and never for `main`."""

from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from train.release.report import Bundle
from train.run import as_json
from train.sections import BaseGguf

NAME = "release.json"


@dataclass(frozen=True)
class Writer:
    """One writer that the Space offers, at the commits it was released with."""

    name: str
    title: str
    version: str
    adapter: str
    adapter_revision: str
    base: str
    base_revision: str
    dataset: str
    dataset_revision: str
    base_gguf: BaseGguf | None = None
    license: str = ""  # of the adapter: the page of a Space with several writers says it
    badges: tuple[str, ...] = ()  # what the licences want shown wherever it is served


@dataclass(frozen=True)
class Pins:
    """What a Space serves."""

    writers: tuple[Writer, ...]

    def of(self, name: str) -> Writer | None:
        """The writer of this name, if the Space has it."""
        return next((each for each in self.writers if each.name == name), None)

    def having(self, ours: Writer) -> "Pins":
        """The same with this writer in the place of its earlier version; the others stay as they are."""
        if self.of(ours.name):
            return replace(
                self, writers=tuple(ours if each.name == ours.name else each for each in self.writers)
            )
        return replace(self, writers=(*self.writers, ours))

    def as_text(self) -> str:
        """The file."""
        return as_json(self)


def parse(data: bytes) -> Pins:
    """What a `release.json` says."""
    return TypeAdapter(Pins).validate_json(data)


def pinned(bundle: Bundle, dataset: str, adapter: str, badges: tuple[str, ...] = ()) -> Writer:
    """A bundle's writer at the commits at which `dataset` and `adapter` are tagged."""
    return Writer(
        name=bundle.recipe,
        title=bundle.title,
        version=bundle.version,
        adapter=bundle.publish.adapter,
        adapter_revision=adapter,
        base=bundle.base,
        base_revision=bundle.base_revision,
        dataset=bundle.publish.dataset,
        dataset_revision=dataset,
        base_gguf=bundle.publish.base_gguf,
        license=bundle.publish.adapter_license,
        badges=badges,
    )
