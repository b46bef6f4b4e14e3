"""`python -m train bundle`: the files of one version."""

import argparse

from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe, take_samples, take_version

PAGE = Page(
    does="""Puts together exactly the files that one version will upload, with cards whose every number
    was measured, provenance and checksums. A shut gate, a licence that does not allow it, a secret or
    a person's data in any file stops it.""",
    reads="runs/RECIPE/dataset, adapter and evidence; the cards on the Hub, for sections of your own",
    leaves="runs/RECIPE/bundle: dataset, adapter, space, bundle.json last",
    examples=(
        ("python -m train bundle blog", "as v0.1.0"),
        ("python -m train bundle blog --version v1.2.0", "as another version"),
        ("python -m train card blog --open", "then look at its cards"),
        ("python -m train bundle blog --json | jq -r .digest", "its digest alone"),
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    take_recipe(parser)
    take_samples(parser)
    take_version(parser)
    told = "publish though the gate is shut, for a reason that the card prints; never personal data"
    parser.add_argument("--publish-anyway", metavar="REASON", default="", help=told)


def run(asked: argparse.Namespace) -> Answer | int:
    """Bundle the version."""
    from train.stages import run_stage

    return run_stage(asked)
