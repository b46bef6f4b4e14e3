"""Blogs as folders on this machine, and what is read of them."""

from pathlib import Path

from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.sections import Source

POST = "_posts/2020-01-01-a-walk.md"


def write(folder: Path, files: dict[str, str | bytes], kind: str = "jekyll") -> Source:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Source(kind=kind, path=str(folder), name="blog")  # type: ignore[arg-type]


def read(source: Source) -> dict[str, Document | Dropped]:
    return {each.id.removeprefix("blog/"): each for each in sources.read(source)}


def kept(source: Source) -> list[str]:
    return [origin for origin, each in read(source).items() if isinstance(each, Document)]


def dropped(source: Source) -> dict[str, str]:
    return {origin: each.reason for origin, each in read(source).items() if isinstance(each, Dropped)}


def only(source: Source) -> Document:
    (found,) = (each for each in sources.read(source) if isinstance(each, Document))
    return found
