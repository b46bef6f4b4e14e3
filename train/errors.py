"""What went wrong, and the next command to type."""


class ImprintError(Exception):
    """A mistake or mishap a person can mend: one sentence, and the command that helps."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.fix = fix


class StageError(ImprintError):
    """A stage cannot go on: something it needs is missing, stale or broken."""


class RecipeError(ImprintError):
    """A recipe cannot be read: an unknown name, a misspelt key, a value out of range."""
