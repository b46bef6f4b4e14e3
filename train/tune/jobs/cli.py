"""The arguments of `tune` for training somewhere else."""

import argparse


def add_arguments(verb: argparse.ArgumentParser) -> None:
    """Declare where to train, on what, for how long and at whose cost."""
    where = verb.add_argument_group(
        "on a rented machine",
        "As a Hugging Face Job. The same command finds a Job that runs already, and goes on with one that "
        "was ended. Nothing private leaves this machine, and the Job gets no token.",
    )
    where.add_argument("--on", choices=("hf-jobs",), help="train there instead of here")
    where.add_argument("--flavor", default="l4x1", help="the machine (default: l4x1)")
    where.add_argument("--timeout", default="4h", help="when the Job is ended at the latest (default: 4h)")
    told = "the account or organisation that pays (default: the owner of the adapter's repository)"
    where.add_argument("--namespace", default="", help=told)
    where.add_argument("--cancel", action="store_true", help="end the Job of this recipe and these rows")
