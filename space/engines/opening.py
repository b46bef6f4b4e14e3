"""Which engine this machine gets, and the engine itself."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol

from engines import trial
from engines.model import Base, Model
from engines.row import Piece, Row
from engines.shelf import Shelf

ON_ZERO_GPU = bool(os.environ.get("SPACES_ZERO_GPU"))
GPU = Path("/dev/nvidiactl")
AT_ONCE = 8  # texts in work
Kind = Literal["llama.cpp", "transformers"]


class Engine(Protocol):
    """Writes rows."""

    @property
    def name(self) -> str:
        """What it is, for people."""

    @property
    def waiting(self) -> int:
        """How many texts wait for their turn."""

    @property
    def writing(self) -> int:
        """How many texts are in work."""

    def ahead(self, row: Row) -> int:
        """How many texts come before one that waits."""

    def write(self, row: Row) -> Iterator[list[Piece]]:
        """What comes of a row; closing the iterator stops it at once. Raises `RefusedError`."""

    def close(self) -> None:
        """End every text."""


def preferred() -> Kind:
    """What this machine is quickest with, if the files for it are there."""
    gpu = ON_ZERO_GPU or GPU.exists()
    return "llama.cpp" if not gpu and importlib.util.find_spec("llama_cpp") else "transformers"


def runs(kind: Kind, base: Base) -> bool:
    """Whether an engine of this kind can read this base here; llama.cpp may be made for other machines."""
    return kind != "llama.cpp" or (base.gguf is not None and trial.way(base.gguf) is not None)


def model(kind: Kind, base: Base) -> Model:
    """A base in memory; raises `OutOfMemoryError`, `OSError` or `ValueError`."""
    if kind == "llama.cpp" and base.gguf:
        turned = trial.way(base.gguf) == "turned"  # before the next line: its library could end this process
        from engines.llama import LlamaModel

        return LlamaModel(base, AT_ONCE, turned)
    from engines.pytorch import PytorchModel

    return PytorchModel(base)


def engine(of: Model, shelf: Shelf) -> Engine:
    """What writes with a model: many rows at once, or one by one where a GPU is lent for each."""
    if ON_ZERO_GPU:
        from engines.lent import Lent

        return Lent(of, shelf)
    from engines.desk import Desk

    return Desk(of, shelf, AT_ONCE)
