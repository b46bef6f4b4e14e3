"""Every number of a card: where it stands, and the file, field and rule that it comes from.

How a template prints a number, and what keeps it honest:

- The facts hold `Whole`, `Real` and `Words` (`cards.origin`): an `int`, a `float`, a `str` that know the
  `Field` they were read from; `train.release.sourced` makes them of all results at once. What `+`, `-`, `/`
  and `sum` make of such numbers is traced too.
- Print them by what calls `format`: `{{ x | number }}` (12,345), `{{ x | shown(".3f") }}`,
  `{{ x | shown("+.1%") }}`, `{{ x }}`, `~`, `join`; in Python, an f-string. `"%.3f" | format(x)`, `round`,
  `int` and arithmetic with a plain number lose the origin. A threshold of our own is `Whole(50, OWN)`.
- Words are printed as they are, or by `code`, `literal`, `shell`, `url`, `excerpt`. What a template cuts out
  of them (`split`, a slice) has no origin any more: make `Words` of it if it is
  a name (`| named`, `| owner`).
- A digit that is printed without an origin becomes `Page.unproven`, and stops the stage `bundle`.
  The template's own text may hold any digit: it is the same in every card.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

from pydantic import TypeAdapter

from cards.evidence import EvidenceError, Read, Rule, files_of, shown, value_of
from cards.origin import CLOSE, MIDDLE, OPEN, Kind, Origin
from cards.own import without_own_section

_MARK = re.compile(f"{OPEN}([0-9a-f]+){MIDDLE}([^{OPEN}{MIDDLE}{CLOSE}]*){CLOSE}")
_NUMBER = re.compile(r"\w*\d\w*(?:[.,]\d+)*")  # a figure, or a name with one in it


@dataclass(frozen=True)
class Spot:
    """A place in a card, and what is printed there."""

    line: int
    column: int
    value: str


@dataclass(frozen=True)
class Trace(Spot):
    """A number or a word with its evidence: shown in `form`, it is what `origin` holds."""

    form: str
    origin: Origin


@dataclass(frozen=True)
class Page:
    """A card, and where everything in it that could be wrong by a digit comes from."""

    text: str
    traces: tuple[Trace, ...]
    unproven: tuple[Spot, ...]


@dataclass(frozen=True)
class Facts:
    """`facts.json`: a card's numbers with their evidence, its other digits, the digests of all files."""

    card: str  # SHA-256, without a person's own section
    files: Mapping[str, str]  # path in the version -> SHA-256
    traced: tuple[Trace, ...]
    quoted: tuple[Spot, ...]  # digits of names, quotations and the template's own words


@dataclass(frozen=True)
class Flaw:
    """A place in a card that its evidence does not bear out."""

    line: int
    value: str
    file: str
    field: str
    what: str

    def __str__(self) -> str:
        """The flaw in one line, without a full stop."""
        place = f" ({self.file} {self.field})".rstrip() if self.file else ""
        return f"line {self.line}: {self.what}{place}"


@dataclass(frozen=True)
class _Told:
    kind: Kind
    form: str
    origin: Origin | None


_TOLD = TypeAdapter(_Told)


def page(marked: str) -> Page:
    """The card without its marks, and what they said."""
    text, traces, unproven, end = "", [], [], 0
    for found in _MARK.finditer(marked):
        text += marked[end : found.start()]
        told, end = _TOLD.validate_json(bytes.fromhex(found[1])), found.end()
        line, column = text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1
        if told.kind == "traced" and told.origin:
            traces.append(Trace(line, column, found[2], told.form, told.origin))
        elif told.kind == "unproven" and _NUMBER.search(found[2]):
            unproven.append(Spot(line, column, found[2]))
        text += found[2]
    text = f"{(text + marked[end:]).rstrip()}\n"
    if re.search(f"[{OPEN}{MIDDLE}{CLOSE}]", text):
        raise ValueError("a mark within a mark: print each value once, by one filter")
    return Page(text, tuple(traces), tuple(unproven))


def facts_of(page: Page, read: Read) -> Facts:
    """What `facts.json` says of a card whose evidence `read` gives."""
    read = cache(read)
    named = sorted({place.file for trace in page.traces for place in files_of(trace.origin)})
    return Facts(
        card=_digest(page.text.encode()),
        files={file: _digest(read(file)) for file in named},
        traced=page.traces,
        quoted=tuple(_rest(page.text, page.traces)),
    )


def check_facts(
    card: str, facts: Facts, read: Read, rules: Mapping[str, Rule] | None = None
) -> tuple[Flaw, ...]:
    """What no longer agrees between a card, its `facts.json` and the files.

    A person's own section is left out. `read` gives the bytes of a file of the version by its path, such as
    `dataset/report.json`.
    """
    own = without_own_section(card)
    flaws = [*_moved(own, facts), *_changed(facts, cache(read), rules or {})]
    if not flaws and _digest(own.encode()) != facts.card:
        flaws.append(Flaw(1, "", "", "", "the card was changed, though not in a number"))
    return tuple(sorted(flaws, key=lambda flaw: (flaw.line, flaw.what)))


def _moved(card: str, facts: Facts) -> Iterator[Flaw]:
    starts = _starts(card)
    for spot in (*facts.traced, *facts.quoted):
        at = starts[min(spot.line, len(starts)) - 1] + spot.column - 1
        number = _NUMBER.match(card, at) if _NUMBER.fullmatch(spot.value) else None
        if (number[0] if number else card[at : at + len(spot.value)]) != spot.value:
            yield _moved_at(spot, card[at : at + len(spot.value)])
    known = {(spot.line, spot.value) for spot in facts.quoted}
    for spot in _rest(card, facts.traced):
        if (spot.line, spot.value) not in known:
            yield Flaw(spot.line, spot.value, "", "", f"{spot.value} has no evidence")


def _moved_at(spot: Spot, there: str) -> Flaw:
    """The flaw on the very line that differs, where a value has several."""
    was, now = spot.value.split("\n"), there.split("\n")
    line = next((number for number, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), 0)
    return _flaw(replace(spot, line=spot.line + line), f"the card no longer says {_short(was[line])} there")


def _changed(facts: Facts, read: Read, rules: Mapping[str, Rule]) -> Iterator[Flaw]:
    wrong = {file for file, digest in facts.files.items() if _digest_at(file, read) != digest}
    told: set[str] = set()
    for trace in facts.traced:
        try:
            now = shown(value_of(trace.origin, read, rules), trace.form)
        except EvidenceError as error:
            now = str(error)
        if now != trace.value:
            told |= {place.file for place in files_of(trace.origin)}
            yield _flaw(trace, f"the card says {_short(trace.value)}, its evidence {_short(now)}")
    for file in sorted(wrong - told):
        yield Flaw(1, "", file, "", "a file that the card rests on is missing or was changed")


def _digest_at(file: str, read: Read) -> str:
    try:
        return _digest(read(file))
    except EvidenceError:
        return ""


def _rest(card: str, traces: tuple[Trace, ...]) -> Iterator[Spot]:
    """The numbers of a card that stand in no traced place."""
    starts = _starts(card)
    begins = [(starts[min(t.line, len(starts)) - 1] + t.column - 1, len(t.value)) for t in traces]
    covered = {place for begin, length in begins for place in range(begin, begin + length)}
    for found in _NUMBER.finditer(card):
        if found.start() not in covered:
            line = bisect_right(starts, found.start())
            yield Spot(line, found.start() - starts[line - 1] + 1, found[0])


def _starts(card: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("\n", card))]


def _flaw(spot: Spot, what: str) -> Flaw:
    places = files_of(spot.origin) if isinstance(spot, Trace) else ()
    file, field = (places[0].file, places[0].field) if places else ("", "")
    return Flaw(spot.line, spot.value, file, field, what)


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 60 else line[:59] + "…"


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
