"""What `tune` leaves beside the weights: how a writer is asked, and how it was trained."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Loss:
    """The training loss at one step."""

    step: int
    loss: float


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
