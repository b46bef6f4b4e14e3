"""What every verb of the command line does, taken from the parser: a new verb is asked for the same."""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

import pytest

from train.__main__ import _parser, main
from train.errors import StageError
from train.run import ROOT
from train.verbs import registry
from train.verbs.answer import CODES, Answer
from train.verbs.registry import Verb
from train.verbs.voice import Manner

VERBS = registry.every()
COMMAND = [sys.executable, "-m", "train"]
PIPED = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR", "TERM")}
every_verb = pytest.mark.parametrize("verb", [pytest.param(verb, id=verb.name) for verb in VERBS])


def module(verb: Verb) -> ModuleType:
    return import_module(verb.module)


def examples(verb: Verb) -> list[list[str]]:
    """The words behind `python -m train` of a verb's own examples."""
    lines = [line.replace("\\\n", " ") for line, _ in module(verb).PAGE.examples]
    own = [
        re.split(r" \| | > |\)\"", line.split("-m train ", 1)[1])[0] for line in lines if "-m train " in line
    ]
    return [words for words in map(shlex.split, own) if words[0] == verb.name]


def typed(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *words], cwd=ROOT, env=PIPED | environment, capture_output=True, text=True, check=False
    )


def help_of(name: str, monkeypatch: pytest.MonkeyPatch, columns: int) -> str:
    monkeypatch.setenv("COLUMNS", str(columns))
    made = _parser([name])
    (verbs,) = (each.choices for each in made._actions if each.dest == "verb" and each.choices)
    return str(dict(verbs)[name].format_help())


def answering(
    verb: Verb, act: Callable[[argparse.Namespace], object], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """The words of the verb's first example, which now does this instead."""
    monkeypatch.delenv("IMPRINT_AGAIN", raising=False)
    monkeypatch.setattr(module(verb), "run", act)
    return examples(verb)[0]


@every_verb
@pytest.mark.parametrize("columns", [80, 100])
def test_help_teaches_within_the_width_of_the_terminal(
    verb: Verb, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = help_of(verb.name, monkeypatch, columns)
    assert max(map(len, told.splitlines())) <= columns
    for part in ("  reads   ", "  leaves  ", "\nexamples:\n", "--json", "--quiet", "--verbose"):
        assert part in told
    first = next(line for line in told.split("\n\n")[1].splitlines())
    assert first[0].isupper(), "a page begins with a sentence"


@every_verb
def test_every_example_is_a_command_that_can_be_typed(verb: Verb) -> None:
    made = _parser()
    assert examples(verb), "one real example at least"
    for words in examples(verb):
        asked, rest = made.parse_known_args(words)
        assert not rest or verb.name == "tune", f"{rest} are no options of {verb.name}"
        assert asked.act is module(verb).run


@every_verb
def test_every_verb_hands_back_what_can_be_written_as_json(verb: Verb) -> None:
    assert get_type_hints(module(verb).run)["return"] in (Answer, Answer | int, int)


def test_the_main_help_lists_every_verb_in_its_group_and_every_exit_code() -> None:
    done = typed("--help", COLUMNS="80")
    told = done.stdout
    assert done.returncode == 0
    assert max(map(len, told.splitlines())) <= 80
    assert all(f"\n{title}:\n" in told for title in registry.GROUPS)
    assert all(
        re.search(rf"^  {re.escape(verb.name)} +{re.escape(verb.told)}", told, re.M)
        for verb in registry.listed()
    )
    assert all(f"\n  {code} " in told for code in CODES)
    assert "seed" not in told, "a rehearsal's own step is not for people"


def test_without_a_verb_it_says_which_there_are() -> None:
    done = typed()
    assert (done.returncode, done.stdout) == (2, "")
    assert all(verb.name in done.stderr for verb in registry.listed())
    assert len(done.stderr.splitlines()) < 10


@every_verb
@pytest.mark.parametrize("is_before", [True, False], ids=["before the verb", "behind it"])
def test_json_is_the_result_and_nothing_else(
    verb: Verb, is_before: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act(asked: argparse.Namespace) -> Answer:
        print("a library says something")
        return Answer("It is done.", {"b": 1.5, "a": [Path("runs/blog")]})

    words = answering(verb, act, monkeypatch)
    assert main(["--json", *words] if is_before else [*words, "--json"]) == 0
    said = capsys.readouterr()
    assert said.out == '{\n  "a": [\n    "runs/blog"\n  ],\n  "b": 1.5\n}\n'
    assert "a library says something" in said.err


@every_verb
def test_a_mishap_is_told_as_json_with_the_next_command(
    verb: Verb, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act(asked: argparse.Namespace) -> Answer:
        raise StageError("It broke.", fix="df -h runs")

    words = answering(verb, act, monkeypatch)
    assert main([*words, "--json"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == {"error": "It broke.", "next": "df -h runs", "exit": 1}
    assert said.err == "Error: It broke.\nNext:  df -h runs\n"


@every_verb
def test_ctrl_c_is_told_as_json_too(
    verb: Verb, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act(asked: argparse.Namespace) -> Answer:
        raise KeyboardInterrupt

    words = answering(verb, act, monkeypatch)
    assert main(["--json", *words]) == 130
    told = json.loads(capsys.readouterr().out)
    assert told["exit"] == 130
    assert told["next"] == shlex.join(["python", "-m", "train", "--json", *words])


@every_verb
def test_a_mistake_of_ours_is_a_mishap_for_programs_and_a_traceback_for_us(
    verb: Verb, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act(asked: argparse.Namespace) -> Answer:
        raise ZeroDivisionError("by nought")

    words = answering(verb, act, monkeypatch)
    with pytest.raises(ZeroDivisionError):
        main([*words, "--json"])
    assert json.loads(capsys.readouterr().out) == {
        "error": "ZeroDivisionError: by nought",
        "next": "",
        "exit": 1,
    }


@every_verb
def test_quiet_keeps_the_result_and_an_error(
    verb: Verb, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act(asked: argparse.Namespace) -> Answer:
        print("a note", file=sys.stderr)
        if asked.quiet and "again" in os.environ:
            raise StageError("It broke.", fix="df -h runs")
        return Answer("It is done.", {})

    words = answering(verb, act, monkeypatch)
    assert main([*words, "--quiet"]) == 0
    assert capsys.readouterr() == ("It is done.\n", "")
    monkeypatch.setenv("again", "1")
    assert main([*words, "--quiet"]) == 1
    assert capsys.readouterr() == ("", "Error: It broke.\nNext:  df -h runs\n")


@every_verb
def test_verbose_adds_the_traceback(
    verb: Verb, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act(asked: argparse.Namespace) -> Answer:
        raise StageError("It broke.")

    words = answering(verb, act, monkeypatch)
    assert main([*words, "--verbose"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("Traceback")
    assert said.endswith("Error: It broke.\n")


def test_what_is_asked_of_one_process_holds_for_those_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    def act(asked: argparse.Namespace) -> Answer:
        child = "import os; from train.verbs.voice import Manner; print(Manner.of(()))"
        done = subprocess.run(
            [sys.executable, "-c", child], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout == f"{Manner(quiet=True)}\n", "as quiet, and not as JSON: that is one document"
        return Answer("", {})

    words = answering(registry.listed()[1], act, monkeypatch)
    assert main([*words, "--quiet", "--json"]) == 0
    assert Manner.of(()) == Manner(), "nothing of it stays"
    assert Manner.of(["--verbose"], {"IMPRINT_MANNER": "quiet"}) == Manner(verbose=True)


def test_help_imports_nothing_heavy() -> None:
    heavy = ("datasets", "huggingface_hub", "jinja2", "numpy", "pyarrow", "pydantic", "torch", "yaml")
    line = f"import sys, train.__main__ as t; t.main(['--help']); print({{*{heavy}}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", line], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\nset()\n")
