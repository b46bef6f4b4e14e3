"""Tables as files on this machine, and what is read of them."""

from pathlib import Path

from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.sections import Source


def table(path: Path, content: str | bytes, **mapped: str) -> Source:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Source(kind="csv" if path.suffix in (".csv", ".tsv") else "jsonl", path=str(path), columns=mapped)


def read(source: Source) -> list[Document | Dropped]:
    (pinned,) = sources.pin((source,))
    return list(sources.read(pinned))


def said(source: Source) -> list[tuple[str, str]]:
    """Title and text of each document; of what was dropped, the reason and the detail."""
    found = read(source)
    return [
        (each.title, each.text) if isinstance(each, Document) else (each.reason, each.detail)
        for each in found
    ]
