"""`python -m train evaluate`: the adapter is judged."""

import argparse

from train.jobs import cli as jobs
from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe, take_samples

PAGE = Page(
    does="""Asks the base, the last release and the adapter for the same texts, measures them, looks for
    what was learned by heart, and holds the figures against the recipe's gate. A shut gate is a result
    and no mishap: `bundle` refuses it.""",
    reads="runs/RECIPE/adapter and the rows that training never saw; the last release on the Hub",
    leaves="runs/RECIPE/evidence: samples, audit.json, gate.json, report.html to read, metrics.json last",
    examples=(
        ("python -m train evaluate blog", "a table here, and the whole report as a page"),
        ("python -m train evaluate blog --samples", "the adapter that `tune blog --samples` made"),
        ("python -m train evaluate blog --canaries", "how well a planted sentence is remembered, too"),
        ("python -m train evaluate blog --json | jq '.metrics[].adapter'", "the figures alone"),
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    take_recipe(parser)
    take_samples(parser)
    told = "train once more with random sentences, and see how well they are known; twice the cost"
    parser.add_argument("--canaries", action="store_true", help=told)
    jobs.add_arguments(parser)


def run(asked: argparse.Namespace) -> Answer | int:
    """Judge the adapter."""
    from train.stages import run_stage

    return run_stage(asked)
