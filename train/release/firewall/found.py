"""What the firewall found: where, which rule it breaks, and what to do; never the value itself."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from train.errors import StageError

SHOWN = 10  # in one refusal
MASK = "[what stands there must not be said]"


@dataclass(frozen=True)
class Leak:
    """One thing that must not leave, at its place in a file; a value is never shown."""

    place: str  # "line 3", "row 12, column text"; empty: the file as a whole
    rule: str  # what is wrong, without a full stop
    marked: str = ""  # the fingerprint by which a recipe may allow it
    file: str = ""  # below the bundle

    def __str__(self) -> str:
        """The leak in one line."""
        where = f"{self.file}, {self.place}" if self.place else self.file
        return f"{where}: {self.rule}{f' ({self.marked})' if self.marked else ''}"


def named(place: str, leaks: Iterable[Leak]) -> Iterator[Leak]:
    """The same leaks, each with the file that it is in, which is `place` or lies below it."""
    return (replace(leak, file=f"{place}/{leak.file}".rstrip("/")) for leak in leaks)


def refuse(leaks: Iterable[Leak], is_secret: Callable[[str], bool], again: str) -> None:
    """Raise one error that lists them; with none, do nothing. A name that is a secret itself is not said."""
    found = list(dict.fromkeys(leaks))
    if not found:
        return
    more = f"\n  and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    listed = "".join(f"\n  {_masked(leak, is_secret)}" for leak in found[:SHOWN])
    raise StageError(
        f"Nothing was sent: {len(found)} {_word(found)} in the bundle.{listed}{more}", fix=_fix(found, again)
    )


def _masked(leak: Leak, is_secret: Callable[[str], bool]) -> Leak:
    place = MASK if is_secret(leak.place) else leak.place
    return replace(leak, place=place, rule=MASK if is_secret(leak.rule) else leak.rule)


def _word(found: list[Leak]) -> str:
    return "thing must not leave" if len(found) == 1 else "things must not leave"


def _fix(found: list[Leak], again: str) -> str:
    marks = [leak for leak in found if leak.marked]
    if not marks:
        return again
    harmless = "what is harmless may pass by its mark, under scan.allow in the recipe"
    return f"take it out where it comes from, then {again}; {harmless}"
