"""What a release would do, seen before it does anything: every file, every ref, and all that forbids it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from huggingface_hub.errors import HfHubHTTPError

from train import version
from train.errors import StageError
from train.patience import asked
from train.release.demo_pin import pins_at
from train.release.order import UNKNOWN, Order
from train.release.part import Part, check_same, check_stands, files_on_main, is_public, move_of
from train.release.payload import File, Files
from train.release.pins import Pins
from train.release.repository import (
    MAIN,
    Refs,
    Snapshot,
    Tree,
    is_private,
    is_same,
    refs,
    tree,
)
from train.release.serving import Demo, files_beside, is_later, named, tag_of
from train.release.words import check_kept

How = Literal["new", "changed", "same", "removed"]


@dataclass(frozen=True)
class Change:
    """What becomes of one file on `main`."""

    path: str
    how: How
    size: int


@dataclass(frozen=True)
class Outlook:
    """One repository as it is, and what becomes of it."""

    part: Part
    tag: str
    exists: bool
    is_private: bool
    tagged: str | None  # the commit that has the tag already
    main: str
    changes: tuple[Change, ...]
    refused: StageError | None = None
    beside: tuple[str, ...] = ()  # the other writers of a Space

    @property
    def sent_bytes(self) -> int:
        """The content that has to travel, at most: the Hub may know some of it from elsewhere."""
        return sum(each.size for each in self.changes if each.how in ("new", "changed"))


@dataclass(frozen=True)
class Plan:
    """A release before its first write."""

    order: Order
    outlooks: tuple[Outlook, ...]

    @property
    def refused(self) -> list[StageError]:
        """All that forbids it."""
        return [each.refused for each in self.outlooks if each.refused]

    def check(self) -> None:
        """Stop here if anything forbids it."""
        for each in self.refused:
            raise each


def look(order: Order) -> Plan:
    """The three repositories as they are now, and what the release would make of them."""
    private = order.bundle.publish.private
    parts = tuple(_outlook(part, private) for part in order.parts)
    commits = [each.tagged or UNKNOWN for each in parts]
    if order.is_prerelease:
        return Plan(order, parts)
    return Plan(order, (*parts, _space(order.demo(*commits), private)))


def _outlook(part: Part, private: bool) -> Outlook:
    held = refs(part.repository)
    if held is None or MAIN not in held.branches:
        return _absent(part, part.tag, part.files, private)
    now, tagged = _now(part, held), held.tags.get(part.tag)
    is_hidden = is_private(part.repository)
    checks = [lambda: check_stands(part, held.tags), *_checks(part, held, private, is_hidden)]
    checks.append(lambda: check_same(part, tagged) if tagged else _check_words(part, now, part.files))
    move, refused = move_of(part, now), _refused(checks)
    return Outlook(
        part,
        part.tag,
        exists=True,
        is_private=is_hidden,
        tagged=tagged,
        main={"stays": _stays(part, now)}.get(move, move),
        changes=_changes(files_on_main(part, now), now.tree),
        refused=refused,
    )


def _space(demo: Demo, private: bool) -> Outlook:
    part, held = demo.part, refs(demo.part.repository)
    if held is None or MAIN not in held.branches:
        files = files_beside(demo, Pins(()))
        return _absent(part, part.tag, files, private)
    now = _now(part, held)
    serves = pins_at(part.repository, now.head, now.tree)
    files, known = files_beside(demo, serves), _Known()
    is_hidden = is_private(part.repository)
    checks = [*_checks(part, held, private, is_hidden), lambda: known.find(demo, held)]
    checks.append(lambda: None if known.commit else _check_words(part, now, files))
    refused = _refused(checks)
    changes = _changes(files, now.tree)
    return Outlook(
        part,
        tag_of(demo, serves.having(demo.pin), {} if known.commit else held.tags),
        exists=True,
        is_private=is_hidden,
        tagged=known.commit,
        main=_space_main(demo, serves, known.commit, changes),
        changes=changes,
        refused=refused,
        beside=tuple(each.name for each in serves.writers if each.name != demo.pin.name),
    )


@dataclass
class _Known:
    """The commit at which the Space has served this version already."""

    commit: str | None = None

    def find(self, demo: Demo, held: Refs) -> None:
        self.commit = named(demo, held.tags)


def _space_main(demo: Demo, serves: Pins, known: str | None, changes: tuple[Change, ...]) -> str:
    later = serves.of(demo.pin.name)
    if is_later(demo, serves) and later:
        return f"stays at {later.version}"
    if all(each.how == "same" for each in changes):
        return "is there"
    return "edited since" if known else "moves"


def _absent(part: Part, tag: str, files: Files, private: bool) -> Outlook:
    move = "stays: a pre-release" if part.version.is_prerelease else "moves"
    return Outlook(
        part, tag, False, private, None, move, _changes(files, {}), _refused([lambda: _check_own(part)])
    )


def _now(part: Part, held: Refs) -> Snapshot:
    head = held.branches[MAIN]
    return Snapshot(held, head, tree(part.repository, head))


def _checks(part: Part, held: Refs, private: bool, is_hidden: bool) -> list[Callable[[], None]]:
    def visibility() -> None:
        if private and not version.among(held.tags) and not is_hidden:
            raise is_public(part)

    return [lambda: _check_may_write(part), visibility, lambda: _check_name(part, held)]


def _check_name(part: Part, held: Refs) -> None:
    """A branch of the tag's name is what the Hub gives in its place."""
    if part.tag in held.branches:
        name, kind = part.repository.id, part.repository.kind
        raise StageError(
            f"{part.name} {name} has a branch called {part.tag}, which hides the tag of that name.",
            fix=f"hf repos branch delete {name} {part.tag} --type {kind}",
        )


def _check_may_write(part: Part) -> None:
    api, name, kind = part.repository.api, part.repository.id, part.repository.kind
    try:
        asked(lambda: api.auth_check(name, repo_type=kind, write=True))
    except HfHubHTTPError as error:
        if error.response.status_code != 403:
            raise
        raise StageError(f"This account may not write to {part.name} {name}.", fix="hf auth login") from error


def _check_own(part: Part) -> None:
    """A repository that is not there can be made only under one's own name."""
    me = asked(part.repository.api.whoami)
    owner = part.repository.id.partition("/")[0]
    mine = {str(me["name"]), *(str(each["name"]) for each in me.get("orgs", ()))}
    if me.get("auth", {}).get("accessToken", {}).get("role") == "read":
        raise StageError(f"The token of {me['name']} may only read.", fix="hf auth login")
    if owner not in mine:
        raise StageError(
            f"{part.name} {part.repository.id} is not there, or not to be seen by {me['name']}, "
            "who cannot make it.",
            fix="edit the publish section of the recipe",
        )


def _check_words(part: Part, now: Snapshot, files: Files) -> None:
    again = f"python -m train bundle {part.recipe} --version {part.tag}"
    check_kept(part.name, part.repository, now, files, again)


def _refused(checks: list[Callable[[], None]]) -> StageError | None:
    for check in checks:
        try:
            check()
        except StageError as error:
            return error
    return None


def _stays(part: Part, now: Snapshot) -> str:
    newest = version.latest(now.refs.tags)
    return "stays: a pre-release" if part.version.is_prerelease else f"stays at {newest}"


def _changes(files: Files, held: Tree) -> tuple[Change, ...]:
    return tuple(_change(path, files.get(path), held) for path in sorted({*files, *held}))


def _change(path: str, file: File | None, held: Tree) -> Change:
    entry = held.get(path)
    if file is None:
        return Change(path, "removed", entry.size if entry else 0)
    how: How = "new" if entry is None else "same" if is_same(entry, file) else "changed"
    return Change(path, how, size_of(file))


def size_of(file: File) -> int:
    """The bytes of a file."""
    return file.content.stat().st_size if isinstance(file.content, Path) else len(file.content)
