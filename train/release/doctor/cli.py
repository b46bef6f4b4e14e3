"""`python -m train doctor`: why does this adapter misbehave?"""

import argparse
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

from cards.markdown import one_line
from train.client import visitor
from train.patience import explained
from train.release.doctor.base import base, licence
from train.release.doctor.card import card
from train.release.doctor.diagnosis import Diagnosis
from train.release.doctor.files import files
from train.release.doctor.patient import Patient
from train.release.doctor.weights import weights
from train.release.doctor.words import runs_code, words
from train.verbs.answer import DONE, WRONG, Answer
from train.verbs.page import Page

PAGE = Page(
    does="""Says why an adapter misbehaves, anybody's: files that loaders trip over, a base that is not the
    one it was trained on, weights that do nothing, a prompt that is not the one it learned, a card that
    misleads. Each with what mends it; the worst first. Nothing that it finds there is run or unpickled.""",
    reads="an adapter on the Hub or in a folder; its base's files on the Hub",
    leaves="nothing",
    examples=(
        ("python -m train doctor acme/blog-writer", "the adapter on main"),
        ("python -m train doctor acme/blog-writer --revision v1.2.0", "a version of it"),
        ("python -m train doctor runs/blog/adapter", "one that is not published yet"),
        ("python -m train doctor acme/blog-writer --json | jq -r '.[].fix'", "only what mends it"),
    ),
    codes="3 if anything is wrong.",
)
CHECKS: tuple[Callable[[Patient], Iterator[Diagnosis]], ...] = (
    files,
    runs_code,
    base,
    licence,
    weights,
    words,
    card,
)
WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("repo", metavar="REPO|FOLDER", help="an adapter on the Hub (OWNER/NAME), or a folder")
    parser.add_argument("--revision", help="its tag, branch or commit (default: main)")


def run(asked: argparse.Namespace) -> Answer:
    """Say what is wrong, and how to mend it."""
    from train.release.doctor.reading import from_folder, from_hub

    api = visitor()
    at = f" --revision {asked.revision}" if asked.revision else ""
    with explained(api.endpoint, again=f"python -m train doctor {asked.repo}{at}"):
        is_folder = Path(asked.repo).is_dir()
        patient = (
            from_folder(api, Path(asked.repo)) if is_folder else from_hub(api, asked.repo, asked.revision)
        )
    found = diagnoses(patient)
    return Answer(told(patient, found), found, WRONG if found else DONE)


def diagnoses(patient: Patient) -> tuple[Diagnosis, ...]:
    """Everything wrong with an adapter, the worst first: what stops loading, then what misleads."""
    return tuple(each for check in CHECKS for each in check(patient))


def told(patient: Patient, found: tuple[Diagnosis, ...]) -> str:
    """The findings for people."""
    if not found:
        return f"{patient.name}: nothing is wrong that this doctor knows of."
    count = "one thing is" if len(found) == 1 else f"{len(found)} things are"
    return "\n".join([f"{patient.name}: {count} wrong.", *(_shown(each) for each in found)])


def _shown(each: Diagnosis) -> str:
    return f"\n{_filled('  ✗ ', each.what)}\n{_filled('    → ', each.fix)}"


def _filled(begin: str, words: str) -> str:
    wrapper = textwrap.TextWrapper(WIDTH, begin, " " * len(begin), break_long_words=False)
    wrapper.break_on_hyphens = False
    return wrapper.fill(one_line(words))  # what a stranger wrote may hold orders to a terminal
