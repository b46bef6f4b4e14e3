"""What a card is made of: plain values, whoever gathers them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class License:
    """A licence by its Hub id; `other` needs a name and a link."""

    id: str
    name: str = ""
    link: str = ""


@dataclass(frozen=True)
class Version:
    """The three repositories of one version, and the tag that names it in each."""

    tag: str
    dataset: str
    adapter: str
    space: str | None  # a pre-release has none


@dataclass(frozen=True)
class Base:
    """The base model, at the commit that training saw."""

    repo: str
    revision: str


@dataclass(frozen=True)
class Request:
    """What a writer is asked with: one message, and further inputs by name."""

    message: str
    arguments: Mapping[str, str | int]


@dataclass(frozen=True)
class Sample:
    """A request and the whole text that came back."""

    request: Request
    text: str


@dataclass(frozen=True)
class Usage:
    """How a stranger asks the writer: an example request, and `generate`'s own arguments."""

    request: Request
    generate: Mapping[str, bool | int | float]
    options: Mapping[str, tuple[int, ...]]  # further input -> the values it was trained with


@dataclass(frozen=True)
class Change:
    """How far the adapter's figure lies from another writer's, with the interval of that."""

    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Figure:
    """One metric for every writer; a share is said in per cent."""

    name: str
    label: str
    base: float
    adapter: float
    better: str  # higher, lower, neither
    over: str
    unit: str = "number"  # or share
    low: float = float("nan")
    high: float = float("nan")
    last: float | None = None
    from_base: Change | None = None
    from_last: Change | None = None


@dataclass(frozen=True)
class Check:
    """One sentence of the gate."""

    sentence: str
    passed: bool
    blocks: bool


@dataclass(frozen=True)
class Evidence:
    """What the adapter was measured on, what came out, and the gate's verdict in sentences."""

    titles: int
    documents: int
    figures: tuple[Figure, ...]
    verdicts: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    last: str = ""  # tag of the version it was compared with; empty: it is the first
    better_than_base: bool = False
    better_than_last: bool = False
    anyway: str = ""  # why it was published though the gate was shut
    demo: bool = False


@dataclass(frozen=True)
class Loss:
    """The training loss at one step."""

    step: int
    value: float


@dataclass(frozen=True)
class Training:
    """Settings by TRL's own names, and how the loss fell."""

    options: Mapping[str, str]
    parameters: int
    steps: int
    losses: tuple[Loss, ...]
    validation: tuple[Loss, ...] = ()
    best_step: int | None = None
    cut_rows: int = 0
    cut_tokens: int = 0
    device: str = ""
    devices: int = 1
    tokens: int = 0
    flops: float = 0.0
    seconds: float | None = None


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


@dataclass(frozen=True)
class Origin:
    """What a version was made from and with, each by the name nobody can move."""

    commit: str | None  # of the code; None if no commit holds it as it was
    tree: str  # SHA-256 of the code
    dirty: bool  # the code had changes that no commit holds
    dataset: str  # SHA-256 of the rows
    adapter: str  # SHA-256 of the weights
    packages: Mapping[str, str]


@dataclass(frozen=True)
class ModelFacts:
    """Everything the card of an adapter says."""

    title: str
    language: str
    license: License
    version: Version
    base: Base
    usage: Usage
    sample: Sample | None
    evidence: Evidence
    training: Training
    corpus: Corpus
    origin: Origin
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of a dataset: its name, type, and what is in it."""

    name: str
    dtype: str
    meaning: str


@dataclass(frozen=True)
class DatasetFacts:
    """Everything the card of a dataset says."""

    title: str
    language: str
    license: License
    version: Version
    corpus: Corpus
    columns: tuple[Column, ...]
    download_bytes: int
    digest: str
    sample: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SpaceFacts:
    """Everything the page of a Space says."""

    title: str
    license: License
    version: Version
    base: Base
    gradio: str
