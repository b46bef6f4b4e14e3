"""Secrets in a text, by their shapes; a finding says where one stands and never what it is."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from train.prepare.document import Finding
from train.prepare.scan.private_keys import private_keys
from train.prepare.scan.shapes import (
    AUTHORITY,
    DASHED_ON,
    DISCORD,
    NAMED,
    OTHERS,
    UNDERSCORED,
    Shape,
    of_address,
)
from train.prepare.scan.views import plain, views

MOST = 200  # of one text; they stop the stage anyway
SHORTEST = 12  # characters, without a space, of a token whose literal says what it is
STARTS = 3  # what stands before a literal differs in length by so much


@dataclass(frozen=True)
class _Secret:
    line: int
    kind: str
    value: str


def secrets(text: str, where: str, allow: Collection[str] = ()) -> tuple[Finding, ...]:
    """The secrets in a text, in the order of their lines; `allow` lists fingerprints of what is none."""
    found: list[_Secret] = []
    for view in views(text):
        for each in islice(_found(view), MOST):
            if not any(each.line == other.line and each.value in other.value for other in found):
                found.append(each)
    marked = {
        Finding(f"{where}:{each.line}", each.kind, fingerprint(each.value)): each.line for each in found
    }
    left = [finding for finding in marked if finding.fingerprint not in allow]
    return tuple(sorted(left, key=lambda finding: (marked[finding], finding.kind, finding.fingerprint)))


def fingerprint(secret: str) -> str:
    """The name under which a recipe may allow what was taken for a secret, and is none."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _found(text: str) -> Iterator[_Secret]:
    for place, kind, value in _places(text):
        yield _Secret(text.count("\n", 0, place) + 1, kind, value)


def _places(text: str) -> Iterator[tuple[int, str, str]]:
    typed = plain(text)
    folded = typed.lower()
    long = " ".join([piece for piece in typed.split() if len(piece) >= SHORTEST])
    yield from ((place, "private key", key) for place, key in private_keys(text))
    yield from _of_shapes(UNDERSCORED if "_" in long else (), text, typed, long)
    yield from _of_shapes(OTHERS, text, typed, long)
    yield from _of_shapes(NAMED, text, folded, folded)
    yield from _of_shapes(DASHED_ON if "-" in long else (), text, typed, long)
    if "://" in typed:
        yield from _in_addresses(text)
    if "discord" in folded:
        yield from ((found.start(), "Discord", found[1]) for found in DISCORD.finditer(text))


def _of_shapes(
    shapes: Iterable[Shape], text: str, searched: str, held: str
) -> Iterator[tuple[int, str, str]]:
    known: dict[str, bool] = {}  # several shapes have the same literal
    for shape in shapes if held else ():
        if shape.literal not in known:
            known[shape.literal] = shape.literal in held
        if known[shape.literal]:
            yield from _of_shape(shape, text, searched)


def _of_shape(shape: Shape, text: str, searched: str) -> Iterator[tuple[int, str, str]]:
    place = searched.find(shape.literal)
    while place >= 0:
        after = place + len(shape.literal)
        if (found := _at(shape, text, place)) and shape.real(value := found[found.lastindex or 0]):
            yield found.start(), shape.kind, value
            after = max(after, found.end())
        place = searched.find(shape.literal, after)


def _at(shape: Shape, text: str, place: int) -> re.Match[str] | None:
    first = max(0, place - shape.back)
    starts = range(first, first + (STARTS if shape.back else 1))
    return next((found for start in starts if (found := shape.pattern.match(text, start))), None)


def _in_addresses(text: str) -> Iterator[tuple[int, str, str]]:
    for found in AUTHORITY.finditer(text):
        if of_address(*found.groups()):
            yield found.start(), "password in an address", found[2]
