"""What `evaluate` leaves: figures with intervals, what they were taken from, and a verdict on them."""

from dataclasses import dataclass, field, replace
from typing import Literal

from train.run import Number, as_json, digest_of
from train.sections import Decoding

Who = Literal["base", "last", "adapter"]
Better = Literal["higher", "lower", "neither"]
GATE, SAMPLES = "gate.json", "samples.jsonl"  # beside `metrics.json`, which lists them
Unit = Literal["share", "number"]  # a share is said in per cent
Level = Literal["block", "warn", "note"]  # a note has no threshold: it is there to be read


@dataclass(frozen=True)
class Text:
    """What a writer wrote, and whether it came to an end by itself."""

    text: str
    finished: bool


@dataclass(frozen=True)
class Sample:
    """One line of `samples.jsonl`: a text, what was asked for and how, and what was measured on it."""

    title: str
    inputs: dict[str, str | int | None]  # the others, by name
    writer: Who
    seed: int
    text: str
    finished: bool
    lacks: tuple[str, ...]  # empty for a whole post
    prompt: str = ""  # as the model read it
    decoding: Decoding = field(default_factory=Decoding)
    scores: dict[str, Number] = field(default_factory=dict)  # metric -> this text's own value


@dataclass(frozen=True)
class Cost:
    """What a held-out text costs one writer, and how many of its bytes were counted."""

    id: str
    nats: float
    bytes: int
    tokens: int = 0


@dataclass(frozen=True)
class Document:
    """One line of `documents.jsonl`: the same held-out text for every writer, to be compared in pairs."""

    id: str
    bytes: int
    base: float  # bits
    adapter: float
    last: float | None = None


@dataclass(frozen=True)
class Change:
    """How far the adapter's figure lies from another writer's on the same prompts: adapter minus other."""

    difference: Number
    low: Number  # 95 % interval of the paired bootstrap
    high: Number
    p: float | None = None  # of McNemar's exact test where each text passes or fails, else of the bootstrap


@dataclass(frozen=True)
class Metric:
    """One figure for every writer, over the same prompts or texts."""

    name: str
    label: str
    base: Number
    adapter: Number
    better: Better
    over: str  # what it was taken over, such as "50 titles"
    unit: Unit = "number"
    low: Number = float("nan")  # 95 % interval of the adapter's figure
    high: Number = float("nan")
    last: float | None = None
    from_base: Change | None = None
    from_last: Change | None = None
    texts: int = 0  # of the adapter that have a value


@dataclass(frozen=True)
class Last:
    """The version before this one, as it is on the Hub."""

    version: str
    repo: str
    commit: str
    adapter: str  # SHA-256 of its weights
    dataset: str  # SHA-256 of its rows
    base: str
    base_revision: str


@dataclass(frozen=True)
class Metrics:
    """`metrics.json`: the figures, and digests of the very adapter and rows they belong to."""

    key: str
    recipe: str
    adapter: str
    dataset: str
    titles: int
    documents: int
    metrics: tuple[Metric, ...]
    files: dict[str, str]  # path below evidence/ -> SHA-256
    asked: str = ""  # SHA-256 of the titles and their other inputs
    decoding: Decoding = field(default_factory=Decoding)
    last: Last | None = None
    demo: bool = False  # too small a corpus for any claim
    inert: bool = False  # every text and cost is the base's own: the adapter changes nothing
    settings: str = ""  # SHA-256 of the gate and the decoding that it was judged by
    without_last: str = ""  # why no last release stands beside it; empty: there is none, or it does


def seal(metrics: Metrics) -> str:
    """Stands for all of `metrics.json` but the digests of the files beside it: one of them holds the seal."""
    return digest_of(as_json(replace(metrics, files={})))


@dataclass(frozen=True)
class Check:
    """One figure held against its threshold, with the verdict in one sentence."""

    metric: str
    value: Number
    threshold: Number  # NaN where none was asked
    passed: bool
    sentence: str
    level: Level = "block"
    low: Number = float("nan")  # 95 % interval of the value
    high: Number = float("nan")


@dataclass(frozen=True)
class Verdict:
    """`gate.json`: whether this version may be published, and what may be said of it."""

    key: str  # the seal of the figures that it judges
    passed: bool
    checks: tuple[Check, ...]
    better_than_base: bool = False  # the interval excludes zero, and nothing that blocks got worse
    better_than_last: bool = False


@dataclass(frozen=True)
class Copy:
    """The longest run of words that one text shares with the training texts."""

    title: str  # of the text
    words: int
    post: str  # id of the training text; "a private text" for one that is not published
    run: str  # the words; empty for a private text


@dataclass(frozen=True)
class Audit:
    """`audit.json`: what the adapter gives back of the texts it learned from."""

    key: str
    copies: tuple[Copy, ...]  # of the adapter's texts, the longest first
    windows: int  # of 50 tokens, taken from the training texts
    extracted_base: int  # windows whose next 50 tokens came out word for word
    extracted_adapter: int
    extracted_last: int | None = None
    returned: dict[str, int] = field(default_factory=dict)  # kind of removed personal data -> how often
    exposure: float | None = None  # bits, of canaries; only where they were asked for
    canaries: int = 0
    candidates: int = 0  # that each canary was drawn from
    runs: int = 0  # of thirteen words, in the adapter's texts
    shared: int = 0  # of them, stand in the training texts too
    removed: int | None = 0  # pieces of personal data that were looked for; None: nobody knows which
    exposures: dict[str, float] = field(default_factory=dict)  # times a canary was inserted -> mean bits
