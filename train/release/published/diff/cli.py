"""`python -m train diff`: what changed between two published versions."""

import argparse

from train.client import visitor
from train.errors import SAME
from train.patience import explained
from train.release.published.diff.changes import compare
from train.release.published.diff.told import told
from train.release.published.place import repository_of
from train.verbs.answer import Answer
from train.verbs.page import Page

PAGE = Page(
    does="""Says what changed between two versions: rows, settings, prompt, base, packages, figures, cards. A
    difference is no fault: the exit code is 0 also where there are some.""",
    reads="both versions on the Hub",
    leaves="nothing",
    examples=(
        ("python -m train diff acme/blog-writer v1.1.0 v1.2.0", "two versions of an adapter"),
        ("python -m train diff datasets/acme/blog-posts v1.1.0 v1.2.0", "of a dataset"),
        ("python -m train diff blog v1.1.0 v1.2.0 --json | jq '.rows.added[].title'", "the new titles alone"),
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("recipe", metavar="REPO", help="adapter or dataset: OWNER/NAME, or a recipe")
    parser.add_argument("before", metavar="BEFORE", help="the version to begin with")
    parser.add_argument("after", metavar="AFTER", help="the version to end with")


def run(asked: argparse.Namespace) -> Answer:
    """Say what changed."""
    api = visitor()
    with explained(api.endpoint, again=SAME):
        changes = compare(repository_of(api, asked.recipe), asked.before, asked.after)
    return Answer(told(changes), changes)
