"""What a card is made of: plain values, whoever gathers them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cards.combination import Combination
from cards.corpus import Corpus


@dataclass(frozen=True)
class License:
    """A licence by its Hub id; `other` needs a name and a link."""

    id: str
    name: str = ""
    link: str = ""


@dataclass(frozen=True)
class Energy:
    """What the training took from the socket, and what that is in grams of CO2, by whose reckoning."""

    kwh: float
    grams: float
    source: str
    hardware: str


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

    @property
    def near_base(self) -> bool:
        """Whether it may be the base's own: the interval of the difference holds zero."""
        change = self.from_base
        return change is not None and change.low <= 0 <= change.high


@dataclass(frozen=True)
class Check:
    """One sentence of the gate."""

    sentence: str
    passed: bool
    blocks: bool
    metric: str = ""
    value: float = float("nan")


@dataclass(frozen=True)
class Previous:
    """The version before this one, as it was judged beside it."""

    repo: str
    tag: str
    commit: str
    dataset: str  # SHA-256 of its rows
    base: Base


@dataclass(frozen=True)
class Evidence:
    """What the adapter was measured on, what came out, and the gate's verdict in sentences."""

    titles: int
    documents: int
    figures: tuple[Figure, ...]
    checks: tuple[Check, ...] = ()
    last: Previous | None = None  # the version it was compared with
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
    minutes: float | None = None


@dataclass(frozen=True)
class Pictures:
    """The drawings that lie beside an adapter's card; an empty name is one that there is not."""

    lengths: str = ""
    loss: str = ""


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
    combination: Combination = field(default_factory=Combination)
    energy: Energy | None = None
    new_version: str = ""  # the repository that takes this one's place, once there is one
    pictures: Pictures = field(default_factory=Pictures)
    withheld: bool = False  # there are samples, and they may hold words of private texts
    gguf: bool = False  # the same adapter for llama.cpp lies beside the card


@dataclass(frozen=True)
class Column:
    """One column of a dataset: its name, type, what is in it, and what the first row has there."""

    name: str
    dtype: str
    meaning: str
    example: str = ""


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
    combination: Combination = field(default_factory=Combination)
    picture: str = ""  # of the corpus; empty: there is none
