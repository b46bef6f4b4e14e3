"""What a command has made of the repositories of a version: where `main` was, where it is, what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from train import version
from train.release.published import demo
from train.release.published.back import shows
from train.release.published.parts import Parts, space_commit
from train.release.published.place import held_refs, part_of
from train.release.repository import MAIN, Repository, tree


@dataclass(frozen=True)
class Moved:
    """One repository, before and after."""

    part: str
    repository: str
    url: str
    shows: str  # the version on `main`, or the one that the Space serves; empty: none
    main: str  # the commit
    main_before: str
    tags: Mapping[str, str]  # those of the version in question -> commit


def heads(parts: Parts) -> Mapping[str, str]:
    """The head of `main` of each repository that there is, by its part."""
    found = {part_of(each): held_refs(each).branches.get(MAIN) for each in parts.all}
    return {part: head for part, head in found.items() if head}


def moved(parts: Parts, before: Mapping[str, str], tag: str) -> tuple[Moved, ...]:
    """Each repository as it is now, with the tags of a version."""
    served = space_commit(parts.space, parts.adapter, tag)
    names = {"space": served[0]} if served else {}
    there = [each for each in parts.all if part_of(each) in before]
    return tuple(_moved(parts, each, before, names.get(part_of(each), tag)) for each in there)


def told(places: Sequence[Moved]) -> str:
    """What visitors see now."""
    seen = {each.part: each.shows for each in places}
    serves = f"the Space serves {seen['space']}" if seen.get("space") else "the Space does not serve it"
    return f"main shows {seen.get('adapter') or 'no version'}, {serves}"


def _moved(parts: Parts, repository: Repository, before: Mapping[str, str], tag: str) -> Moved:
    held, part = held_refs(repository), part_of(repository)
    return Moved(
        part,
        repository.id,
        repository.url,
        _served(parts) if part == "space" else _shown(repository),
        held.branches[MAIN],
        before[part],
        {name: held.tags[name] for name in (tag, version.mark(tag)) if name in held.tags},
    )


def _served(parts: Parts) -> str:
    serving = demo.serves(parts)
    return serving.version if serving else ""


def _shown(repository: Repository) -> str:
    """The newest version whose files `main` holds."""
    tags, now = held_refs(repository).tags, tree(repository, MAIN)
    newest_first = reversed(version.among(tags))
    return next((str(each) for each in newest_first if shows(now, tree(repository, tags[str(each)]))), "")
