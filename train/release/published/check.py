"""One thing that was looked at, and what was found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cards.markdown import one_line

_MARKS = {True: "✓", False: "✗", None: "·"}


@dataclass(frozen=True)
class Check:
    """What was checked of which part; `passed` is None where nothing could be found out."""

    part: str
    what: str
    passed: bool | None
    found: str
    fix: str = ""


def flaws(checks: Iterable[Check]) -> list[Check]:
    """Those that did not pass."""
    return [check for check in checks if check.passed is False]


def lines(checks: Sequence[Check]) -> list[str]:
    """A line for each check, and one for what helps where it failed."""
    part_width = max((len(check.part) for check in checks), default=0)
    what_width = max((len(check.what) for check in checks), default=0)
    told, last = [], ""
    for check in checks:
        part = "" if check.part == last else check.part
        told.append(
            f"{_MARKS[check.passed]} {part:{part_width}}  {check.what:{what_width}}  {one_line(check.found)}"
        )
        if check.fix:
            told.append(f"{'':{part_width + what_width + 6}}{check.fix}")
        last = check.part
    return told
