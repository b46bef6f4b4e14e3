"""`python -m train space`: the demo on what was rehearsed."""

import argparse

from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe

PAGE = Page(
    does="""Opens the demo on the version that was rehearsed, as the embedded Hub has it, until Ctrl-C.""",
    reads="runs/hub and runs/RECIPE/release.json, which `rehearse` left",
    leaves="nothing",
    examples=(
        ("python -m train space blog", "at http://127.0.0.1:7860; `make space` does the same"),
        ("python -m train space blog --port 7861", "somewhere else"),
        ("python -m train space blog --json | head -1 | jq -r .url", "its address alone"),
    ),
    codes="0 when it is stopped. With --json one line is written when it can be asked, and nothing after it.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    take_recipe(parser, all_=True)
    parser.add_argument("--port", type=int, default=7860, help="where the demo listens (default: 7860)")


def run(asked: argparse.Namespace) -> Answer | int:
    """Serve it."""
    from train.rehearse.rehearse import space

    return space(asked)
