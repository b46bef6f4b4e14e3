"""What a person has written in a card on the Hub since the bundle was made: never overwritten."""

from pathlib import Path

from train.errors import StageError
from train.release.existing import written_by_others
from train.release.payload import Files
from train.release.repository import Repository, Snapshot, content, is_same

_CARD = "README.md"


def check_kept(part: str, repository: Repository, now: Snapshot, files: Files, fix: str) -> None:
    """Refuse to replace a card that says what the new one does not; the card cannot be mended here.

    Its digest stands in the provenance, so only `bundle` can take their words into it.
    """
    entry, ours = now.tree.get(_CARD), files.get(_CARD)
    if entry is None or ours is None or is_same(entry, ours):
        return
    theirs = content(repository, now.head, entry).decode(errors="replace")
    held = ours.content.read_bytes() if isinstance(ours.content, Path) else ours.content
    found, kept = written_by_others(part, theirs), written_by_others(part, held.decode())
    if found and found.split() != kept.split():
        raise StageError(
            f"The card of {part} {repository.id} has words of somebody's own that this bundle lacks: "
            f"“{_begin(found)}”.",
            fix=fix,
        )


def _begin(text: str) -> str:
    """The first line of theirs that says something."""
    said = [line.strip() for line in text.splitlines()]
    line = next((each for each in said if each and not each.startswith(("<!--", "---"))), text.strip())
    return line if len(line) <= 60 else f"{line[:59].rstrip()}…"
