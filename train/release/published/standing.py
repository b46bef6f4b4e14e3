"""Which versions stand, and which were withdrawn.

A withdrawn version v1.2.0 keeps its tag. Beside it stands the tag `v1.2.0-yanked`, at the commit on
`main` that says why: whoever reads a repository's refs knows it, and each later release says it on `main`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from train import version
from train.release.published.place import read
from train.release.repository import Refs, Repository

NAME = "yanked.json"


@dataclass(frozen=True)
class Yanked:
    """A version that was withdrawn, and why."""

    version: str
    reason: str
    use: str = ""  # the version to take instead; empty: there was none


@dataclass(frozen=True)
class Yanks:
    """`yanked.json`: the withdrawn versions, newest first."""

    yanked: tuple[Yanked, ...]


def newest(held: Refs) -> str:
    """The tag of the newest version that stands; else of the newest of all, else `main`."""
    versions = version.good(held.tags) or version.among(held.tags)
    return str(versions[-1]) if versions else "main"


def reasons(repository: Repository, held: Refs) -> Sequence[Yanked]:
    """Every withdrawn version of a repository with its reason, newest first."""
    gone = version.withdrawn(held.tags)[::-1]
    found = [_reason(repository, str(each), held.tags[version.mark(str(each))]) for each in gone]
    known, stands = {each.version: each for each in found}, str(version.latest(held.tags) or "")
    return [replace(each, use=_use(each, known) or stands) for each in found]


def _use(yanked: Yanked, gone: Mapping[str, Yanked]) -> str:
    """The version to take now: the one that was named may have been withdrawn since."""
    use = yanked.use
    for _ in gone:
        use = gone[use].use if use in gone else use
    return use


def _reason(repository: Repository, tag: str, commit: str) -> Yanked:
    text = read(repository, commit, NAME)
    try:
        listed = TypeAdapter(Yanks).validate_json(text or b"").yanked
    except ValidationError:
        listed = ()
    return next((each for each in listed if each.version == tag), Yanked(tag, ""))
