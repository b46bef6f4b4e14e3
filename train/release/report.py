"""What is about to be published, and what was."""

from dataclasses import dataclass

from train.sections import Publish


@dataclass(frozen=True)
class Bundle:
    """`bundle.json`: the files of one version, by repository, and one digest over all of them."""

    key: str
    recipe: str
    title: str
    version: str
    publish: Publish
    base: str
    base_revision: str
    dataset: dict[str, str]  # path in the dataset repository -> SHA-256
    adapter: dict[str, str]
    space: dict[str, str]  # without release.json, which names commits that do not exist yet
    digest: str
    anyway: str = ""  # why it is published though the gate was shut


@dataclass(frozen=True)
class Published:
    """One repository of a version, at the commit its tag names."""

    repo: str
    commit: str


@dataclass(frozen=True)
class Release:
    """`release.json`: a version as the Hub holds it."""

    recipe: str
    version: str
    digest: str
    dataset: Published
    adapter: Published
    space: Published | None  # a pre-release leaves the Space alone
    anyway: str = ""  # why it was published though the gate was shut
    not_asked: str = ""  # why the Space was asked for no text; empty: it answered, or was left alone
