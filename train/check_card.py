"""The verb `check-card`: everything wrong with a card, whoever wrote it."""

import argparse
from pathlib import Path

from cards.opinion import findings
from train.errors import ImprintError

KINDS = ("model", "dataset", "space")
README = "README.md"


def check_card(asked: argparse.Namespace) -> int:
    """everything wrong with a card, also one that others wrote: line by line, with what to do"""
    path = asked.file / README if asked.file.is_dir() else asked.file
    found = findings(_text(path), asked.kind)
    for each in found:
        print(f"{path}:{each.line}: {each.what}.\n    {each.fix}")
    print(f"{path}: " + (_counted(len(found)) if found else "nothing is wrong that this check knows of."))
    return 1 if found else 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a README.md, or the folder it is in")
    parser.add_argument("--kind", choices=KINDS, help="what the card is of (default: told from its keys)")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ImprintError(f"There is no {path}.", fix=f"ls {path.parent}") from error
    except UnicodeDecodeError as error:
        raise ImprintError(f"{path} is no text in UTF-8.", fix=f"file {path}") from error


def _counted(number: int) -> str:
    return f"{number} things are to be mended." if number > 1 else "one thing is to be mended."
