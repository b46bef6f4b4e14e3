"""What goes through `prepare`: a document, or the reason why there is none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """One text with its title; `origin` says where in the `source` it was found."""

    id: str
    title: str
    text: str
    origin: str
    source: str


@dataclass(frozen=True)
class Dropped:
    """A document that did not stay: the reason is counted, the detail is for whoever asks why."""

    id: str
    title: str
    source: str
    reason: str
    detail: str = ""
