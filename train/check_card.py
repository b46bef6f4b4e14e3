"""The verb `check-card`: everything wrong with a card, whoever wrote it."""

import argparse
import shlex
from dataclasses import dataclass
from pathlib import Path

from cards.opinion import Finding, findings
from train.errors import ImprintError
from train.verbs.answer import DONE, WRONG, Answer
from train.verbs.page import Page

KINDS = ("model", "dataset", "space")
README = "README.md"
PAGE = Page(
    does="""Finds everything wrong with a card, also with one that others wrote: keys that the Hub does not
    read, licences and languages that it does not know, text that a template left, links that lead
    nowhere. Line by line, with what to do; nothing is changed.""",
    reads="one README.md, of a model, a dataset or a Space",
    leaves="nothing",
    examples=(
        ("python -m train check-card README.md", "a card"),
        ("python -m train check-card runs/blog/bundle/adapter", "the one in a folder"),
        ("python -m train check-card README.md --json | jq '.findings[].line'", "the lines alone"),
    ),
    codes="3 if there is anything to be mended.",
)


@dataclass(frozen=True)
class Checked:
    """A card, and all that is wrong with it."""

    file: str
    findings: tuple[Finding, ...]


def run(asked: argparse.Namespace) -> Answer:
    """Check the card."""
    path = asked.file / README if asked.file.is_dir() else asked.file
    found = findings(_text(path), asked.kind)
    told = [f"{path}:{each.line}: {each.what}.\n    {each.fix}" for each in found]
    end = _counted(len(found)) if found else "nothing is wrong that this check knows of."
    lines = "\n".join([*told, f"{path}: {end}"])
    return Answer(lines, Checked(str(path), found), WRONG if found else DONE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a README.md, or the folder it is in")
    parser.add_argument("--kind", choices=KINDS, help="what the card is of (default: told from its keys)")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ImprintError(f"There is no {path}.", fix=shlex.join(["ls", str(path.parent)])) from error
    except UnicodeDecodeError as error:
        raise ImprintError(f"{path} is no text in UTF-8.", fix=shlex.join(["file", str(path)])) from error


def _counted(number: int) -> str:
    return f"{number} things are to be mended." if number > 1 else "one thing is to be mended."
