"""What goes through `prepare`: a document, or the reason why there is none."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Document:
    """One text with its title; `origin` says where in the `source` it was found."""

    id: str  # source/origin
    title: str
    text: str
    origin: str  # a path, a row number, an address
    source: str
    kind: str = "post"  # post, page, draft, article, answer, description, pair …
    date: str = ""  # YYYY-MM-DD, or nothing
    author: str = ""
    language: str = ""  # as the source says
    license: str = ""
    private: bool = False
    formal: str = ""  # of a pair: what a writer is given to turn into `text`
    markup: Literal["markdown", "html"] = "markdown"  # of `text` as it was read
    head: str = ""  # what stood before the text in its file: searched for secrets, never published


@dataclass(frozen=True)
class Dropped:
    """A document that did not stay: the reason is counted, the detail is for whoever asks why."""

    id: str
    title: str
    source: str
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Finding:
    """A secret in a source, without the secret: where, of which kind, and what tells it from others."""

    where: str  # id:line
    kind: str
    fingerprint: str
