"""The first-time set-up: it makes what it may, once, and says what is left for a person."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from train import recipe as recipes
from train.release.setup import github
from train.release.setup.cli import _origin as origin
from train.run import ROOT

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

BASE = "rehearsal/setup-base"


def told(*words: str) -> tuple[int, str]:
    """What the command prints, and its exit code."""
    from train.__main__ import main

    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = main(["setup", *words])
    return code, said.getvalue()


def make_base() -> None:
    from huggingface_hub import HfApi

    HfApi().create_repo(BASE, exist_ok=True)


def visibility(name: str) -> list[bool | None]:
    from huggingface_hub import HfApi

    kinds = (("posts", "dataset"), ("writer", "model"), ("demo", "space"))
    return [HfApi().repo_info(f"rehearsal/{name}-{part}", repo_type=kind).private for part, kind in kinds]


def mine(folder: Path, name: str, base: str = BASE) -> Path:
    """The blog recipe as somebody makes it their own."""
    text = recipes.path_of("blog").read_text()
    publish = recipes.load("blog").publish
    for repo, part in zip(publish.repositories, ("posts", "writer", "demo"), strict=True):
        text = text.replace(repo, f"rehearsal/{name}-{part}")
    path = folder / "mine.yaml"
    path.write_text(text.replace(recipes.load("blog").base, base))
    return path


def test_the_repositories_are_made_once_and_private(client: Client, tmp_path: Path) -> None:
    client.run(make_base)
    path = mine(tmp_path, "first")
    code, said = client.run(told, str(path), "--yes", "--github", "ana/notes")
    assert code == 0
    assert said.count("made now") == 3
    assert client.run(visibility, "first") == [True, True, True]
    code, again = client.run(told, str(path), "--github", "ana/notes")
    assert code == 0, "nothing is left to be asked"
    assert again == said.replace(", made now", "")


def test_what_the_space_needs_is_told_without_github_too(client: Client, tmp_path: Path) -> None:
    client.run(make_base)
    path = mine(tmp_path, "alone")
    _, said = client.run(told, str(path), "--yes")
    assert "as a secret HF_TOKEN on" in said
    path.write_text(path.read_text().replace("private: true", "private: false"))
    _, said = client.run(told, str(path))
    assert "HF_TOKEN" not in said, "what everybody may read needs no token"


def test_what_is_left_names_every_page_and_the_environment(client: Client, tmp_path: Path) -> None:
    client.run(make_base)
    _, said = client.run(told, str(mine(tmp_path, "left")), "--yes", "--github", "ana/notes")
    for page in ("datasets/rehearsal/left-posts", "rehearsal/left-writer", "spaces/rehearsal/left-demo"):
        assert f"/{page}/settings\n" in said
    assert "environment  hugging-face" in said
    assert "as a secret HF_TOKEN on" in said, "a private Space reads a private adapter"
    assert "repos/ana/notes/rulesets" in said
    assert said.endswith("git tag v0.1.0 && git push origin v0.1.0\n")


def test_every_secret_and_variable_that_the_workflows_read_is_told_of(client: Client, tmp_path: Path) -> None:
    client.run(make_base)
    workflows = "".join(each.read_text() for each in (ROOT / ".github" / "workflows").glob("*.yml"))
    read = set(re.findall(r"(?:secrets|vars)\.(\w+)", workflows)) - {"HF_TOKEN"}
    tasks = [*(each("ana/notes") for each in (github.trainer, github.news, github.signing))]
    tasks.append(github.reading("ana/notes", "The base"))
    lines = "\n".join(line for task in tasks for line in task.lines)
    assert set(re.findall(r"(?:secret|variable) set (\w+) --repo ana/notes", lines)) == read
    _, said = client.run(told, str(mine(tmp_path, "told")), "--yes", "--github", "ana/notes")
    assert "gh variable set TRAINER --repo ana/notes --body self-hosted" in said
    assert "MEDIASTACK_KEY" not in said, "the blog asks no news service"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param((), "nobody is here to say yes", id="nobody to ask"),
        pytest.param(("--yes",), "cannot read the base rehearsal/setup-none", id="no base"),
    ],
)
def test_what_stops_it_is_said_with_the_next_step(
    client: Client, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    path = mine(tmp_path, f"stopped-{len(words)}", "rehearsal/setup-none")
    code, heard = client.run(told, str(path), *words)
    assert code == 1
    assert said in heard
    assert "Next:" in heard


def test_a_recipe_of_nobody_is_refused_before_anything_is_asked(client: Client) -> None:
    code, said = client.run(told, "blog", "--yes")
    assert code == 1
    assert "still says OWNER" in said


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        pytest.param("https://github.com/ana/imprint.git\n", "ana/imprint", id="https"),
        pytest.param("git@github.com:ana/imprint.git", "ana/imprint", id="ssh"),
        pytest.param("https://ana:pass@github.com/ana/imprint.git", "ana/imprint", id="with a password"),
        pytest.param("ssh://git@github.com/ana/im.print", "ana/im.print", id="ssh as an address"),
        pytest.param("https://gitlab.com/ana/imprint.git", "", id="elsewhere"),
        pytest.param("", "", id="nowhere"),
    ],
)
def test_the_repository_on_github_is_told_from_where_it_is_pushed(remote: str, name: str) -> None:
    assert github.repository(remote) == name


def test_nobody_may_move_or_delete_a_release_tag_and_administrators_make_them() -> None:
    task = "\n".join(github.rule("ana/notes").lines)
    rulesets = [json.loads(each) for each in re.findall(r"<<'JSON'\n(.*?)\n  JSON", task, re.DOTALL)]
    may_pass = {rule["type"]: each["bypass_actors"] for each in rulesets for rule in each["rules"]}
    assert len(may_pass["creation"]) == 1
    assert (may_pass["update"], may_pass["deletion"]) == ([], [])


def test_a_machine_without_git_has_no_repository_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert github.repository(origin()) == ""
