"""The verbs for what is published: each is a module with its arguments and its act."""

import argparse
from importlib import import_module
from typing import Any

VERBS: dict[str, str] = {  # verb -> the module with `TOLD`, `add_arguments` and `run`; imported when asked
    "doctor": "train.release.doctor.cli",
    "fetch": "train.release.pipeline.fetch",
    "plan": "train.release.pipeline.plan",
    "sign": "train.release.published.sign",
    "summary": "train.release.pipeline.summary",
    "verify": "train.release.published.verify",
    "diff": "train.release.published.diff.cli",
    "yank": "train.release.published.yank",
    "rollback": "train.release.published.rollback",
    "promote": "train.release.published.promote",
    "setup": "train.release.setup.cli",
}


def add_verbs(verbs: Any) -> None:
    """Let the command line know them."""
    for name, module in VERBS.items():
        made = import_module(module)
        style = argparse.RawDescriptionHelpFormatter
        verb = verbs.add_parser(
            name,
            help=made.TOLD,
            description=made.TOLD,
            epilog=getattr(made, "EPILOG", None),
            formatter_class=style,
        )
        made.add_arguments(verb)
        verb.set_defaults(act=made.run)
