"""The Space put back to a good version of a writer; other writers that it serves stay where they are."""

import sys
from collections.abc import Callable, Sequence

from train.release import pins
from train.release.payload import Files, text_file
from train.release.pins import Pins, Writer
from train.release.published.back import Wanted, card_at, ensure_main
from train.release.published.banner import CARD, with_banner
from train.release.published.parts import Parts, space_commit, writer_of
from train.release.published.place import held_refs, part_of, pins_at
from train.release.published.standing import Yanked
from train.release.repository import MAIN, Repository, Snapshot, tree
from train.release.shared import card
from train.version import Version


def serves(parts: Parts) -> Writer | None:
    """What the Space serves of this writer now."""
    head = held_refs(parts.space).branches.get(MAIN)  # by commit: the client's cache knows an older `main`
    return writer_of(pins_at(parts.space, head), parts.adapter) if head else None


def put_back(parts: Parts, versions: Sequence[Version], title: str, why: str) -> None:
    """Let the Space serve the newest of these versions that it ever served."""
    for each in sorted(versions, reverse=True):
        if found := space_commit(parts.space, parts.adapter, str(each)):
            ensure_main(parts.space, _as_at(parts, found[1]), title, why)
            say(parts.space, f"serves {each}")
            return
    say(parts.space, f"has never served {versions[-1]}: it stays as it is")


def close(parts: Parts, yanked: Sequence[Yanked], title: str, why: str) -> None:
    """Let the Space serve this writer no more: there is no good version of it."""
    ensure_main(parts.space, _without(parts, yanked), title, why)
    say(parts.space, "serves it no more")


def say(repository: Repository, words: str) -> None:
    """Tell what has just been done."""
    print(f"{part_of(repository):8} {repository.id}  {words}", file=sys.stderr, flush=True)


def _as_at(parts: Parts, commit: str) -> Callable[[Snapshot], Wanted]:
    """The Space at a commit; if it serves others too, its files as they are with our pins of that commit."""

    def wanted(now: Snapshot) -> Wanted:
        serving = pins_at(parts.space, now.head) or ()
        ours = writer_of(pins_at(parts.space, commit), parts.adapter)
        if ours is None or {each.adapter for each in serving} <= {parts.adapter.id}:
            return Wanted(tree(parts.space, commit), commit)
        return Wanted(now.tree, now.head, _shared(parts.space, now, Pins(serving).having(ours)))

    return wanted


def _without(parts: Parts, yanked: Sequence[Yanked]) -> Callable[[Snapshot], Wanted]:
    def wanted(now: Snapshot) -> Wanted:
        serving = pins_at(parts.space, now.head) or ()
        others = tuple(each for each in serving if each.adapter != parts.adapter.id)
        if others:
            return Wanted(now.tree, now.head, _shared(parts.space, now, Pins(others)))
        kept = {path: entry for path, entry in now.tree.items() if path != pins.NAME}
        card = card_at(parts.space, now.head, now.tree)
        return Wanted(kept, now.head, {CARD: text_file(with_banner(card, yanked))})

    return wanted


def _shared(space: Repository, now: Snapshot, serves: Pins) -> Files:
    """The pins of several writers, and the page that names them."""
    page = card(card_at(space, now.head, now.tree), space.id, serves)
    files = {pins.NAME: text_file(serves.as_text())}
    return files | ({CARD: text_file(page)} if page else {})
