"""`python -m train diff`: what changed between two published versions."""

import argparse
from pathlib import Path

from train.client import visitor
from train.patience import explained
from train.release.published.diff.changes import compare
from train.release.published.diff.told import told
from train.release.published.place import repository_of
from train.run import as_json

TOLD = "what changed between two versions: rows, settings, prompt, base, packages, figures, cards"
EPILOG = """\
  python -m train diff acme/blog-writer v1.1.0 v1.2.0
  python -m train diff datasets/acme/blog-posts v1.1.0 v1.2.0
  python -m train diff blog v1.1.0 v1.2.0 --json | jq '.rows.added[].title'"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("recipe", metavar="REPO", help="adapter or dataset: OWNER/NAME, or a recipe")
    parser.add_argument("before", help="the version to begin with")
    parser.add_argument("after", help="the version to end with")
    parser.add_argument("--json", action="store_true", help="everything, for programs")
    parser.set_defaults(runs=Path("runs"))


def run(asked: argparse.Namespace) -> int:
    """Print what changed."""
    api = visitor()
    with explained(api.endpoint, again="run this command again"):
        changes = compare(repository_of(api, asked.recipe), asked.before, asked.after)
    print(as_json(changes) if asked.json else told(changes), end="" if asked.json else "\n")
    return 0
