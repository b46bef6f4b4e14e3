"""`python -m train completion`: what a shell needs to complete a command line, written from the parser."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import jinja2

from train.verbs import registry
from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.parser import Parser, parser

SHELLS = ("bash", "zsh", "fish")
VERSIONS = ("VERSION", "TAG", "BEFORE", "AFTER")  # as help calls them
HERE = Path(__file__).parent / "shells"
PAGE = Page(
    does="""Prints a script by which a shell completes `python -m train` with TAB: verbs, options, TRL's own
    behind `tune`, recipes, versions, folders. All other uses of `python` are completed as before.

    Keep it in a file, which a shell reads in no time, in any folder; write it again for a new release.""",
    reads="this program's own parser",
    leaves="nothing",
    examples=(
        ("python -m train completion bash > ~/.imprint.bash", "and in ~/.bashrc: source ~/.imprint.bash"),
        ("python -m train completion zsh > ~/.imprint.zsh", "in ~/.zshrc, behind compinit: source it"),
        ("python -m train completion fish > ~/.config/fish/conf.d/imprint.fish", "that is all"),
        ('eval "$(python -m train completion bash)"', "for this shell alone"),
    ),
)


@dataclass(frozen=True)
class Script:
    """What a shell reads."""

    shell: str
    script: str


@dataclass(frozen=True)
class Word:
    """An option, or the place of a word that is none, and what may stand there."""

    name: str
    told: str
    takes: Literal["nothing", "words", "recipes", "versions", "folders", "files", "anything"]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """A verb as a shell sees it."""

    name: str
    told: str
    options: tuple[Word, ...]
    places: tuple[Word, ...]


def add_arguments(made: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    made.add_argument("shell", metavar="SHELL", choices=SHELLS, help=f"one of {', '.join(SHELLS)}")


def run(asked: argparse.Namespace) -> Answer:
    """The script for this shell."""
    written = script(asked.shell)
    return Answer(written, Script(asked.shell, written))


def script(shell: str) -> str:
    """What this shell reads, from the parser as it is."""
    environment = jinja2.Environment(  # noqa: S701 (a shell's script, no page)
        loader=jinja2.FileSystemLoader(HERE),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        comment_start_string="{*",  # {# is bash's own
        comment_end_string="*}",
    )
    environment.globals |= {"quoted": _quoted, "offer": _offer}
    return environment.get_template(f"{shell}.jinja").render(verbs=known(), every=_options(parser(())))


def _quoted(told: str) -> str:
    """A text as fish reads it."""
    return "'" + told.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _offer(word: Word) -> str:
    """What fish offers behind an option, or at a place."""
    offers = {
        "nothing": "",
        "words": f" -x -a {_quoted(' '.join(word.words))}",
        "recipes": f" -x -a '(__imprint_recipes) {' '.join(word.words)}'",
        "versions": " -x -a '(__imprint_versions)'",
        "folders": " -x -a '(__fish_complete_directories)'",
        "files": " -r -F",
        "anything": " -x",
    }
    return offers[word.takes]


def known() -> tuple[Known, ...]:
    """The verbs that people see, with all that they take."""
    made = parser()
    (verbs,) = (each.choices for each in made._actions if each.dest == "verb" and each.choices)
    return tuple(_known(verb.name, verb.told, dict(verbs)[verb.name]) for verb in registry.listed())


def _known(name: str, told: str, made: Parser) -> Known:
    options = _options(made)
    if name == "tune":
        from train.tune.options import names

        options += tuple(Word(f"--{each}", "an option of TRL's", "anything") for each in sorted(names()))
    return Known(name, told, options, tuple(_places(made)))


def _options(made: Parser) -> tuple[Word, ...]:
    actions = [each for each in made._actions if each.option_strings]
    return tuple(_word(each, each.option_strings[-1]) for each in actions)


def _places(made: Parser) -> Iterator[Word]:
    for each in made._actions:
        if not each.option_strings and each.dest != "verb":
            yield _word(each, each.dest)


def _word(action: argparse.Action, name: str) -> Word:
    told = (action.help or "").replace("%%", "%")
    if action.choices:
        return Word(name, told, "words", tuple(map(str, action.choices)))
    if action.nargs == 0:
        return Word(name, told, "nothing")
    if action.dest == "recipe":
        return Word(name, told, "recipes", ("all",) * ("|all" in str(action.metavar)))
    if action.dest == "version" or action.metavar in VERSIONS:
        return Word(name, told, "versions")
    if "FOLDER" in str(action.metavar):
        return Word(name, told, "folders")
    return Word(name, told, "files" if action.type is Path else "anything")
