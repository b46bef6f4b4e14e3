"""`python -m train doctor`: why does this adapter misbehave?"""

import argparse
import json
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from train.client import visitor
from train.patience import explained
from train.release.doctor.base import base, licence
from train.release.doctor.card import card
from train.release.doctor.diagnosis import Diagnosis
from train.release.doctor.files import files
from train.release.doctor.patient import Patient
from train.release.doctor.weights import weights
from train.release.doctor.words import runs_code, words

TOLD = "why does this adapter misbehave? anybody's, on the Hub or in a folder"
EPILOG = """\
  python -m train doctor acme/blog-writer                     the adapter on main
  python -m train doctor acme/blog-writer --revision v1.2.0   a version of it
  python -m train doctor runs/blog/adapter                    one that is not published yet

Nothing that it finds there is run or unpickled. Exit code 1 if anything is wrong."""
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
    parser.add_argument("repo", metavar="REPO", help="an adapter on the Hub (OWNER/NAME), or a folder")
    parser.add_argument("--revision", help="its tag, branch or commit (default: main)")
    parser.add_argument("--json", action="store_true", help="for programs: a list of findings")
    parser.set_defaults(runs=Path("runs"))


def run(asked: argparse.Namespace) -> int:
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
    print(json.dumps([asdict(each) for each in found], indent=2) if asked.json else told(patient, found))
    return 1 if found else 0


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
    return wrapper.fill(words)
