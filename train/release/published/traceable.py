"""Does every number in a card still come from the evidence beside it?"""

from collections.abc import Iterator
from pathlib import Path

from train.errors import StageError
from train.release.published.check import Check
from train.release.published.copy import Copy
from train.release.traced import NAME, flaws

_SHOWN = 3


def numbers(copy: Copy, folder: Path) -> Iterator[Check]:
    """Hold a part's card against its facts, in a folder that holds dataset and adapter."""
    if not copy.is_version:
        return
    if NAME not in copy.files:
        found = f"there is no {NAME}: what the card's numbers rest on cannot be known"
        yield Check(copy.part, "card", None, found)
        return
    try:
        wrong = list(dict.fromkeys(str(flaw) for flaw in flaws(copy.part, folder)))
    except StageError as error:
        wrong = [str(error).replace(f"{folder}/", "").rstrip(".")]
    for flaw in wrong[:_SHOWN]:
        yield Check(copy.part, "card", False, flaw, "do not believe this number; tell the owner")
    if not wrong:
        yield Check(copy.part, "card", True, "every number comes from the evidence")
