"""`python -m train prepare`: the recipe's sources become rows."""

import argparse

from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe, take_samples

PAGE = Page(
    does="""Cleans the recipe's sources into rows: markup put in order, copies and what is not a text
    dropped with a reason, personal data masked, what is held out kept apart from training. A secret
    in a source stops it. The same sources give the same bytes.""",
    reads="the recipe's sources: folders, exports, tables, datasets on the Hub, the news API",
    leaves="runs/RECIPE/dataset: parquet splits, dropped.jsonl, report.md to read, report.json last",
    examples=(
        ("python -m train prepare blog", "from the recipe's own sources"),
        ("python -m train prepare blog --samples", "from the embedded corpus, without a network"),
        ("python -m train prepare blog --show dropped", "what went, by reason"),
        ("python -m train prepare blog --samples --json | jq .rows", "how many rows each split has"),
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    take_recipe(parser)
    take_samples(parser)
    looks = parser.add_mutually_exclusive_group()
    looks.add_argument("--show", choices=("dropped",), help="page through what was dropped, by reason")
    looks.add_argument("--explain", metavar="ID", help="show one document after every cleaning step")


def run(asked: argparse.Namespace) -> Answer | int:
    """Prepare, or show what became of the documents."""
    from train.stages import run_stage

    return run_stage(asked)
