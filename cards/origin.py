"""Values that know where they come from, and say so whenever they are printed."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Literal, SupportsFloat, SupportsIndex

import yaml

OPEN, MIDDLE, CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"  # noncharacters: no text has them
Kind = Literal["traced", "quoted", "unproven"]
_MARKS = re.compile(f"[{OPEN}{MIDDLE}{CLOSE}]")


@dataclass(frozen=True)
class Field:
    """A place in a file of the version, such as `dataset/report.json` and `/rows/train`."""

    file: str
    field: str = ""  # a JSON pointer; in a .jsonl file its first part is the line, from 0


@dataclass(frozen=True)
class Computed:
    """A value made from others by a rule that `cards.evidence` knows."""

    rule: str
    of: "tuple[Field | Computed, ...]"


Origin = Field | Computed
OWN = Computed("own", ())  # the project's own choice: nothing was measured


class Whole(int):
    """A whole number with its origin; sums, differences and quotients of such numbers keep theirs."""

    origin: Origin | None

    def __new__(cls, value: int, origin: Origin | None = None) -> "Whole":
        """`value`, from `origin`; without one it is unproven."""
        made = super().__new__(cls, value)
        made.origin = origin
        return made

    def __add__(self, other: int) -> "Whole":
        """The sum, from both origins."""
        return Whole(int(self) + int(other), _both("sum", self, other))

    def __radd__(self, other: int) -> "Whole":
        """The sum, so that `sum` can begin with 0."""
        return self if other == 0 else Whole(int(other) + int(self), _both("sum", other, self))

    def __sub__(self, other: int) -> "Whole":
        """The difference, from both origins."""
        return Whole(int(self) - int(other), _both("difference", self, other))

    def __truediv__(self, other: int) -> "Real":
        """The quotient, from both origins."""
        return Real(int(self) / int(other), _both("quotient", self, other))

    def __format__(self, form: str) -> str:
        """The value between marks that say where it comes from."""
        return _number(format(int(self), form), self.origin, form)

    def __str__(self) -> str:
        """As in a template."""
        return format(self, "")


class Real(float):
    """A number with its origin."""

    origin: Origin | None

    def __new__(cls, value: SupportsFloat | SupportsIndex, origin: Origin | None = None) -> "Real":
        """`value`, from `origin`; without one it is unproven."""
        made = super().__new__(cls, value)
        made.origin = origin
        return made

    def __add__(self, other: float) -> "Real":
        """The sum, from both origins."""
        return Real(float(self) + float(other), _both("sum", self, other))

    def __sub__(self, other: float) -> "Real":
        """The difference, from both origins."""
        return Real(float(self) - float(other), _both("difference", self, other))

    def __truediv__(self, other: float) -> "Real":
        """The quotient, from both origins."""
        return Real(float(self) / float(other), _both("quotient", self, other))

    def __format__(self, form: str) -> str:
        """The value between marks that say where it comes from."""
        return _number(in_form(float(self), form), self.origin, form)

    def __str__(self) -> str:
        """As in a template."""
        return format(self, "")


class Words(str):
    """Text from elsewhere; with an origin it is traced like a number, without one it is quoted."""

    origin: Origin | None

    def __new__(cls, value: str, origin: Origin | None = None) -> "Words":
        """`value`, from `origin`."""
        made = super().__new__(cls, _MARKS.sub("", value))
        made.origin = origin
        return made

    @property
    def plain(self) -> str:
        """The text and nothing else."""
        return self[:]

    def __format__(self, form: str) -> str:
        """The value between marks that say where it comes from."""
        return marked(format(self.plain, form), self.origin, "text")

    def __str__(self) -> str:
        """As in a template."""
        return format(self, "")


def in_form(value: float, form: str) -> str:
    """A number by one of Python's formats, or as `yaml` writes it."""
    return yaml.safe_dump(value).split("\n")[0] if form == "yaml" else format(value, form)


def marked(shown: str, origin: Origin | None, form: str, unless: Kind = "quoted") -> str:
    """What is shown, between marks that say where it comes from; `unless` it comes from nowhere."""
    kind: Kind = "quoted" if origin == OWN else "traced" if origin else unless
    told = {"kind": kind, "form": form, "origin": asdict(origin) if origin and origin != OWN else None}
    letters = json.dumps(told, sort_keys=True).encode().hex()  # nothing in it that an escape would change
    return f"{OPEN}{letters}{MIDDLE}{shown}{CLOSE}" if shown else ""


def _number(shown: str, origin: Origin | None, form: str) -> str:
    return marked(shown, origin, f":{form}", unless="unproven")


def _both(rule: str, *values: float) -> Origin | None:
    origins = [getattr(value, "origin", None) for value in values]
    known = tuple(origin for origin in origins if origin and origin != OWN)
    if len(known) < len(values):
        return None
    first = known[0]
    if rule == "sum" and isinstance(first, Computed) and first.rule == "sum":
        return Computed("sum", (*first.of, *known[1:]))
    return Computed(rule, known)
