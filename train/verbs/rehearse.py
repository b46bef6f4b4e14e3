"""`python -m train rehearse`: a whole release on this machine."""

import argparse

from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe, take_version

PAGE = Page(
    does="""Does a whole release with no network, no GPU and no token: the recipe is scaled to the embedded
    base and corpus, goes through all five stages, is published to the embedded Hub, and is then loaded
    and asked by processes that know only the Hub's address. Some three minutes the first time on two
    cores; what is done already is not done again.""",
    reads="the recipe, and what is embedded: base, corpora, Hub",
    leaves="runs/RECIPE as the stages leave it, runs/hub with the version on it, rehearsal.json last",
    examples=(
        ("python -m train rehearse blog", "`make rehearse` does the same"),
        ("python -m train rehearse blog --version v0.2.0", "the next version"),
        ("python -m train rehearse all", "all writers that ship, into one Space"),
        ("python -m train rehearse blog --json | jq .seconds", "how long it took"),
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    take_recipe(parser, all_=True)
    take_version(parser)


def run(asked: argparse.Namespace) -> Answer | int:
    """Rehearse."""
    from train.rehearse.rehearse import rehearse

    return rehearse(asked)
