"""A card and, beside it, `facts.json`: where each of its numbers comes from."""

from functools import partial
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from cards.evidence import EvidenceError
from cards.trace import Facts, Flaw, Page, check_facts, facts_of
from train.errors import StageError
from train.release.sourced import RULES
from train.run import as_json, write_text

NAME = "facts.json"
_FACTS = TypeAdapter(Facts)
TRACED = ("dataset", "adapter")  # a Space's page says nothing that was measured


def write_card(page: Page, part: str, folder: Path) -> None:
    """Write a part's card and facts below `folder`; what cannot be traced is refused."""
    for spot in page.unproven:
        what = f"The card of the {part}, line {spot.line}: nothing proves {spot.value}."
        raise StageError(
            what, fix="give the fact its origin where it is read, or print it as cards/trace.py says"
        )
    write_text(folder / part / "README.md", page.text)
    if part in TRACED:
        write_text(folder / part / NAME, as_json(facts_of(page, partial(_read, folder))))
        for flaw in flaws(part, folder):
            raise StageError(f"The card of the {part}, {flaw}.", fix="run the stage that made the file again")


def flaws(part: str, folder: Path) -> tuple[Flaw, ...]:
    """Where a part's card and its evidence disagree, in a folder that holds the parts of one version."""
    path = folder / part / NAME
    try:
        facts = _FACTS.validate_json(path.read_bytes())
        card = (folder / part / "README.md").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise StageError(f"{error.filename} is missing.") from error
    except ValidationError as error:
        raise StageError(f"{path} is not what this version writes.") from error
    return check_facts(card, facts, partial(_read, folder), RULES)


def _read(folder: Path, file: str) -> bytes:
    try:
        return (folder / file).read_bytes()
    except FileNotFoundError as error:
        raise EvidenceError(f"{file} is missing") from error
