"""`python -m train tune`: the adapter is trained."""

import argparse

from train.errors import closest
from train.jobs import cli as jobs
from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe, take_samples

PAGE = Page(
    does="""Trains the adapter by TRL's SFTTrainer. Any option of TRL's ModelConfig and SFTConfig given
    here overrides the recipe. A training that was killed goes on from its last checkpoint; one that
    was done before, here or on the Hub, is taken as it is. Under `accelerate launch -m train tune`
    several processes train together.""",
    reads="runs/RECIPE/dataset; the base model, at its commit on the Hub",
    leaves="runs/RECIPE/adapter: LoRA weights, tokenizer, adapter.gguf, training.json last",
    examples=(
        ("python -m train tune blog --plan", "the memory and the time that it will take"),
        ("python -m train tune blog", "with the recipe's options"),
        ("python -m train tune blog --learning_rate 1e-4", "with an option of TRL's"),
        ("python -m train tune blog --on hf-jobs --flavor l4x1", "on a rented GPU"),
        ("accelerate launch --num_processes 4 -m train tune blog", "on four GPUs"),
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes beside TRL's options."""
    take_recipe(parser)
    take_samples(parser)
    told = "print the memory and the time that it will take, and stop"
    parser.add_argument("--plan", action="store_true", help=told)
    jobs.add_arguments(parser)


def run(asked: argparse.Namespace) -> Answer | int:
    """Train, or say what it would take."""
    from train.stages import run_stage

    _check_own(asked)
    return run_stage(asked)


def _check_own(asked: argparse.Namespace) -> None:
    """Refuse a misspelt option of the verb itself; TRL's are looked at with the recipe's."""
    from train.tune.options import names

    others = [f"--{name}" for name in names()]
    for word in (each.partition("=")[0] for each in asked.options if each.startswith("--")):
        meant = closest(word, [*asked.parser.options, *others])
        if word not in others and meant and meant[1] in asked.parser.options:
            asked.parser.check_known([word])
