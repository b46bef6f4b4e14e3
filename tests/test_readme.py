"""The README keeps its word: its commands are the program's, its tree is the tree."""

import re
import shlex
from pathlib import Path

import pytest

from train import __main__ as program
from train import recipe as recipes

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PARSER = program._parser()
MINE = re.compile(r"\bmine\b")  # a recipe that its reader is yet to write


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Each command line of the README, continued lines joined."""
    lines = [line for block in blocks("sh") for line in block.replace("\\\n", " ").splitlines()]
    said = [*lines, *re.findall(r"`(python -m train [^`]+)`", README.replace("\n", " "))]
    return [re.split(r"\s+# ", line)[0].strip() for line in said if line.strip()]


def of_train() -> list[str]:
    """What stands behind `python -m train`, also behind `accelerate launch -m train`."""
    return sorted({line.split("-m train ", 1)[1] for line in commands() if "-m train " in line})


@pytest.mark.parametrize("line", of_train())
def test_every_command_is_one_of_the_program(line: str) -> None:
    words = shlex.split(line.split(" && ")[0])
    if not (words[1:] or words[0] in ("hub",)):
        words.append("blog")  # a verb that is only named
    asked, rest = PARSER.parse_known_args(words)
    assert asked.verb == words[0]
    assert not rest or asked.verb == "tune", f"{rest} are no options of {asked.verb}"
    named = getattr(asked, "recipe", "blog")
    assert named in recipes.names() or MINE.search(named) or "/" in named or named.isupper(), named


def test_every_make_target_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)", README))
    assert named <= targets
    assert {"rehearse", "test"} <= named


def test_the_tree_names_what_is_there_and_every_folder() -> None:
    (tree,) = (block for block in blocks("text") if "constraints.txt" in block)
    tops = {line.split()[0].rstrip("/") for line in tree.splitlines() if not line.startswith(" ")}
    here = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and (any(path.glob("*.py")) or path.name == ".github")
    }
    assert here <= tops, "every folder with code stands in the tree"
    lines = [line for line in tree.splitlines() if line.startswith("  ") and not line.startswith("    ")]
    for name in (line.split()[0] for line in lines):
        assert (ROOT / "train" / name).exists(), name
    folders = {
        path.name for path in (ROOT / "train").iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    assert all(f"{name}/" in tree for name in folders), "every stage's folder stands in the tree"


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:|#)([^)#]+)", README))))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_every_verb_of_the_program_that_people_use_is_shown() -> None:
    for_workflows = {"fetch", "plan", "summary", "seed"}
    verbs = next(set(each.choices) for each in PARSER._actions if each.dest == "verb" and each.choices)
    shown = {line.split()[0] for line in of_train()} | set(re.findall(r"\| `(\w+)` \|", README))
    assert verbs - for_workflows - shown - {"rehearse", "space"} == set()  # these two are `make`'s
