"""What a dataset was made of: counts of what was read, kept and dropped."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Split:
    """The size of one split; `bytes` counts the rows in memory, as `datasets` does."""

    name: str
    path: str
    rows: int
    words: int
    bytes: int


@dataclass(frozen=True)
class Overlap:
    """How many 13-word runs of the held-out texts were looked at, and how many stand in `train` too."""

    runs: int
    found: int


@dataclass(frozen=True)
class Corpus:
    """What was read, what stayed, and why the rest did not."""

    read: Mapping[str, int]  # source -> documents
    kept: int
    dropped: Mapping[str, int]  # reason -> documents
    changed: Mapping[str, int]  # cleaning rule -> documents
    splits: tuple[Split, ...]
    repeated: Mapping[str, int] = field(default_factory=dict)  # exact, near -> paragraphs taken out
    masked: Mapping[str, int] = field(default_factory=dict)  # kind of personal data -> how often
    overlap: Overlap | None = None
    private: int = 0  # rows that were learned from and are not published
    demo: bool = False  # too small for any claim

    @property
    def training(self) -> Split:
        """The split that the adapter learned from."""
        return next(split for split in self.splits if split.name == "train")
