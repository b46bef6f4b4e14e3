"""What shells complete, tried in a real bash, and in a real zsh and fish where there are such."""

import os
import pty
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


IN_ZSH = r"""
autoload -Uz compinit && compinit -u -D
_before() { compadd -- as before }
compdef _before python
eval "$SCRIPT"; eval "$SCRIPT"
typeset -aU offered
compadd() {  # it offers as ever, and writes down what fits
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    local -a found
    builtin compadd -O found "$@"
    offered+=("${found[@]}")
  fi
  builtin compadd "$@"
}
tell() {
  while IFS= read -r line; do
    offered=() BUFFER=$line CURSOR=${#line}
    zle complete-word
    print -r -- "${offered[*]}"
  done < asked > told
  exit
}
zle -N tell && bindkey '^I' tell && setopt no_auto_list no_auto_menu no_beep
"""

END = "end of what is offered"


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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout in which nothing was run yet."""
    for name in ("train", "README.md"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def in_bash(lines: Sequence[str], folder: Path) -> list[list[str]]:
    environment = os.environ | {"SCRIPT": script("bash")}
    bash, said = ["bash", "--norc", "-c", COMPLETE], "\n".join([*lines, ""])
    done = subprocess.run(
        bash, cwd=folder, env=environment, input=said, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return [line.split(" ") for line in done.stdout.splitlines()]


def in_zsh(lines: Sequence[str], folder: Path) -> list[list[str]]:
    """TAB is pressed on a terminal: zsh completes nowhere else."""
    write_text(folder / "asked", "\n".join([*lines, ""]))
    write_text(folder / "drive", IN_ZSH)
    environment = os.environ | {"SCRIPT": script("zsh"), "TERM": "xterm"}
    ours, its = pty.openpty()
    with subprocess.Popen(
        ["zsh", "-f", "-i"], cwd=folder, env=environment, stdin=its, stdout=its, stderr=its
    ) as zsh:
        os.close(its)
        os.write(ours, b"source ./drive\n\t")
        said = b"".join(iter(partial(_heard, ours), b""))
    assert zsh.returncode == 0, said.decode(errors="replace")
    assert b"no matches found" not in said
    return [line.split(" ") for line in (folder / "told").read_text(encoding="utf-8").splitlines()]


def _heard(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # as Linux says that the other side is closed
        return b""


def in_fish(lines: Sequence[str], folder: Path) -> list[list[str]]:
    asked = [f"complete -C {shlex.quote(line)}; echo {END}" for line in lines]
    fish = ["fish", "--no-config", "-c", "\n".join([script("fish"), *asked])]
    done = subprocess.run(fish, cwd=folder, capture_output=True, text=True, check=True)
    offered = done.stdout.split(f"{END}\n")[:-1]
    return [[line.split("\t")[0].removesuffix("/") for line in each.splitlines()] for each in offered]


OFFER: dict[str, Callable[[Sequence[str], Path], list[list[str]]]] = {
    "bash": in_bash,
    "zsh": in_zsh,
    "fish": in_fish,
}
HERE = [shell for shell in OFFER if which(shell)]


@pytest.mark.parametrize("shell", HERE)
def test_a_shell_completes_what_the_parser_takes(shell: str, folder: Path) -> None:
    made = _parser()
    (verbs,) = (each.choices for each in made._actions if each.dest == "verb" and each.choices)
    names = [verb.name for verb in registry.listed()]
    lines = ["python -m train ", *(f"python -m train {name} --" for name in names)]
    first, *offered = OFFER[shell](lines, folder)
    assert sorted(first) == sorted(names)
    for name, options in zip(names, offered, strict=True):
        known: Parser = dict(verbs)[name]
        assert set(known.options) - {"-h"} <= set(options), name
    assert "--learning_rate" in offered[names.index("tune")]


@pytest.mark.parametrize("shell", HERE)
def test_a_shell_completes_each_place_and_leaves_other_commands_alone(shell: str, folder: Path) -> None:
    places = {line: word for line, word in PLACES.items() if shell != "fish" or "-m train" in line}
    offered = [" ".join(words) for words in OFFER[shell](list(places), folder)]
    assert dict(zip(places, offered, strict=True)) == places


@pytest.mark.parametrize("shell", HERE)
@pytest.mark.parametrize(
    "left",
    [
        pytest.param({"release.json": "v0.1.0", "bundle/bundle.json": "v0.2.0"}, id="released and bundled"),
        pytest.param({"release.json": "v0.1.0"}, id="released elsewhere"),
    ],
)
def test_a_version_is_one_of_the_runs_that_are_here(shell: str, left: dict[str, str], tmp_path: Path) -> None:
    for path, version in left.items():
        text = as_json({"inner": {"version": "v9.9.9"}, "version": version})
        write_text(tmp_path / "runs" / "blog" / path, text)
    places = [f"{shlex.join(['python', '-m', 'train', *words])} " for words in VERSIONED]
    assert OFFER[shell](places, tmp_path) == [list(left.values())] * len(places)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_every_verb_too(shell: str) -> None:
    written = script(shell)
    assert all(re.search(rf"\b{verb.name}\b", written) for verb in registry.listed())
