"""The Space of a version: it pins the commits that are tagged, is asked for a text, and only then named.

Several writers can share one Space. A release changes its own writer and keeps the others' pins; its tag
is then `blog-v1.2.0`, as `v1.2.0` would be any of theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from train import version
from train.errors import StageError
from train.release import pins
from train.release.asking import Heard, hear, question
from train.release.demo_pin import last_good, pins_at, put_back
from train.release.hub import ensure_head, ensure_tag
from train.release.part import Part, check_same, say, taken
from train.release.payload import Files
from train.release.pins import Pins
from train.release.repository import MAIN, Snapshot, differences, existing_refs, tree
from train.release.shared import serving
from train.release.words import check_kept
from train.tune.report import Writer

SHUT = "secret HF_TOKEN"  # what a Space says that may not read its files


@dataclass(frozen=True)
class Demo:
    """A Space with the writer that it is to serve, and how it is asked."""

    part: Part
    pin: pins.Writer
    writer: Writer


@dataclass(frozen=True)
class Served:
    """The commit that serves a version, and why it was asked nothing, if it was not."""

    commit: str
    not_asked: str


def go_live(demo: Demo) -> Served | None:
    """Let the Space serve this version; none if it serves a later one already."""
    known = named(demo, existing_refs(demo.part.repository).tags)
    commit = known or _commit(demo)
    if commit is None:
        say(demo.part, "serves a later version: left as it is")
        return None
    asks = question(demo.writer, demo.pin.adapter_revision)
    space, at = demo.part.repository, _serving_now(demo, commit)
    heard = hear(space, at, asks, is_live=lambda: existing_refs(space).branches[MAIN] == at)
    if heard.how == "overtaken" and not known:
        return go_live(demo)  # by another release, which may have kept our pins
    if heard.how == "failed":
        raise _failed(demo, commit, heard, is_named=bool(known))
    commit = known or _name(demo, commit)
    _tell(demo, heard)
    return Served(commit, "" if heard.how == "answered" else heard.words)


def _serving_now(demo: Demo, commit: str) -> str:
    """What is asked for this version: `main`, where it has gone on to others and serves this one still."""
    head = existing_refs(demo.part.repository).branches[MAIN]
    return head if pins_at(demo.part.repository, head).of(demo.pin.name) == demo.pin else commit


def named(demo: Demo, tags: Mapping[str, str]) -> str | None:
    """The commit under which the Space has served this version; one with other bytes is an error."""
    for tag in (demo.part.tag, _own_tag(demo.part)):
        commit = tags.get(tag)
        if commit and (held := pins_at(demo.part.repository, commit)).of(demo.pin.name):
            _check(demo, commit, held, {*tags})
            return commit
    return None


def files_beside(demo: Demo, held: Pins) -> Files:
    """What the Space is to hold if it serves `held` now."""
    return serving(demo.part, held.having(demo.pin))


def is_later(demo: Demo, held: Pins) -> bool:
    """Whether the Space serves a later version of this writer."""
    now = held.of(demo.pin.name)
    return now is not None and version.parse(now.version) > demo.part.version


def tag_of(demo: Demo, held: Pins, tags: Mapping[str, str]) -> str:
    """What the Space's tag is called: after its only writer, or after one of several."""
    is_free = len(held.writers) < 2 and demo.part.tag not in tags
    return demo.part.tag if is_free else _own_tag(demo.part)


def _own_tag(part: Part) -> str:
    return f"{part.recipe}-{part.tag}"


def _check(demo: Demo, commit: str, held: Pins, tags: set[str]) -> None:
    check_same(_with(demo, held), commit)
    if (theirs := held.of(demo.pin.name)) and theirs != demo.pin:
        raise taken(demo.part, theirs.adapter_revision, demo.pin.adapter_revision, pins.NAME, tags)


def _with(demo: Demo, held: Pins) -> Part:
    """The part as it is at a commit that pins `held`."""
    return replace(demo.part, files=serving(demo.part, held))


def _commit(demo: Demo) -> str | None:
    """The commit on `main` that serves this version beside the others."""
    part = demo.part

    def wanted(now: Snapshot) -> Files | None:
        held = pins_at(part.repository, now.head, now.tree)
        if is_later(demo, held):
            return None
        files = files_beside(demo, held)
        check_kept(
            part.name,
            part.repository,
            now,
            files,
            f"python -m train bundle {part.recipe} --version {part.tag}",
        )
        return files

    commit = ensure_head(part.repository, MAIN, wanted, part.note).commit
    if commit:
        say(part, f"main serves {part.tag}, not asked yet")
    return commit


def _name(demo: Demo, commit: str) -> str:
    part = demo.part
    held, tags = pins_at(part.repository, commit), existing_refs(part.repository).tags
    if already := named(demo, tags):  # by the same release elsewhere, a moment ago
        return already
    tag = tag_of(demo, held, tags)
    found = ensure_tag(part.repository, tag, commit, part.note)
    if found != commit and differences(tree(part.repository, found), files_beside(demo, held)):
        raise StageError(
            f"{tag} of Space {part.repository.id} is at {found}, not {commit}; a tag is never moved.",
            fix=f"python -m train release {part.recipe}",
        )
    say(part, f"{tag} is {found[:7]}")
    return found


def _tell(demo: Demo, heard: Heard) -> None:
    if heard.how == "answered":
        begin = " ".join(heard.words.split())
        say(demo.part, f"answers: “{begin[:60]}{'…' * (len(begin) > 60)}”")
    else:
        say(demo.part, f"was not asked: {heard.words}")


def _failed(demo: Demo, commit: str, heard: Heard, *, is_named: bool) -> StageError:
    """What is said of a Space that cannot serve this version, once it serves the last one again."""
    part = demo.part
    good = None if is_named else last_good(part.repository, commit, demo.pin.name)
    if good:
        why = f"It could not serve {part.recipe} {part.tag}: {heard.words.splitlines()[0]}."
        put_back(part.repository, commit, good[0], f"Back to {good[1]}", why)
        say(part, f"main is back at {good[1]}")
    after = f"main is back at {good[1]}" if good else "it has no earlier version to go back to"
    if is_named:
        after = f"its {part.tag} was named earlier and is left as it is"
    settings = f"set its secret HF_TOKEN on {part.repository.url}/settings, then "
    return StageError(
        f"Space {part.repository.id} cannot serve {part.tag}: {heard.words}\n"
        f"Dataset and adapter {part.tag} stay published; {after}.",
        fix=f"{settings * (SHUT in heard.words)}python -m train release {part.recipe}",
    )
