"""Which version this Space serves: `release.json` beside `app.py`, read and checked."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError

HUB = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
NEXT = "Where this Space was made, `make space` serves it with one, and a release publishes it with one."
Repo = Annotated[str, StringConstraints(pattern=r"^[\w.-]+(/[\w.-]+)?$")]
Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]  # a branch or tag could move under us


class ServingError(Exception):
    """Why this Space cannot serve, in one sentence."""


@dataclass(frozen=True)
class BaseGguf:
    """A base as a file for llama.cpp."""

    repo: Repo
    revision: Commit
    file: str


@dataclass(frozen=True)
class Served:
    """One writer: its adapter, the base below it and the rows it learned from, each at a commit."""

    name: str
    title: str
    version: str
    adapter: Repo
    adapter_revision: Commit
    base: Repo
    base_revision: Commit
    dataset: Repo
    dataset_revision: Commit
    base_gguf: BaseGguf | None = None


@dataclass(frozen=True)
class Release:
    """The writers that this Space serves."""

    writers: tuple[Served, ...]

    @property
    def title(self) -> str:
        """What this Space is called."""
        return self.writers[0].title if len(self.writers) == 1 else "Small writers"


def read(path: Path) -> Release:
    """The release that the file at `path` names."""
    try:
        release = TypeAdapter(Release).validate_json(path.read_bytes())
    except OSError as error:
        raise ServingError(f"{path.name} cannot be read: a release puts it beside app.py. {NEXT}") from error
    except ValidationError as error:
        raise ServingError(f"{path.name} is not valid: {first_flaw(error)} {NEXT}") from error
    names = [each.name for each in release.writers]
    if not names or len(set(names)) < len(names):
        raise ServingError(
            f"{path.name} is not valid: it must name each writer once; it names {names}. {NEXT}"
        )
    return release


def first_flaw(error: ValidationError) -> str:
    """Where the first mistake is, and what it is."""
    flaw = error.errors()[0]
    return f"{'.'.join(map(str, flaw['loc'])) or 'its text'}: {flaw['msg']}."
