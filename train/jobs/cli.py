"""The arguments of `tune` and `evaluate` for doing it somewhere else."""

import argparse
import shlex
from dataclasses import dataclass

from train.verbs.page import filled


@dataclass(frozen=True)
class Asked:
    """What was typed: what is done where, for how long, at whose cost."""

    verb: str
    recipe: str
    runs: str
    flavor: str
    timeout: str
    namespace: str  # empty: the owner of the adapter's repository
    options: tuple[str, ...]

    @classmethod
    def of(cls, asked: argparse.Namespace) -> "Asked":
        """What the command line says."""
        where = str(asked.runs), asked.flavor, asked.timeout, asked.namespace
        return cls(asked.verb, asked.recipe, *where, tuple(asked.options))

    @property
    def again(self) -> str:
        """The same command once more."""
        return self._command("--on", "hf-jobs", "--flavor", self.flavor, "--timeout", self.timeout)

    @property
    def cancel(self) -> str:
        """The command that ends what this one began."""
        return self._command("--cancel")

    def _command(self, *words: str) -> str:
        whose = ("--namespace", self.namespace) if self.namespace else ()
        where = ("--runs", self.runs) if self.runs != "runs" else ()
        given = (*words, *whose, *where, *self.options)
        return shlex.join(["python", "-m", "train", self.verb, self.recipe, *given])


def add_arguments(verb: argparse.ArgumentParser) -> None:
    """Declare where to do it, on what, for how long and at whose cost."""
    where = verb.add_argument_group(
        "on a rented machine",
        filled(
            "As a Hugging Face Job. The same command finds a Job that runs already, and goes on with one "
            "that was ended. Nothing private leaves this machine, and the Job gets no token."
        ),
    )
    where.add_argument("--on", choices=("hf-jobs",), help="do it there instead of here")
    where.add_argument("--flavor", default="l4x1", help="the machine (default: l4x1)")
    where.add_argument("--timeout", default="4h", help="when the Job is ended at the latest (default: 4h)")
    told = "the account or organisation that pays (default: the owner of the adapter's repository)"
    where.add_argument("--namespace", default="", help=told)
    where.add_argument("--cancel", action="store_true", help="end the Job that works on what lies here")
