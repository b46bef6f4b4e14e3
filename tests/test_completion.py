"""What shells complete, tried in a real bash, and in a real fish where there is one."""

import os
import re
import shlex
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from shutil import which

import pytest

from train.run import ROOT, as_json, write_text
from train.verbs import registry
from train.verbs.completion import script
from train.verbs.parser import Parser
from train.verbs.parser import parser as _parser

COMPLETE = r"""
_before() { COMPREPLY=(as before); }
complete -F _before python
eval "$SCRIPT"; eval "$SCRIPT"
while IFS= read -r line; do
  IFS=' ' read -ra COMP_WORDS <<< "${line% }"
  [[ $line == *' ' ]] && COMP_WORDS+=("")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
  __imprint_python "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "" 2>/dev/null
  echo "${COMPREPLY[*]}"
done
"""


PLACES = {
    "python -m train prepare hum": "humanizer",
    "python -m train --json prepare hum": "humanizer",
    "python -m train rehearse al": "all",
    "python3 -X dev -m train tune blog --on ": "hf-jobs",
    "accelerate launch --num_processes 2 -m train tune ne": "news",
    "python -m train prepare blog --runs tra": "train",
    "python -m train check-card READ": "README.md",
    "python -m train prepare blog --show dropped --sa": "--samples",
    "python -m train completion z": "zsh",
    "python -m train promote blog ": "",
    "python -m pytest ": "as before",
    "python train.py ": "as before",
}


VERSIONED = (
    ("rollback", "blog", "--to"),
    ("yank", "blog"),
    ("diff", "--json", "blog", "v0.1.0"),
    ("bundle", "--runs", "runs", "blog", "--version"),
)


@pytest.fixture(scope="module")
def completed() -> Callable[[Sequence[str]], list[list[str]]]:
    """What bash offers at the end of each line."""
    return partial(in_bash, folder=ROOT)


def in_bash(lines: Sequence[str], folder: Path) -> list[list[str]]:
    environment = os.environ | {"SCRIPT": script("bash")}
    bash, said = ["bash", "--norc", "-c", COMPLETE], "\n".join([*lines, ""])
    done = subprocess.run(
        bash, cwd=folder, env=environment, input=said, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return [line.split(" ") for line in done.stdout.splitlines()]


def test_bash_completes_what_the_parser_takes(completed: Callable[[Sequence[str]], list[list[str]]]) -> None:
    made = _parser()
    (verbs,) = (each.choices for each in made._actions if each.dest == "verb" and each.choices)
    names = [verb.name for verb in registry.listed()]
    first, *offered = completed(["python -m train ", *(f"python -m train {name} --" for name in names)])
    assert first == names
    for name, options in zip(names, offered, strict=True):
        known: Parser = dict(verbs)[name]
        assert set(known.options) - {"-h"} <= set(options), name
    assert "--learning_rate" in offered[names.index("tune")]


def test_bash_completes_each_place_and_leaves_other_commands_alone(
    completed: Callable[[Sequence[str]], list[list[str]]],
) -> None:
    offered = [" ".join(words) for words in completed(list(PLACES))]
    assert dict(zip(PLACES, offered, strict=True)) == PLACES


def test_a_version_is_one_of_the_runs_that_are_here(tmp_path: Path) -> None:
    left = {"blog/release.json": "v0.1.0", "blog/bundle/bundle.json": "v0.2.0"}
    for path, version in left.items():
        write_text(tmp_path / "runs" / path, as_json({"inner": {"version": "v9.9.9"}, "version": version}))
    places = [f"{shlex.join(['python', '-m', 'train', *words])} " for words in VERSIONED]
    offered = in_bash(places, tmp_path)
    assert offered == [["v0.1.0", "v0.2.0"]] * len(places)
    if which("fish"):
        for place in places:
            asked = ["fish", "--no-config", "-c", f"{script('fish')}\ncomplete -C {shlex.quote(place)}"]
            told = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
            assert [line.split("\t")[0] for line in told.splitlines()] == ["v0.1.0", "v0.2.0"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_every_verb_too(shell: str) -> None:
    written = script(shell)
    assert all(re.search(rf"\b{verb.name}\b", written) for verb in registry.listed())
