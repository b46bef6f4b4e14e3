"""What went wrong, and the next command to type."""

import difflib
from collections.abc import Iterable

SAME = "run this command again"  # as a fix: whoever knows what was typed names it


class ImprintError(Exception):
    """A mistake or mishap a person can mend: one sentence, and the command that helps.

    `meant` is the word that was misspelt and the known one: then the same command with it helps.
    """

    def __init__(self, what: str, fix: str = "", meant: tuple[str, str] | None = None) -> None:
        super().__init__(what)
        self.fix = fix
        self.meant = meant


class StageError(ImprintError):
    """A stage cannot go on: something it needs is missing, stale or broken."""


class StepFailedError(ImprintError):
    """A step's process ended badly; it has said why itself."""


class RecipeError(ImprintError):
    """A recipe cannot be read: an unknown name, a misspelt key, a value out of range."""


def first_line(error: BaseException) -> str:
    """What an error says first; its kind, if it says nothing, as a timeout does."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the known word most like `word`, or nothing."""
    meant = closest(word, known)
    return f" Did you mean {meant[1]}?" if meant else ""


def closest(word: str, known: Iterable[str]) -> tuple[str, str] | None:
    """The word and the known one that it is most like, if it is like any."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return (word, close[0]) if close else None
