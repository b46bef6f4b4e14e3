"""The command line: python -m train VERB RECIPE."""

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from train import recipe as recipes
from train import stages
from train.advice import AGAIN, advice
from train.check_card import add_arguments, check_card
from train.errors import ImprintError, RecipeError
from train.jobs import cli as jobs
from train.new import cli as new
from train.preview import card as preview
from train.rehearse import rehearse
from train.rehearse.hub import cli as hub
from train.rehearse.steps import StepFailedError
from train.release.cli import add_verbs
from train.tune import ranks
from train.tune.gguf import cli as gguf

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
INTERRUPTED = 130
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS)
DESCRIPTION = "Imprint releases a fine-tuned writer the way good teams release software."
EPILOG = """\
the stages, in order: prepare, tune, evaluate, bundle, release; each reads what the one before it left

  python -m train rehearse blog                      a whole release on this machine, nothing leaves it
  python -m train prepare blog                       one stage, from the recipe's own sources
  python -m train prepare blog --samples             the same stage on the embedded corpus, base and Hub
  python -m train tune blog --learning_rate 1e-4     a TRL option overrides the recipe
  python -m train card blog --open                   its three cards, as the Hub would show them
  python -m train gguf openai-community/gpt2-medium  a base for llama.cpp, to run adapters on

exit codes: 0 done, 1 a mishap (the message names the next command), 2 a wrong command line, 130 stopped"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; the exit codes are those that `--help` lists."""
    parser = _parser()
    asked, rest = parser.parse_known_args(arguments)
    if rest and asked.verb != "tune":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    asked.options = rest
    try:
        return int(asked.act(asked))
    except StepFailedError:
        return 1  # its process has said what is wrong, and what to type next
    except ImprintError as error:
        if isinstance(error, RecipeError):
            asked.options = []  # they may be what is wrong
        return _complain("\n".join([str(error), *_notes(error)]), error.fix, asked)
    except KeyboardInterrupt as stopped:
        if AGAIN not in os.environ and ranks.first():  # or the rehearsal, or the first process, says it
            print(f"\n{_stopped(_notes(stopped), asked)}", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        return _complain(f"{error.strerror}: {error.filename or asked.runs}.", f"df -h {asked.runs}", asked)


def _notes(stopped: BaseException) -> list[str]:
    """What a release says of itself when it stops: what is published, what is not."""
    return list(getattr(stopped, "__notes__", ()))


def _stopped(notes: list[str], asked: argparse.Namespace) -> str:
    if not notes:
        return "Stopped. What is finished is kept; the same command goes on from there."
    fix = f"python -m train {asked.verb} {asked.recipe}"
    told = advice(fix, asked.recipe, None, _typed(asked, fix, own_runs=True))
    return "\n".join(["Stopped.", *notes, f"Next:  {told}"])


def _complain(what: str, fix: str, asked: argparse.Namespace) -> int:
    ranks.may_speak()
    again = os.environ.get(AGAIN)
    told = advice(fix, getattr(asked, "recipe", ""), again, _typed(asked, fix, own_runs=again is None))
    print(f"Error: {what}" + (f"\nNext:  {told}" if told else ""), file=sys.stderr)
    return 1


def _typed(asked: argparse.Namespace, fix: str, *, own_runs: bool) -> list[str]:
    """What was typed behind the recipe, as far as the command in `fix` takes it too."""
    runs = ["--runs", str(asked.runs)] if own_runs and asked.runs != Path("runs") else []
    return [*runs, *(asked.options if f"-m train {asked.verb} " in fix else [])]


def _parser() -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m train", description=DESCRIPTION, epilog=EPILOG, formatter_class=style
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for stage in stages.STAGES:
        verb = _verb(verbs, stage.__name__, str(stage.__doc__))
        verb.add_argument("--samples", action="store_true", help="on the embedded corpus, base and Hub")
        verb.set_defaults(act=stages.run_stage)
    for act in (rehearse.rehearse, rehearse.space):
        _verb(verbs, act.__name__, str(act.__doc__)).set_defaults(act=act)
    shown = _verb(verbs, preview.__name__, str(preview.__doc__))
    shown.add_argument("--open", action="store_true", help="in the browser")
    shown.set_defaults(act=preview)
    _add_others(verbs)
    add_verbs(verbs)
    return parser


def _add_others(verbs: Verbs) -> None:
    """The verbs that need no run of a recipe."""
    style = argparse.RawDescriptionHelpFormatter
    own = verbs.add_parser("new", help=new.TOLD, epilog=new.EPILOG, formatter_class=style)
    new.add_arguments(own)
    own.set_defaults(act=new.run)
    card = verbs.add_parser("check-card", help=check_card.__doc__, description=check_card.__doc__)
    add_arguments(card)
    card.set_defaults(act=check_card, runs=Path("runs"))
    seed = verbs.add_parser("seed")  # a rehearsal's own first step; not listed in the help
    seed.add_argument("recipe")
    seed.add_argument("--runs", type=Path)
    seed.set_defaults(act=stages.seed)
    base = verbs.add_parser("gguf", help=gguf.TOLD, epilog=gguf.EPILOG, formatter_class=style)
    gguf.add_arguments(base)
    base.set_defaults(act=gguf.run)
    told = "serve the embedded Hub, to look at or to point HF_ENDPOINT at"
    serve = verbs.add_parser("hub", help=told, description=told)
    hub.add_arguments(serve)
    serve.set_defaults(act=hub.run, runs=Path("runs"))


def _verb(verbs: Verbs, name: str, told: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=told, description=told)
    choices = ", ".join(recipes.names())
    verb.add_argument("recipe", help=f"a name in train/recipes ({choices}) or the path of a YAML file")
    verb.add_argument("--runs", type=Path, default=Path("runs"), help="where runs are kept (default: runs)")
    if name in ("bundle", "rehearse"):
        verb.add_argument("--version", default="v0.1.0", help="the version, vMAJOR.MINOR.PATCH")
    if name == "release":
        verb.add_argument("--version", help="refuse a bundle of any other version than this one")
        told = "print what would become of every file, tag and branch, and send nothing"
        verb.add_argument("--dry-run", action="store_true", help=told)
    if name == "evaluate":
        told = "train once more with random sentences, and see how well they are known; twice the cost"
        verb.add_argument("--canaries", action="store_true", help=told)
    if name == "bundle":
        told = "publish though the gate is shut, for a reason that the card prints; never personal data"
        verb.add_argument("--publish-anyway", metavar="REASON", default="", help=told)
    if name == "tune":
        told = "print the memory and the time that it will take, and stop"
        verb.add_argument("--plan", action="store_true", help=told)
    if name in stages.RENTED:
        jobs.add_arguments(verb)
    if name == "prepare":
        looks = verb.add_mutually_exclusive_group()
        looks.add_argument("--show", choices=("dropped",), help="page through what was dropped, by reason")
        looks.add_argument("--explain", metavar="ID", help="show one document after every cleaning step")
    if name == "space":
        verb.add_argument("--port", type=int, default=7860, help="where the demo listens (default: 7860)")
    return verb


if __name__ == "__main__":
    sys.exit(main())
