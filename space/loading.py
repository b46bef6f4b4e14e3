"""A base with the writers above it, from the Hub into memory."""

import json
from collections.abc import Callable, Sequence
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


@dataclass(frozen=True)
class Loaded:
    """A base in memory, and what writes with it."""

    base: Base
    kind: Kind
    engine: Engine


def loaded(versions: Sequence[Versions], said: Said) -> Loaded:
    """The base that these writers share, with their adapters; raises `ServingError`."""
    served = [each.served for each in versions]
    kind = _kind(served)
    released, base = _fetched(versions, kind, said)
    if not opening.runs(kind, base):
        kind = "transformers"
        released, base = _fetched(versions, kind, said)
    said(f"Loading {served[0].base} ...", 0.9)
    try:
        model = opening.model(kind, base)
        shelf = Shelf(model)
        for each in released[:MOST]:
            prepare(each, model, shelf)
    except OutOfMemoryError as error:
        raise ServingError(f"There is too little memory here for {served[0].base}.") from error
    except (OSError, ValueError) as error:
        reason = str(error).strip().split("\n", 1)[0]
        raise ServingError(f"{_pair(served[0])} cannot be loaded: {reason}") from error
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
    return hub.found(served.adapter, served.adapter_revision, WEIGHTS["llama.cpp"]) is not None


def _fetched(versions: Sequence[Versions], kind: Kind, said: Said) -> tuple[Sequence[Version], Base]:
    released = [
        each.fetched("", kind, _downloading(each.served.adapter, said, 0.0, 0.1)) for each in versions
    ]
    return released, _base(versions[0].served, kind, said)


def _base(served: Served, kind: Kind, said: Said) -> Base:
    training = hub.fetched(served.adapter, served.adapter_revision, ["training.json"]) / "training.json"
    options = json.loads(training.read_bytes())["options"]
    return bases.fetched(served, kind, options, _downloading(served.base, said, 0.1, 0.9))


def _downloading(repo: str, said: Said, start: float, end: float) -> hub.Told:
    return lambda share: said(f"Downloading {repo}: {share:.0%}", start + (end - start) * share)


def _pair(served: Served) -> str:
    adapter = f"{served.adapter}@{served.adapter_revision[:7]}"
    return f"{adapter} on {served.base}@{served.base_revision[:7]}"
