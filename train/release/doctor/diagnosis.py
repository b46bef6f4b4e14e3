"""What is wrong with an adapter, in a sentence, and how to mend it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Diagnosis:
    """One thing that is wrong: a name for machines, what its users see, and what to do."""

    name: str
    what: str
    fix: str
