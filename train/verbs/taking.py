"""The arguments that many verbs take."""

import argparse
from pathlib import Path

from train.verbs.names import recipes


def take_recipe(parser: argparse.ArgumentParser, *, all_: bool = False) -> None:
    """Declare the recipe, and where its run is kept."""
    take_name(parser, all_=all_)
    take_runs(parser)


def take_name(parser: argparse.ArgumentParser, *, all_: bool = False) -> None:
    """Declare the recipe."""
    names = ", ".join(recipes())
    every = ", or all of them" if all_ else ""
    told = f"a name in train/recipes ({names}), or the path of a YAML file{every}"
    parser.add_argument("recipe", metavar="RECIPE|all" if all_ else "RECIPE", help=told)


def take_runs(parser: argparse.ArgumentParser) -> None:
    """Declare where runs are kept."""
    parser.add_argument(
        "--runs",
        type=Path,
        default=Path("runs"),
        metavar="FOLDER",
        help="where runs are kept (default: runs)",
    )


def take_samples(parser: argparse.ArgumentParser) -> None:
    """Declare that a stage may run on what is embedded."""
    parser.add_argument("--samples", action="store_true", help="on the embedded corpus, base and Hub")


def take_version(parser: argparse.ArgumentParser) -> None:
    """Declare the version that is made."""
    told = "the version, vMAJOR.MINOR.PATCH (default: v0.1.0)"
    parser.add_argument("--version", default="v0.1.0", metavar="VERSION", help=told)
