"""A base with the writers above it, from the Hub into memory."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import bases
import hub
from engines import opening
from engines.model import Base, Model, OutOfMemoryError, Prompt
from engines.opening import Engine, Kind
from engines.shelf import MOST, Shelf
from release import Served, ServingError
from versions import WEIGHTS, Version, Versions

Said = Callable[[str, float], object]  # what is going on, and how far it is, from 0 to 1


class WriterError(ServingError):
    """One writer's own files are at fault: the others over its base can be loaded without it."""

    def __init__(self, writer: str, said: str) -> None:
        super().__init__(said)
        self.writer = writer


@dataclass(frozen=True)
class Loaded:
    """A base in memory, and what writes with it."""

    base: Base
    kind: Kind
    engine: Engine


def loaded(versions: Sequence[Versions], said: Said) -> Loaded:
    """The base that these writers share, with their adapters; raises `ServingError`, or `WriterError`."""
    served = [each.served for each in versions]
    kind = _kind(served)
    released, base = _fetched(versions, kind, said)
    if not opening.runs(kind, base):
        kind = "transformers"
        released, base = _fetched(versions, kind, said)
    said(f"Loading {served[0].base} ...", 0.9)
    with _told(served[0]):
        model = opening.model(kind, base)
        shelf = Shelf(model)
    for each, version in list(zip(served, released, strict=True))[:MOST]:
        with _blamed(each), _told(each):
            prepare(version, model, shelf)
    return Loaded(base, kind, opening.engine(model, shelf))


def prepare(version: Version, model: Model, shelf: Shelf) -> None:
    """Have a version's weights in memory, and what its prompts begin with, before anyone waits for them."""
    if version.adapter:
        shelf.has(version.adapter)
    head = version.prompter.head
    if version.adapter and head and not opening.ON_ZERO_GPU:
        model.join([Prompt([*head, head[0]], version.adapter.key, len(head))])
        model.keep([])


def _kind(served: Sequence[Served]) -> Kind:
    """What this machine prefers, unless a file is missing that it needs."""
    there = all(each.base_gguf and _converted(each) for each in served)
    return opening.preferred() if there else "transformers"


def _converted(served: Served) -> bool:
    with _blamed(served):
        return hub.found(served.adapter, served.adapter_revision, WEIGHTS["llama.cpp"]) is not None


def _fetched(versions: Sequence[Versions], kind: Kind, said: Said) -> tuple[Sequence[Version], Base]:
    return [_released(each, kind, said) for each in versions], _base(versions[0].served, kind, said)


def _released(versions: Versions, kind: Kind, said: Said) -> Version:
    with _blamed(versions.served):
        return versions.fetched("", kind, _downloading(versions.served.adapter, said, 0.0, 0.1))


def _base(served: Served, kind: Kind, said: Said) -> Base:
    training = hub.fetched(served.adapter, served.adapter_revision, ["training.json"]) / "training.json"
    options = json.loads(training.read_bytes())["options"]
    return bases.fetched(served, kind, options, _downloading(served.base, said, 0.1, 0.9))


def _downloading(repo: str, said: Said, start: float, end: float) -> hub.Told:
    return lambda share: said(f"Downloading {repo}: {share:.0%}", start + (end - start) * share)


@contextmanager
def _blamed(served: Served) -> Iterator[None]:
    """What is wrong here is wrong with this writer alone; a Hub that is away is away for all."""
    try:
        yield
    except hub.UnreachableError:
        raise
    except ServingError as error:
        raise WriterError(served.name, str(error)) from error


@contextmanager
def _told(served: Served) -> Iterator[None]:
    """What an engine breaks on, as a sentence."""
    try:
        yield
    except OutOfMemoryError as error:
        raise ServingError(f"There is too little memory here for {served.base}.") from error
    except (OSError, ValueError) as error:
        reason = str(error).strip().split("\n", 1)[0]
        raise ServingError(f"{_pair(served)} cannot be loaded: {reason}") from error


def _pair(served: Served) -> str:
    adapter = f"{served.adapter}@{served.adapter_revision[:7]}"
    return f"{adapter} on {served.base}@{served.base_revision[:7]}"
