"""The README's way from a Jekyll folder to a released version, typed as it stands there."""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import garden, toy
from tests.hub_fixtures import Client, running_client
from tests.pages import README
from train.rehearse.hub.process import LocalHub, running_hub
from train.run import ROOT

pytestmark = pytest.mark.slow
HEADING = "Write your own"
ANSWERS = ("posts", "../my-blog", "cpu", "ana")
BASE = "openai-community/gpt2"  # what `new` chooses where there is no GPU; here a toy of that name
ADAPTER = "ana/gpt2-mine"
SHUT = "The gate is closed"
GATED = "bundle mine"


@dataclass(frozen=True)
class Typed:
    """A command line, how it ended, and what it said."""

    line: str
    code: int
    said: str


@dataclass(frozen=True)
class Walked:
    client: Client
    steps: tuple[Typed, ...]

    def said(self, words: str) -> str:
        return next(step.said for step in self.steps if step.line == f"python -m train {words}")


def by_hand() -> list[str]:
    """The lines of its first block that go to the program, and the one for a gate that is shut."""
    first, for_a_shut_gate = README.blocks("sh", HEADING)
    lines = [re.split(r"\s+# ", line)[0] for line in f"{first}{for_a_shut_gate}".splitlines()]
    typed = [line for line in lines if line.startswith("python -m train ")]
    return [*typed[:-2], typed[-1], typed[-2]]  # the release comes behind the bundle that was let through


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    owner = BASE.partition("/")[0]
    data = tmp_path_factory.mktemp("hub")
    with running_hub(data, account="ana", token="hf_ana", arguments=("--org", f"{owner}=ana:admin")) as hub:
        yield hub


@pytest.fixture(scope="module")
def walked(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    folder = tmp_path_factory.mktemp("walk")
    garden.write(folder / "my-blog")
    with running_client(hub, folder / "home", OMP_NUM_THREADS="1") as client:
        client.run(publish_base, folder / "base")
        client.run(begin, folder)
        yield Walked(client, tuple(followed(client)))


def publish_base(folder: Path) -> None:
    from huggingface_hub import HfApi

    toy.base(folder)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n")
    HfApi().create_repo(BASE)
    HfApi().upload_folder(folder_path=folder, repo_id=BASE)


def begin(folder: Path) -> None:
    """Work in a checkout beside the blog, with recipes of one's own."""
    from train import recipe as recipes

    recipes.FOLDER = folder / "recipes"
    (folder / "checkout").mkdir()
    os.chdir(folder / "checkout")


def followed(client: Client) -> Iterator[Typed]:
    """What each line does, up to the first that does not do what is said of it."""
    for line in by_hand():
        step = client.run(typed, line)
        yield step
        if step.code and SHUT not in step.said:
            return


def typed(line: str) -> Typed:
    """The line as its reader types it, with the four answers on the keyboard."""
    from train.__main__ import main

    said = io.StringIO()
    sys.stdin = io.StringIO("".join(f"{answer}\n" for answer in ANSWERS))
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(shlex.split(line)[3:])
    return Typed(line, code, said.getvalue())


def test_every_command_does_what_is_said_of_it(walked: Walked) -> None:
    for step in walked.steps:
        shut = step.line.startswith(f"python -m train {GATED}") and "--publish-anyway" not in step.line
        assert step.code == int(shut), f"{step.line}\n{step.said}"
    assert [step.line for step in walked.steps] == by_hand()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param("new mine", "found: 40 texts (jekyll)", id="the folder was recognised"),
        pytest.param("prepare mine", "40 rows from 40 documents", id="every post is a row"),
        pytest.param("tune mine --plan", "memory", id="the plan says what it takes"),
        pytest.param("tune mine", "LoRA weights", id="an adapter was trained"),
        pytest.param("evaluate mine", "The gate is shut", id="a toy is no writer, and that is said"),
        pytest.param("bundle mine --version v0.1.0", SHUT, id="a shut gate stops the bundle"),
        pytest.param("release mine", "v0.1.0: ana/mine-texts@", id="the version is on the Hub"),
        pytest.param(
            "release mine", "though its gate is shut: a first try, for myself", id="with the reason"
        ),
    ],
)
def test_every_step_says_what_came_out(walked: Walked, words: str, said: str) -> None:
    assert said in walked.said(words)


def test_the_version_is_loaded_by_its_tag_with_the_lines_of_the_readme(walked: Walked) -> None:
    (lines,) = README.blocks("python")
    ours = re.sub(r'"OWNER/[^"]+"', f'"{ADAPTER}"', lines)
    assert walked.client.run(loaded, ours) == (BASE, 1)


def loaded(lines: str) -> tuple[str, int]:
    """The base of the adapter that these lines load, and how many adapters are on it."""
    names: dict[str, object] = {}
    exec(lines, names)
    config = names["model"].peft_config  # type: ignore[attr-defined]
    return config["default"].base_model_name_or_path, len(config)


def test_the_card_gives_the_reason_for_a_shut_gate(walked: Walked) -> None:
    assert "a first try, for myself" in walked.client.run(card)


def card() -> str:
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(ADAPTER, "README.md", revision="v0.1.0")).read_text(encoding="utf-8")


def test_its_lines_for_make_are_the_same_program() -> None:
    for line in (line for line in README.commands(HEADING) if line.startswith("make ")):
        dry = [*shlex.split(line), "--dry-run", "--old-file=.venv/ready"]
        said = subprocess.run(dry, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert re.search(r"-m train rehearse mine\b", said), said
