"""What a Space on the Hub serves: read at any commit, and put back to what it served well last."""

from pydantic import ValidationError

from train import version
from train.errors import StageError
from train.release import pins
from train.release.pins import Pins
from train.release.published.back import Wanted, ensure_main
from train.release.repository import Repository, Snapshot, Tree, content, existing_refs, past, tree


def pins_at(space: Repository, commit: str, held: Tree | None = None) -> Pins:
    """The writers that a Space serves at a commit; none if it serves none yet."""
    entry = (tree(space, commit) if held is None else held).get(pins.NAME)
    if entry is None:
        return Pins(())
    try:
        return pins.parse(content(space, commit, entry))
    except ValidationError as error:
        raise StageError(
            f"{pins.NAME} of Space {space.id} is not one that a release has written.",
            fix=f"hf download {space.id} {pins.NAME} --repo-type space --revision {commit}",
        ) from error


def last_good(space: Repository, commit: str, name: str) -> tuple[str, str] | None:
    """The newest commit before one at which all that it serves stands, and what it is called.

    A version that has served has a tag, and one that was withdrawn another beside it.
    """
    tags = existing_refs(space).tags
    for each in past(space, commit)[1:]:
        served = _served(space, each.commit)
        if served.writers and all(_stands(writer, tags) for writer in served.writers):
            ours = served.of(name)
            return each.commit, ours.version if ours else f"its commit {each.commit[:7]}"
    return None


def put_back(space: Repository, failed: str, good: str, title: str, why: str) -> None:
    """Let `main` be again what it was at a good commit, unless it has moved on from the one that failed."""

    def wanted(now: Snapshot) -> Wanted:
        return Wanted(tree(space, good), good) if now.head == failed else Wanted(now.tree, now.head)

    ensure_main(space, wanted, title, why)


def _served(space: Repository, commit: str) -> Pins:
    try:
        return pins_at(space, commit)
    except StageError:  # of somebody's own: no version of ours
        return Pins(())


def _stands(writer: pins.Writer, tags: dict[str, str]) -> bool:
    own = f"{writer.name}-{writer.version}"
    tag = own if own in tags else writer.version
    return tag in tags and version.mark(tag) not in tags
