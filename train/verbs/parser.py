"""The words that are typed: what each verb takes, and what a misspelt one meant."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from train.errors import ImprintError, closest, nearest
from train.verbs import page, registry
from train.verbs.answer import CODES
from train.verbs.colour import painted
from train.verbs.registry import Verb
from train.verbs.voice import written

PROGRAM = "python -m train"
USAGE = f"{PROGRAM} VERB ... [--json] [--quiet | --verbose]"
DOES = "Imprint releases a fine-tuned writer the way good teams release software."
EXAMPLES = (
    (f"{PROGRAM} rehearse blog", "a whole release, at home"),
    (f"{PROGRAM} prepare blog", "one stage"),
    (f"{PROGRAM} prepare blog --samples", "on the embedded corpus"),
    (f"{PROGRAM} tune blog --learning_rate 1e-4", "with an option of TRL's"),
    (f"{PROGRAM} verify acme/blog-writer --json", "any result, for programs"),
)
MANNERS = frozenset({"--json", "--quiet", "--verbose"})


class MisusedError(ImprintError):
    """A command line that cannot be followed."""


class Parser(argparse.ArgumentParser):
    """A parser that raises what is wrong, with the command that helps."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with what was typed."""
        raise MisusedError(f"{message[:1].upper()}{message[1:]}.", fix=f"{self.prog} --help")

    def print_help(self, file: Any = None) -> None:
        """Print the help; a pipe that nobody reads is an error, as for all that is printed."""
        written(file or sys.stdout, painted(self.format_help(), sys.stdout))

    def check_known(self, rest: Sequence[str]) -> None:
        """Refuse words that the verb does not take."""
        if rest and not rest[0].startswith("-"):
            raise MisusedError(f"{rest[0]!r} is a word too many.", fix=f"{self.prog} --help")
        if rest:
            raise _misspelt("option", rest[0].partition("=")[0], self.options, fix=f"{self.prog} --help")

    @property
    def options(self) -> list[str]:
        """The options that it takes itself."""
        return [name for action in self._actions for name in action.option_strings]

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            known = [each for each in map(str, action.choices) if each != registry.SEED.name]
            what = action.option_strings[-1] if action.option_strings else action.dest
            raise _misspelt(what, str(value), known, fix=f"{self.prog} --help")


def check_verb(words: Sequence[str]) -> None:
    """Refuse a command line without a verb, and say which there are."""
    if MANNERS.issuperset(words):
        groups = [f"  {title}: {', '.join(map(_name, verbs))}" for title, verbs in registry.GROUPS.items()]
        raise MisusedError("\n".join(["A verb is missing.", *groups]), fix=f"{PROGRAM} --help")


def parser(words: Sequence[str] | None = None) -> Parser:
    """The parser of the command line; with `words` only the verb among them is declared, which is quick."""
    whole = Parser(**_style(PROGRAM), usage=USAGE, description=page.filled(DOES), epilog=_verbs())
    whole.set_defaults(runs=Path("runs"), options=[], json=False, quiet=False, verbose=False)
    _add_manners(whole)
    verbs = whole.add_subparsers(dest="verb", metavar="VERB", required=True, help=argparse.SUPPRESS)
    wanted = next((each for each in words or () if each in map(_name, registry.every())), None)
    for verb in registry.every():
        made = verbs.add_parser(verb.name, **_style(f"{PROGRAM} {verb.name}"))
        if words is None or verb.name == wanted:
            _declare(made, verb)
    return whole


def _style(prog: str) -> dict[str, Any]:
    style = partial(argparse.RawDescriptionHelpFormatter, width=page.width(), max_help_position=28)
    return {"prog": prog, "formatter_class": style, "allow_abbrev": False}


def _declare(made: Parser, verb: Verb) -> None:
    module = import_module(verb.module)
    made.description, made.epilog = page.above(module.PAGE), page.below(module.PAGE)
    module.add_arguments(made)
    made.set_defaults(act=module.run, parser=made)
    _add_manners(made)


def _add_manners(made: Parser) -> None:
    """The options of every verb; they stand before the verb or behind it."""
    how = made.add_argument_group("how it speaks")
    how.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="the result on stdout as JSON, and nothing else",
    )
    either = how.add_mutually_exclusive_group()
    told = "no progress and no notes: the result on stdout, an error on stderr"
    either.add_argument("--quiet", action="store_true", default=argparse.SUPPRESS, help=told)
    told = "what is read and counted, the libraries' own logs, and the traceback of an error"
    either.add_argument("--verbose", action="store_true", default=argparse.SUPPRESS, help=told)


def _verbs() -> str:
    """The verbs by group, examples, and what the exit codes mean."""
    parts = [
        (f"{title}:", [(verb.name, verb.told) for verb in verbs]) for title, verbs in registry.GROUPS.items()
    ]
    parts += [
        ("examples:", list(EXAMPLES)),
        ("exit codes:", [(str(code), told) for code, told in CODES.items()]),
    ]
    shown = ["\n".join([title, *page.rows(rows)]) for title, rows in parts]
    return "\n\n".join([*shown, f"{PROGRAM} VERB --help tells more of each."])


def _name(verb: Verb) -> str:
    return verb.name


def _misspelt(what: str, word: str, known: Sequence[str], fix: str) -> MisusedError:
    listed = "" if nearest(word, known) or what == "option" else f" There are: {', '.join(known)}."
    told = f"There is no {what} {word!r}.{nearest(word, known)}{listed}"
    return MisusedError(told, fix, closest(word, known))


def retyped(words: Sequence[str], meant: tuple[str, str]) -> str:
    """The command line that was typed, with a misspelt word put right."""
    wrong, right = meant
    mended = [right + word.removeprefix(wrong) if _is(word, wrong) else word for word in words]
    return shlex.join([*PROGRAM.split(), *mended])


def _is(word: str, wrong: str) -> bool:
    return word == wrong or word.startswith(f"{wrong}=")
