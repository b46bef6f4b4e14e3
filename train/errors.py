"""What went wrong, and the next command to type."""

import difflib
from collections.abc import Iterable


class ImprintError(Exception):
    """A mistake or mishap a person can mend: one sentence, and the command that helps."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.fix = fix


class StageError(ImprintError):
    """A stage cannot go on: something it needs is missing, stale or broken."""


class RecipeError(ImprintError):
    """A recipe cannot be read: an unknown name, a misspelt key, a value out of range."""


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the known word most like `word`, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" Did you mean {close[0]}?" if close else ""
