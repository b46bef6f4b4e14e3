"""The three repositories of a version that somebody owns, and where its tags are."""

from dataclasses import dataclass

from huggingface_hub import HfApi

from train import version
from train.errors import StageError
from train.release.existing import KINDS
from train.release.pins import Writer
from train.release.published.place import (
    commit_of,
    held_refs,
    is_recipe,
    others_of,
    pins_at,
    recipe_of,
    repository_of,
)
from train.release.repository import Repository, own, refs
from train.version import Version


@dataclass(frozen=True)
class Parts:
    """Dataset, adapter and Space of one writer."""

    dataset: Repository
    adapter: Repository
    space: Repository

    @property
    def all(self) -> tuple[Repository, Repository, Repository]:
        """In the order in which they are published."""
        return self.dataset, self.adapter, self.space

    @property
    def good(self) -> list[Version]:
        """The versions that stand in the dataset as well as in the adapter, oldest first."""
        both = set(version.good(held_refs(self.dataset).tags))
        return [each for each in version.good(held_refs(self.adapter).tags) if each in both]


def parts_of(api: HfApi, asked_for: str, tag: str | None = None) -> Parts:
    """The parts that a recipe names, or a repository at a tag of its own."""
    if is_recipe(asked_for):
        named = dict(zip(KINDS, recipe_of(asked_for).publish.repositories, strict=True))
        parts = Parts(*(own(api, KINDS[part], named[part]) for part in KINDS))
        if refs(parts.adapter) is None:
            repository_of(api, asked_for)  # says that there is none
        return parts
    repository = repository_of(api, asked_for)
    newest = max(version.among(held_refs(repository).tags), default=None)
    found = others_of(repository, commit_of(repository, tag or str(newest or "main")))
    if lacking := [part for part in KINDS if part not in found]:
        raise StageError(
            f"{repository.id} does not say which {lacking[0]} belongs to it.",
            fix="give the recipe's name, or the path of its file, in place of the repository",
        )
    return Parts(found["dataset"], found["adapter"], found["space"])


def space_commit(space: Repository, adapter: Repository, tag: str) -> tuple[str, str] | None:
    """The Space's own tag for a version of an adapter, and its commit; none if it never served it."""
    tags = held_refs(space).tags
    for name in sorted(tags):
        if name == tag or name.endswith(f"-{tag}"):
            ours = writer_of(pins_at(space, tags[name]), adapter)
            if ours and ours.version == tag:
                return name, tags[name]
    return None


def writer_of(writers: tuple[Writer, ...] | None, adapter: Repository) -> Writer | None:
    """What a Space serves of an adapter."""
    return next((each for each in writers or () if each.adapter == adapter.id), None)
