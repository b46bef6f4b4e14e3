"""What `prepare` says it did."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SourceReport:
    """What became of one source."""

    revision: str  # commit, or digest of its files
    license: str
    read: int
    kept: int
    words: int
    dropped: dict[str, int]  # reason -> documents


@dataclass(frozen=True)
class Leakage:
    """How many 13-word runs of the held-out texts stand in the training texts too."""

    runs: int  # looked at
    found: int
    moved: int  # documents taken back into training for it

    @property
    def share(self) -> float:
        """Found ones among those looked at."""
        return self.found / self.runs if self.runs else 0.0


@dataclass(frozen=True)
class DatasetReport:
    """How many rows were read and kept, why the others were dropped, and what was written."""

    key: str
    recipe: str
    read: dict[str, int]  # source -> documents
    kept: int
    dropped: dict[str, int]  # reason -> documents
    changed: dict[str, int]  # cleaning rule -> documents it changed
    rows: dict[str, int]  # split -> rows
    words: dict[str, int]  # split -> words
    files: dict[str, str]  # path below dataset/ -> SHA-256
    revisions: dict[str, str] = field(default_factory=dict)  # source -> commit, or digest of its files
    sources: dict[str, SourceReport] = field(default_factory=dict)
    leakage: Leakage = Leakage(0, 0, 0)
    repeated: dict[str, int] = field(default_factory=dict)  # exact, near -> paragraphs taken out
    personal: dict[str, int] = field(default_factory=dict)  # kind of personal data -> how often masked
    pairs: dict[str, int] = field(default_factory=dict)  # step -> sentences left after it
    notes: dict[str, float] = field(default_factory=dict)  # web filter -> share of rows it would have dropped
    private: int = 0  # rows that are learned from and not published
    demo: bool = True  # too small a corpus for any claim
