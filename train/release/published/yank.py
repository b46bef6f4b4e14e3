"""`python -m train yank`: withdraw a version, without moving or deleting its tag."""

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from huggingface_hub import HfApi

from cards.markdown import one_line
from train import version
from train.client import connect
from train.errors import SAME, ImprintError, StageError
from train.patience import explained
from train.release.hub import ensure_tag
from train.release.published import demo
from train.release.published.back import ensure_main, version_on_main
from train.release.published.moved import Moved, heads, moved
from train.release.published.moved import told as seen
from train.release.published.parts import Parts, parts_of, space_commit
from train.release.published.place import held_refs
from train.release.published.standing import Yanked, reasons
from train.release.repository import MAIN, Note, Repository
from train.verbs.answer import Answer
from train.verbs.page import Page

PAGE = Page(
    does="""Withdraws a version: its tags stay where they are, main and the Space go back to the last good
    one. Whoever has pinned it can still load it; the cards on main say that it was withdrawn, and why,
    yanked.json says it to programs, the tag v1.2.0-yanked to whoever reads the refs. Run again after a
    mishap, it goes on; run twice, it changes nothing.

    A secret or a person's data that went out is out: change the secret, then delete the repository.""",
    reads="the versions on the Hub",
    leaves="main and the Space at the last good version, and a tag beside the withdrawn one's",
    examples=(
        (
            'python -m train yank blog v1.2.0 --reason "It repeats a private letter."',
            "one of a recipe's",
        ),
        (
            'python -m train yank acme/blog-writer v1.2.0 --reason "Its base is gone."',
            "by its repository",
        ),
    ),
)
FEWEST_WORDS = 3


@dataclass(frozen=True)
class Order:
    """What is withdrawn, and what is shown in its place."""

    parts: Parts
    yanked: Yanked
    commits: dict[str, str]  # repository kind -> commit of the version

    @property
    def title(self) -> str:
        """What the commits are called."""
        return f"Withdraw {self.yanked.version}"


@dataclass(frozen=True)
class Withdrawal:
    """A version that is withdrawn, and what is shown in its place."""

    version: str
    reason: str  # the first one that was given
    use: str  # the version to take instead; empty: there is none
    was_withdrawn: bool  # before this was asked for
    repositories: tuple[Moved, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("recipe", metavar="RECIPE|REPO", help="a recipe, or any of its repositories")
    parser.add_argument("version", metavar="VERSION", help="the version to withdraw, vMAJOR.MINOR.PATCH")
    parser.add_argument("--reason", required=True, help="a sentence that the cards will print")


def run(asked: argparse.Namespace) -> Answer:
    """Withdraw it, or find that it was withdrawn."""
    api = connect()
    with explained(api.endpoint, again=SAME):
        done = yank(api, asked.recipe, asked.version, asked.reason)
        return Answer(told(done), done)


def yank(api: HfApi, asked_for: str, tag: str, reason: str) -> Withdrawal:
    """Withdraw a version from the three repositories; what came of it."""
    tag, reason = str(version.parse(tag)), _reason(reason)
    parts = parts_of(api, asked_for, tag)
    order, before = _order(parts, tag, reason), heads(parts)
    was_withdrawn = not any(_unmarked(order))
    if not was_withdrawn:
        _withdraw(order)
    said = order.yanked
    return Withdrawal(tag, said.reason, said.use, was_withdrawn, moved(parts, before, tag))


def told(done: Withdrawal) -> str:
    """The same in one line."""
    if done.was_withdrawn:
        return f"{done.version} is withdrawn already: {done.reason}"
    return f"{done.version} is withdrawn: {seen(done.repositories)}. Its tags stay where they are."


def _withdraw(order: Order) -> None:
    _take_from_space(order)
    for part in (order.parts.adapter, order.parts.dataset):
        _take_from_main(order, part)
    for part, name in _unmarked(order):
        _mark(order, part, name)


def _reason(reason: str) -> str:
    words = one_line(reason)
    if len(words.split()) < FEWEST_WORDS:
        raise ImprintError(f"{reason!r} is no reason that readers could follow.", fix='--reason "a sentence"')
    return words if re.search(r"[.!?…]$", words) else f"{words}."


def _order(parts: Parts, tag: str, reason: str) -> Order:
    """What was said on the first try counts, if this is another one."""
    commits: dict[str, str] = {}
    for part in (parts.adapter, parts.dataset):
        held = held_refs(part)
        if tag not in held.tags:
            there = ", ".join(map(str, version.among(held.tags))) or "no version"
            raise StageError(f"{part.kind} {part.id} has no {tag}; it has {there}.", fix="name one of these")
        commits[part.kind] = held.tags[tag]
    known = {
        each.version: each
        for part in (parts.adapter, parts.dataset)
        for each in reasons(part, held_refs(part))
    }
    use = max((each for each in parts.good if str(each) != tag), default=None)
    return Order(parts, known.get(tag) or Yanked(tag, reason, str(use or "")), commits)


def _listed(order: Order, part: Repository) -> list[Yanked]:
    """Every withdrawn version, this one among them, newest first."""
    ours = order.yanked
    before = [each for each in reasons(part, held_refs(part)) if each.version != ours.version]
    gone = {ours.version, *(each.version for each in before)}
    known = [ours, *(replace(each, use=ours.use) if each.use in gone else each for each in before)]
    return sorted(known, key=lambda each: version.parse(each.version), reverse=True)


def _take_from_space(order: Order) -> None:
    serving, tag = demo.serves(order.parts), order.yanked.version
    if serving is None or serving.version != tag:
        return
    before = [each for each in order.parts.good if str(each) != tag]
    if before:
        demo.put_back(order.parts, before, order.title, order.yanked.reason)
    else:
        demo.close(order.parts, _listed(order, order.parts.adapter), order.title, order.yanked.reason)


def _take_from_main(order: Order, part: Repository) -> None:
    target = held_refs(part).tags.get(order.yanked.use)
    wanted = version_on_main(part, target, _listed(order, part), instead_of=order.commits[part.kind])
    ensure_main(part, wanted, order.title, order.yanked.reason)
    demo.say(part, f"main says that {order.yanked.version} was withdrawn")


def _unmarked(order: Order) -> Iterator[tuple[Repository, str]]:
    """Where the version lies under which tag, as far as no tag beside it says that it was withdrawn."""
    parts, tag = order.parts, order.yanked.version
    served = space_commit(parts.space, parts.adapter, tag)
    named = [(parts.adapter, tag), (parts.dataset, tag), *([(parts.space, served[0])] if served else [])]
    yield from ((part, name) for part, name in named if version.mark(name) not in held_refs(part).tags)


def _mark(order: Order, part: Repository, name: str) -> None:
    head = held_refs(part).branches[MAIN]
    ensure_tag(part, version.mark(name), head, Note(order.title, f"yank-{name}", ""))
    demo.say(part, f"{version.mark(name)} is {head[:7]}")
