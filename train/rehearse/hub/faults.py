"""What is to go wrong: which request, in which way, how often."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from train.errors import ImprintError

GRAMMAR = "a fault is METHOD PATH EFFECT, then at N, from N or times K if not every request is meant"
FAULTS = (
    ("POST /api/*/commit/* 503", "every commit is refused; * stands for anything, slashes too"),
    ("POST */tag/* 503-after at 2", "the second tag is made, but the client hears of an error"),
    ("* * drop at 7", "the seventh request, whatever it is, gets no answer and has no effect"),
    ("* * drop-after at 7", "it has its effect, but its answer never arrives"),
    ("GET */resolve/* 429 from 3 times 2", "the third and fourth download are told to wait"),
    ("GET */revision/* stale=5", "reads show the refs as they were 5 seconds ago"),
    ("GET */resolve/* stall=2", "the answer comes 2 seconds late"),
    ("GET */resolve/* truncate", "the answer breaks off in the middle"),
    ("GET */resolve/* corrupt", "one bit in the middle of the answer is wrong"),
)
CONTROL = "/api/_faults"
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "*")
_PLAIN = ("drop", "drop-after", "truncate", "corrupt")
_TIMED = ("stall", "stale")
_FOREVER = 1 << 62
# What clients send when they feel like it would make "the seventh request" another one each time.
_NEVER_COUNTED = (CONTROL, "/api/_workflow", "/api/agent-harnesses", "/api/telemetry/", "/v1/telemetry")


@dataclass(frozen=True)
class Effect:
    """One way to fail; `seconds` are those of a stall or a stale read."""

    name: str
    status: int = 0
    seconds: float = 0.0

    @property
    def happens_after(self) -> bool:
        """Whether the request has its effect first."""
        return self.name.endswith("after")


@dataclass(frozen=True)
class Fault:
    """A fault as it was asked for; of the requests that match, it strikes those from `first` on."""

    text: str
    method: str
    path: str
    effect: Effect
    first: int = 1
    times: int = _FOREVER

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is of the kind that is meant; only reads can be stale."""
        if self.effect.name == "stale" and method not in ("GET", "HEAD") and "/paths-info/" not in path:
            return False
        return self.method in ("*", method) and fnmatchcase(path, self.path)


@dataclass(frozen=True)
class Armed:
    """A fault with its counters: how many requests matched, and how many it struck."""

    text: str
    seen: int = 0
    struck: int = 0


class Faults:
    """The faults in force; the first that strikes a request is the one it suffers."""

    def __init__(self, specs: Sequence[str] = ()) -> None:
        self._lock = threading.Lock()
        self.arm(specs)

    def arm(self, specs: Sequence[str]) -> None:
        """Put these faults in place of all others, with their counters at zero."""
        faults = [parse_fault(spec) for spec in specs]
        with self._lock:
            self._faults = faults
            self._seen = [0] * len(faults)
            self._struck = [0] * len(faults)

    def armed(self) -> list[Armed]:
        """The faults and their counters."""
        with self._lock:
            columns = zip(self._faults, self._seen, self._struck, strict=True)
            return [Armed(fault.text, seen, struck) for fault, seen, struck in columns]

    def strike(self, method: str, path: str) -> Fault | None:
        """Count a request, and say what happens to it."""
        if not self._faults or path.startswith(_NEVER_COUNTED):
            return None
        with self._lock:
            struck = [n for n in range(len(self._faults)) if self._count(n, method, path)]
            if not struck:
                return None
            self._struck[struck[0]] += 1
            return self._faults[struck[0]]

    def _count(self, number: int, method: str, path: str) -> bool:
        fault = self._faults[number]
        if not fault.matches(method, path):
            return False
        self._seen[number] += 1
        return fault.first <= self._seen[number] < fault.first + fault.times


def parse_fault(text: str) -> Fault:
    """A fault from METHOD PATH EFFECT [at N | from N] [times K]."""
    words = text.split()
    if len(words) < 3 or len(words) % 2 == 0:
        raise _refused(text, "it needs a method, a path and an effect, then pairs like `at 2`")
    method, path, effect = words[0].upper(), words[1], words[2]
    if method not in _METHODS:
        raise _refused(text, f"{words[0]} is no method; {', '.join(_METHODS)} are")
    if path != "*" and not path.startswith(("/", "*")):
        raise _refused(text, f"the path {path} starts with neither / nor *")
    first, times = _when(text, words[3:])
    return Fault(" ".join(words), method, path, _effect(text, effect), first, times)


def _when(text: str, words: Sequence[str]) -> tuple[int, int]:
    when: dict[str, int] = {}
    for word, number in zip(words[::2], words[1::2], strict=True):
        if word not in ("at", "from", "times") or not number.isdecimal() or int(number) < 1:
            raise _refused(text, f"`{word} {number}` is neither `at N`, `from N` nor `times K`")
        when[word] = int(number)
    if "at" in when and len(when) > 1:
        raise _refused(text, "`at N` is one request; `from N times K` are several")
    if "at" in when:
        return when["at"], 1
    return when.get("from", 1), when.get("times", _FOREVER)


def _effect(text: str, word: str) -> Effect:
    name, _, amount = word.partition("=")
    if name in _TIMED and _is_number(amount):
        return Effect(name, seconds=float(amount))
    if word in _PLAIN:
        return Effect(word)
    number, _, after = word.partition("-")
    if number.isdecimal() and 400 <= int(number) <= 599 and after in ("", "after"):
        return Effect("status-after" if after else "status", int(number))
    plain = ", ".join(_PLAIN)
    known = f"a status like 503 or 503-after, {plain}, stall=SECONDS or stale=SECONDS"
    raise _refused(text, f"{word} is no effect; {known} is")


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _refused(text: str, why: str) -> ImprintError:
    return ImprintError(
        f"{text!r} is not a fault: {why}.",
        fix="python -m train hub --fault 'POST /api/*/commit/* 503 at 1' (--help says more)",
    )
