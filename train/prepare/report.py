"""What `prepare` says it did."""

from dataclasses import dataclass, field


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
