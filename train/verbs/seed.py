"""`python -m train seed`: a rehearsal's own first step."""

import argparse

from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe

PAGE = Page(
    does="""Puts the embedded base and posts on the Hub that the environment names, and scales the recipe
    to them. A rehearsal does this first; it is not for people.""",
    reads="the recipe",
    leaves="runs/RECIPE/recipe.yaml; base and posts on that Hub",
    examples=(("python -m train seed blog", "with HF_ENDPOINT and HF_TOKEN of an embedded Hub"),),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    take_recipe(parser)


def run(asked: argparse.Namespace) -> Answer:
    """Seed the Hub; which base it is."""
    from train.rehearse.seed import seed

    seeded = seed(asked.recipe, asked.runs)
    return Answer(f"{seeded.base}@{seeded.revision[:7]}, recipe scaled to it", seeded)
