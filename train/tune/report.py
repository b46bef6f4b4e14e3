"""What `tune` leaves beside the weights: how a writer is asked, and how it was trained."""

from dataclasses import dataclass, field

from train.sections import Decoding, Input, Option


@dataclass(frozen=True)
class Golden:
    """A request and the token ids it must become wherever the adapter is loaded."""

    inputs: dict[str, str | int]
    ids: tuple[int, ...]


@dataclass(frozen=True)
class Writer:
    """`writer.json`: what this writer is asked with; forms and prompts are built from it alone."""

    name: str
    title: str
    base: str
    base_revision: str
    message: str  # the input that is sent as the user's message; the others go to the template by name
    inputs: dict[str, Input]
    decoding: Decoding
    golden: tuple[Golden, ...]
    rewrites: bool = False  # the message is a text, and comes back in other words


@dataclass(frozen=True)
class Loss:
    """The loss at one step."""

    step: int
    loss: float


@dataclass(frozen=True)
class Cut:
    """What did not fit into the length that training looks at."""

    rows: int = 0
    tokens: int = 0
    split: int = 0  # rows that are longer, and learned whole in several pieces


@dataclass(frozen=True)
class Compute:
    """What the training took, as far as the same input gives the same figures.

    On a CPU the seconds are left out: the same rows and recipe give the same bytes there.
    """

    device: str = ""  # "NVIDIA H200", "CPU"
    devices: int = 1
    tokens: int = 0  # that training looked at, padding aside
    flops: float = 0.0  # of the model, forwards and backwards
    seconds: float | None = None
    peak_gb: float | None = None


@dataclass(frozen=True)
class TrainingReport:
    """`training.json`: what was trained on what, with which settings, and how the loss fell."""

    key: str
    recipe: str
    base: str
    base_revision: str
    dataset: str  # digest of the rows
    options: dict[str, Option]
    parameters: int  # trained ones
    steps: int
    loss: tuple[Loss, ...]
    versions: dict[str, str]  # package -> version
    files: dict[str, str]  # path below adapter/ -> SHA-256
    validation: tuple[Loss, ...] = ()  # on texts that training never sees
    best_step: int | None = None  # whose weights were kept; None: the last one's
    rows: int = 0
    cut: Cut = field(default_factory=Cut)
    compute: Compute = field(default_factory=Compute)
    base_license: str = ""  # as the base's own page states it; empty: it does not
    no_gguf: str = ""  # why llama.cpp cannot run the adapter; empty: `adapter.gguf` lies beside it
