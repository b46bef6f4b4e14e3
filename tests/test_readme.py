"""The README and the pages behind it keep their word: commands, snippets, links, the tree."""

import re
import shlex
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import golden
from tests.pages import DOCS, PAGES, README, Page
from train import recipe as recipes
from train.recipe import Recipe
from train.run import ROOT
from train.sections import Clean, Decoding, Input, Keep, Pairs, Prompt, Publish, Scan, Source, Split
from train.verbs import registry
from train.verbs.answer import CODES
from train.verbs.parser import parser

PARSER = parser()
MINE = re.compile(r"\bmine\b")  # a recipe that its reader is yet to write
OTHERS_PROGRAMS = {"curl", "export", "gh", "git", "hf", "llama-server", "pip", "source", "vllm"}
MOST_LINES = 170
FOR_WORKFLOWS = {
    each.name for title, verbs in registry.GROUPS.items() if "workflow" in title for each in verbs
}
LINES = sorted({(page.path.name, line) for page in PAGES for line in (*page.commands(), *page.mentioned)})
SNIPPETS = [(page.path.name, each) for page in PAGES for each in page.blocks("yaml")]


def parts(line: str) -> list[str]:
    """The commands of a line, each without the variables that are set for it, or where its output goes."""
    return [re.sub(r"^(\w+=\S+ )+| > \S+$", "", each.strip()) for each in re.split(r" && | \| ", line)]


def of_train(lines: list[str]) -> set[str]:
    """What stands behind `python -m train`, also behind `accelerate launch -m train`."""
    return {line.split("-m train ", 1)[1] for line in lines if "-m train " in line}


@pytest.mark.parametrize(("page", "line"), LINES)
def test_every_command_can_be_typed_as_it_stands(page: str, line: str) -> None:
    for command in parts(line):
        if "-m train " in command:
            check_verb(command)
        elif command.startswith("make "):
            check_target(command)
        else:
            assert shlex.split(command)[0].startswith(".venv/bin/") or known(command), command


def known(command: str) -> bool:
    first, *more = shlex.split(command)
    return first in OTHERS_PROGRAMS or (
        first == "python" and more[0] == "-m" and (ROOT / module(more[1])).exists()
    )


def module(name: str) -> str:
    return f"{name.replace('.', '/')}.py"


def check_verb(command: str) -> None:
    before, words = command.split("-m train ", 1)[0], shlex.split(command.split("-m train ", 1)[1])
    if configuration := re.search(r"--config_file (\S+)", before):
        assert (ROOT / configuration[1]).exists(), configuration[1]
    if not words[1:] and words[0] not in ("hub", "completion"):
        words.append("blog")  # a verb that is only named
    if words[1:] == ["--help"]:
        return
    asked, rest = PARSER.parse_known_args(words)
    assert asked.verb == words[0]
    assert not rest or asked.verb == "tune", f"{rest} are no options of {asked.verb}"
    named = getattr(asked, "recipe", "blog")
    assert named in (*recipes.names(), "all") or MINE.search(named) or "/" in named or named.isupper(), named


def check_target(command: str) -> None:
    target, *settings = shlex.split(command)[1:]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^(\w+ )*{target}( \w+)*:", makefile, re.MULTILINE), target
    for name in (each.partition("=")[0] for each in settings):
        assert f"$({name})" in makefile, name


def test_every_verb_that_people_use_is_shown() -> None:
    verbs = {each.name for each in registry.listed()}
    lines = [line for page in PAGES for line in (*page.commands(), *page.mentioned)]
    shown = {words.split()[0] for words in of_train(lines)}
    assert verbs - FOR_WORKFLOWS - shown - {"rehearse", "space"} == set()  # these two are `make`'s


def test_the_page_of_commands_says_what_the_help_says() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for verb in registry.listed():
        assert f"| `{verb.name}` | {verb.told} |" in text
    for code, told in CODES.items():
        assert f"| {code} | {told} |" in text.replace("`", "")


def test_the_readme_is_read_in_one_go() -> None:
    by_hand = re.sub(r"(?s)<!-- measured: .*<!-- measured -->", "", README.text)  # the rest is generated
    assert by_hand.count("\n") <= MOST_LINES
    assert max(map(len, by_hand.splitlines())) <= 250


@pytest.mark.parametrize(("page", "link"), [(page, link) for page in PAGES for link in page.links])
def test_every_link_and_picture_leads_somewhere(page: Page, link: str) -> None:
    name, _, anchor = link.partition("#")
    there = Page((page.path.parent / name).resolve()) if name else page
    assert there.path.exists()
    assert not anchor or anchor in there.anchors


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.name)
def test_every_file_of_the_project_that_a_page_names_is_there(page: Page) -> None:
    named = re.findall(r"`((?:train|cards|space|tests|docs)/[\w./]+)`", page.prose)
    assert [each for each in named if not (ROOT / each).exists() and not MINE.search(each)] == []


def test_every_page_of_docs_and_every_picture_is_shown() -> None:
    shown = {(page.path.parent / link.partition("#")[0]).resolve() for page in PAGES for link in page.links}
    assert set((ROOT / "docs").iterdir()) <= shown
    assert {page.path.name for page in DOCS} <= {Path(link).name for link in README.links}


def test_pictures_are_light_enough_for_a_page() -> None:
    for path in (ROOT / "docs").glob("*.png"):
        assert path.stat().st_size < 200_000, path


@pytest.mark.parametrize(("page", "snippet"), SNIPPETS)
def test_a_snippet_of_a_recipe_is_read_as_one(page: str, snippet: str) -> None:
    whole = yaml.safe_load(recipes.path_of("blog").read_text(encoding="utf-8"))
    assert recipes.parse(yaml.safe_dump(whole | yaml.safe_load(snippet)), page).sources


@pytest.mark.parametrize(
    "part", [Recipe, Publish, Source, Prompt, Input, Clean, Scan, Keep, Pairs, Split, Decoding]
)
def test_every_key_of_a_recipe_is_explained(part: Any) -> None:
    text = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    assert {f"`{each.name}`" for each in fields(part) if f"`{each.name}`" not in text} == set()


def test_the_lines_that_load_a_version_are_those_of_every_card() -> None:
    """A rehearsal runs them from the card."""
    card = Page(Path(golden.__file__).parent / "blog" / "model.md").blocks("python")[0]
    (ours,) = README.blocks("python")
    assert re.sub(r'(?m)^repo, version = ".*$', "", ours) == re.sub(r'(?m)^repo, version = ".*$', "", card)
    assert 'repo, version = "OWNER/' in ours


def test_other_snippets_of_python_are_python() -> None:
    for page in DOCS:
        for snippet in page.blocks("python"):
            compile(snippet, page.path.name, "exec")


def test_the_tree_names_what_is_there_and_every_folder() -> None:
    (tree,) = README.blocks("text", "The tree")
    tops = {line.split()[0].rstrip("/") for line in tree.splitlines() if not line.startswith(" ")}
    here = {each.name for each in ROOT.iterdir() if each.is_dir() and any(each.glob("*.py"))}
    assert here | {".github", "docs"} <= tops, "every folder with code stands in the tree"
    assert all((ROOT / name).exists() for name in tops)
    inner = [line.split()[0].rstrip("/") for line in tree.splitlines() if line.startswith("  ")]
    assert all((ROOT / "train" / name).is_dir() for name in inner)
    folders = {each.name for each in (ROOT / "train").iterdir() if any(each.glob("*.py"))}
    assert all(f"{name}/" in tree for name in folders), "every stage's folder stands in the tree"
    for stage, line in zip(inner, (line for line in tree.splitlines() if line.startswith("  ")), strict=True):
        named = set(re.findall(r"([\w.]+(?:/|\.py))", line)) - {f"{stage}/"}
        assert all(
            any((ROOT / place / name).exists() for place in (f"train/{stage}", "train")) for name in named
        ), line
