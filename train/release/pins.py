"""The Space's `release.json`: which commits it serves. It asks for these and never for `main`."""

from dataclasses import dataclass

from train.release.payload import File, text_file
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
    base_gguf: BaseGguf | None


@dataclass(frozen=True)
class Pins:
    """What a Space serves."""

    writers: tuple[Writer, ...]


def pinned(bundle: Bundle, dataset: str, adapter: str) -> File:
    """The file that pins a Space to the commits at which `dataset` and `adapter` are tagged."""
    writer = Writer(
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
    )
    return text_file(as_json(Pins((writer,))))
