"""Documents as `prepare` holds them between reading and writing."""

from collections.abc import Sequence
from pathlib import Path

from train.prepare.document import Document
from train.prepare.engine.shard import Shard, Tally, write_shard
from train.prepare.engine.work import sketched
from train.prepare.words import count


def post(number: int, text: str, **more: str | bool) -> Document:
    """A document that says `text` and nothing else."""
    return Document(f"blog/{number:03}", f"T{number}", text, "", "blog", **more)  # type: ignore[arg-type]


def shards_of(folder: Path, *chunks: Sequence[Document]) -> tuple[Shard, ...]:
    """The documents of each chunk in a shard of their own."""
    found = tuple(Shard(folder / f"{number:06}") for number in range(len(chunks)))
    for shard, documents in zip(found, chunks, strict=True):
        numbers, pieces = sketched(documents)
        rows = [(document, count(document.text)) for document in documents]
        write_shard(shard.folder, Tally("", 0, {}), rows, numbers, pieces)
    return found
