"""Nothing is trained twice: what changes an adapter, and where one that is finished is found again."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from tests import rented
from tests.stopped import leave_dataset
from train import recipe as recipes
from train.recipe import Recipe
from train.run import Run, digests
from train.sections import Decoding, Gate
from train.tune import key
from train.tune.key import ASIDE, CODE, ingredients

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

ADAPTER = rented.recipe("").publish.adapter


def adapter_of(path: Path) -> Path:
    return path.parent / "runs" / "blog" / "adapter"


def plan(recipe: Recipe, **options: int) -> Recipe:
    return replace(recipe, tune=recipe.tune | options)


@pytest.mark.parametrize(
    ("change", "trains_anew"),
    [
        (lambda recipe: plan(recipe, max_steps=5), True),
        (lambda recipe: replace(recipe, decoding=Decoding(temperature=0.1)), True),
        (lambda recipe: replace(recipe, title="Another"), True),
        (lambda recipe: replace(recipe, prompt=replace(recipe.prompt, system="Write.")), True),
        (lambda recipe: replace(recipe, gate=Gate(structure=None)), False),
        (lambda recipe: replace(recipe, notes=("It knows one street.",)), False),
        (lambda recipe: replace(recipe, publish=replace(recipe.publish, private=False)), False),
        (lambda recipe: replace(recipe, sources=()), False),
    ],
    ids=["steps", "decoding", "title", "prompt", "gate", "notes", "publish", "sources that gave these rows"],
)
def test_what_changes_the_adapter_changes_its_key(
    change: Callable[[Recipe], Recipe], trains_anew: bool, tmp_path: Path
) -> None:
    leave_dataset(Run(tmp_path))
    recipe = rented.recipe("One")
    before, after = (ingredients(each, Run(tmp_path)).key for each in (recipe, change(recipe)))
    assert (before != after) == trains_anew


def test_other_rows_are_another_training(tmp_path: Path) -> None:
    for name, rows in (("one", 8), ("two", 9)):
        leave_dataset(Run(tmp_path / name), train=rows)
    one, two = (ingredients(rented.recipe("One"), Run(tmp_path / name)).key for name in ("one", "two"))
    assert one != two


@pytest.mark.parametrize(
    ("there", "is_same"),
    [
        pytest.param("2.13.0+cu130", True, id="the same release, built for another machine"),
        pytest.param("2.14.0", False, id="another release"),
    ],
)
def test_a_package_counts_by_its_release(
    there: str, is_same: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_dataset(Run(tmp_path))
    keys = []
    for found in ("2.13.0+cpu", there):
        monkeypatch.setattr(key, "version", lambda package, found=found: found)
        keys.append(ingredients(rented.recipe("One"), Run(tmp_path)).key)
    assert (keys[0] == keys[1]) == is_same


def test_the_code_that_does_not_count_is_code_that_training_does_not_run() -> None:
    reached, waiting = set[str](), ["trainer.py"]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting += [each for each in imported(CODE / name) if each not in reached]
    assert {"model.py", "held.py", "gguf/adapter.py", "saving.py"} <= reached
    assert not [name for name in reached if name.startswith("jobs/")]
    assert reached & ASIDE == {"plan.py"}, "what is said of a plan is no part of what is trained"
    assert all((CODE / name).is_file() for name in ASIDE)


def imported(path: Path) -> set[str]:
    """The modules of `train.tune` that a module imports, anywhere in it."""
    names = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("train.tune"):
            names |= {str(node.module), *(f"{node.module}.{each.name}" for each in node.names)}
    paths = {name.removeprefix("train.tune.").replace(".", "/") + ".py" for name in names}
    return {each for each in paths if (CODE / each).is_file()}


@pytest.fixture(scope="module")
def trained(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe with its finished run, over a base that is on the Hub."""
    folder = tmp_path_factory.mktemp("trained")
    client.run(rented.push_base, folder / "base")
    path = rented.leave_run(folder, "Found again")
    assert client.run(rented.tune, path)[0] == 0
    return path


def push(folder: Path, tags: tuple[str, ...], branch: str = "main", spoilt: str = "") -> None:
    """Put an adapter onto the Hub, one commit for each tag; one of its files may be another."""
    api = HfApi()
    api.create_repo(ADAPTER, exist_ok=True)
    if branch != "main":
        api.create_branch(ADAPTER, branch=branch, exist_ok=True)
    held = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*")}
    held |= {spoilt: held[spoilt][:-1] + bytes([held[spoilt][-1] ^ 1])} if spoilt else {}
    for tag in tags or ("",):
        files = [CommitOperationAdd(name, data) for name, data in held.items()]
        card = CommitOperationAdd("README.md", f"# {tag}\n".encode())
        made = api.create_commit(ADAPTER, [*files, card], commit_message="One", revision=branch)
        if tag:
            api.create_tag(ADAPTER, tag=tag, revision=made.oid)


def forget() -> None:
    HfApi().delete_repo(ADAPTER, missing_ok=True)


def fresh(trained: Path, folder: Path) -> Path:
    """The same recipe and rows in a checkout that has no adapter."""
    shutil.copy(trained, folder / "recipe.yaml")
    shutil.copytree(
        trained.parent / "runs" / "blog" / "dataset", folder / "runs" / "blog" / "dataset", dirs_exist_ok=True
    )
    return folder / "recipe.yaml"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tags", "branch", "place"),
    [
        pytest.param(("v1.0.0", "v1.1.0"), "main", "v1.1.0", id="a published version, the newest first"),
        pytest.param((), "release/v1.2.0", "release/v1.2.0", id="a version that is staged"),
    ],
)
def test_a_fresh_checkout_finds_the_adapter_on_the_hub(
    tags: tuple[str, ...], branch: str, place: str, trained: Path, client: Client, tmp_path: Path
) -> None:
    client.run(forget)
    client.run(push, adapter_of(trained), tags, branch)
    path = fresh(trained, tmp_path)
    assert client.run(rented.tune, path) == (0, f"found at {place} of {ADAPTER}, nothing to train\n")
    assert digests(adapter_of(path)) == digests(adapter_of(trained))


@pytest.mark.slow
def test_an_adapter_with_a_changed_byte_is_trained_anew(
    trained: Path, client: Client, tmp_path: Path
) -> None:
    client.run(forget)
    client.run(push, adapter_of(trained), ("v1.0.0",), spoilt="adapter_model.safetensors")
    path = fresh(trained, tmp_path)
    code, said = client.run(rented.tune, path)
    assert code == 0
    assert "no adapter is taken from the Hub: The adapter is not what its training.json says." in said
    assert digests(adapter_of(path)) == digests(adapter_of(trained))


def look(path: Path, token: str, offline: str) -> str:
    """What is said when an adapter is looked for."""
    from contextlib import redirect_stderr
    from io import StringIO
    from unittest import mock

    from train.tune import reuse

    said = StringIO()
    with (
        mock.patch("train.tune.reuse.is_offline_mode", return_value=bool(offline)),
        mock.patch("train.client.get_token", return_value=token or None),
        redirect_stderr(said),
    ):
        reuse.reuse(recipes.load(str(path)), Run(path.parent / "runs" / "blog"))
    return said.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("token", "offline", "owner", "reason"),
    [
        pytest.param("", "", "rehearsal", "There is no Hugging Face token on this machine.", id="no token"),
        pytest.param("hf_x", "1", "rehearsal", "HF_HUB_OFFLINE is set.", id="offline"),
        pytest.param("hf_x", "", "OWNER", "the recipe publishes to OWNER/notebook-writer.", id="no account"),
        pytest.param("hf_x", "", "rehearsal", "", id="no repository yet"),
    ],
)
def test_where_the_hub_cannot_be_asked_one_line_says_why(
    token: str, offline: str, owner: str, reason: str, trained: Path, client: Client, tmp_path: Path
) -> None:
    client.run(forget)
    path = fresh(trained, tmp_path)
    path.write_text(path.read_text().replace("rehearsal/notebook-writer", f"{owner}/notebook-writer"))
    line = f"note: no adapter is taken from the Hub: {reason}\n" if reason else ""
    assert client.run(look, path, token, offline) == line
