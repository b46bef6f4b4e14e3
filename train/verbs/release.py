"""`python -m train release`: the bundle is published."""

import argparse

from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe, take_samples

PAGE = Page(
    does="""Publishes the bundle as one version of three repositories: each is staged on a branch, read
    back byte for byte and tagged, then main moves, and the Space last. A tag never moves. Killed at any
    moment, the same command ends in the same state; run twice, it changes nothing.""",
    reads="runs/RECIPE/bundle, and nothing else; what is published, from the Hub",
    leaves="the version on the Hub; runs/RECIPE/release.json",
    examples=(
        ("python -m train release blog --dry-run", "what would become of every file, tag and branch"),
        ("python -m train release blog", "do it, with the account of `hf auth login`"),
        ("python -m train release blog --samples", "to the embedded Hub"),
        ("python -m train release blog --json | jq -r .adapter.commit", "the adapter's commit alone"),
    ),
    codes="3 if --dry-run finds that it would be refused.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    take_recipe(parser)
    take_samples(parser)
    parser.add_argument("--version", help="refuse a bundle of any other version than this one")
    told = "print what would become of every file, tag and branch, and send nothing"
    parser.add_argument("--dry-run", action="store_true", help=told)


def run(asked: argparse.Namespace) -> Answer | int:
    """Publish, or say what that would do."""
    from train.stages import run_stage

    return run_stage(asked)
