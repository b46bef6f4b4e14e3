"""Every text of a version, searched as `prepare` searches its sources, and for what this machine owns."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from train.prepare.scan import secrets
from train.prepare.scan.personal import mentions
from train.prepare.scan.secrets import fingerprint
from train.release.firewall.coded import readings
from train.release.firewall.found import Leak
from train.release.firewall.owned import Owned

LOCAL = re.compile(
    r"(?<![\w.:/~-])/(?:content|data|export|gpfs|home|kaggle|lustre|media|mnt|nfs|opt|private|root|scratch|srv|tmp|Users|var"
    r"|Volumes|workspace)/[\w.@-]+|(?<!\\)\\\\[\w.-]{2,}\\[\w$.-]{2,}"
    r"|(?<![A-Za-z0-9])[A-Za-z]:\\{1,2}[\w.-]+\\|(?<![\w.])~/[\w.-]+|\bfile://"
)
BATCH = 200_000  # characters that are searched at once


@dataclass(frozen=True)
class Rules:
    """What no text may hold, but for the marks that the recipe allows."""

    owned: Owned
    allow: frozenset[str]
    forbids_personal: bool


@dataclass(frozen=True)
class Piece:
    """A text and its place in a file."""

    place: str
    text: str


@dataclass(frozen=True)
class Voice:
    """Who wrote a text: a person may name a folder in it, the maker of a base an address."""

    is_machines: bool = False
    may_be_personal: bool = False
    is_label: bool = False  # of a row: figures in it are no person's


PERSON, MACHINE, MAKER = Voice(), Voice(is_machines=True), Voice(may_be_personal=True)
LABEL = Voice(is_label=True)
NUMBERS = Voice(is_machines=True, may_be_personal=True)  # so many figures that some look like a card's


def search(pieces: Iterable[Piece], rules: Rules, voice: Voice) -> Iterator[Leak]:
    """What must not leave, in texts of one file."""
    for batch in _batches(pieces):
        text = "\n".join(piece.text for piece in batch)
        for line, rule, mark in _found(text, rules, voice):
            if mark not in rules.allow:
                yield Leak(_place(batch, line), rule, mark)
        for piece in batch:
            yield from (Leak(piece.place, *told) for told in _coded(piece.text, rules))


def tells(text: str, rules: Rules) -> bool:
    """Whether a text gives away what no file may hold."""
    own = any(True for _ in rules.owned.secrets_in(text))
    return own or bool(secrets(text, "")) or any(True for _ in mentions(text))


def _batches(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    batch: list[Piece] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += len(piece.text) + 1
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _place(batch: Sequence[Piece], line: int) -> str:
    """The piece that the line of a batch belongs to, and the line in it if it has several."""
    heights = [piece.text.count("\n") + 1 for piece in batch]
    starts = [1, *accumulate(heights, initial=1)][1:]
    number = min(bisect_right(starts, line) - 1, len(batch) - 1)
    within = f"line {line - starts[number] + 1}" if heights[number] > 1 or not batch[number].place else ""
    return ", ".join(part for part in (batch[number].place, within) if part)


def _found(text: str, rules: Rules, voice: Voice) -> Iterator[tuple[int, str, str]]:
    for finding in secrets(text, "", rules.allow):
        yield int(finding.where[1:]), f"a secret: {finding.kind}", finding.fingerprint
    for place, what in rules.owned.secrets_in(text):
        yield _line(text, place), what, ""
    for place, what, words in rules.owned.places_in(text):
        yield _line(text, place), what, fingerprint(words)
    if rules.forbids_personal and not voice.may_be_personal:
        for kind, said in mentions(text):
            if voice.is_label and kind != "e-mail":
                continue
            yield _line(text, text.find(said)), f"personal data: {kind}", fingerprint(said)
    for found in LOCAL.finditer(text) if voice.is_machines else ():
        yield _line(text, found.start()), "a path on somebody's machine", fingerprint(found[0])


def _coded(text: str, rules: Rules) -> Iterator[tuple[str, str]]:
    for reading in readings(text):
        for finding in secrets(reading, "", rules.allow):
            yield f"a secret that is broken or coded: {finding.kind}", finding.fingerprint
        for _, what in rules.owned.secrets_in(reading):
            yield f"broken or coded, {what}", ""


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, max(0, place)) + 1
