"""What the sources hold, in parts small enough to be worked on side by side and kept one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from xxhash import xxh3_128

from train.prepare.document import Document, Dropped

Each = TypeVar("Each", bound=Document | Dropped)
CHARACTERS, DOCUMENTS = 4_000_000, 500  # whichever is reached first


@dataclass(frozen=True)
class Chunk:
    """So many documents in a row, as they were read, and what could not become one."""

    number: int
    documents: tuple[Document, ...]
    dropped: tuple[Dropped, ...]

    @property
    def sources(self) -> list[str]:
        """Where each of them is from."""
        return [*(each.source for each in self.documents), *(each.source for each in self.dropped)]

    @property
    def characters(self) -> int:
        """How much text it holds."""
        return sum(len(document.text) for document in self.documents)

    @property
    def digest(self) -> str:
        """The same for the same content: what was made of it before can be used again."""
        total = xxh3_128()
        for each in (*self.documents, *self.dropped):
            total.update("\0".join(map(str, vars(each).values())).encode())
            total.update(b"\1")
        return total.hexdigest()


def chunks(found: Iterable[Document | Dropped]) -> Iterator[Chunk]:
    """Everything that is read, in order; a document longer than a chunk is one of its own."""
    waiting: list[Document | Dropped] = []
    number = characters = 0
    for each in found:
        waiting.append(_readable(each))
        characters += len(each.text) if isinstance(each, Document) else 0
        if characters >= CHARACTERS or len(waiting) >= DOCUMENTS:
            yield _chunk(number, waiting)
            waiting, characters, number = [], 0, number + 1
    if waiting:
        yield _chunk(number, waiting)


def _chunk(number: int, found: Iterable[Document | Dropped]) -> Chunk:
    documents = tuple(each for each in found if isinstance(each, Document))
    return Chunk(number, documents, tuple(each for each in found if isinstance(each, Dropped)))


def _readable(each: Each) -> Each:
    """Half a character, as JSON can spell it, is no text that a file can hold."""
    try:
        "".join(map(str, vars(each).values())).encode()
    except UnicodeEncodeError:
        values = vars(each).items()
        whole: dict[str, Any] = {name: _whole(it) for name, it in values if isinstance(it, str)}
        return replace(each, **whole)
    return each


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
