import argparse
import shlex
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from train import recipe as recipes
from train import stages
from train.__main__ import main
from train.advice import AGAIN, advice
from train.errors import ImprintError, RecipeError, StageError
from train.recipe import shown
from train.rehearse.scale import as_yaml
from train.run import write_text
from train.sections import Source
from train.tune.held import pinned

REHEARSAL = "make rehearse RECIPE=blog"
SAMPLES = "python -m train {verb} blog --samples"


@pytest.mark.parametrize(
    ("fix", "again", "told"),
    [
        pytest.param(
            "python -m train tune mine", None, "python -m train tune my/mine.yaml", id="a path stays one"
        ),
        pytest.param("df -h runs", None, "df -h runs", id="other commands are left alone"),
        pytest.param(
            "python -m train fetch --help", None, "python -m train fetch --help", id="help is no recipe"
        ),
        pytest.param("df -h runs", REHEARSAL, "df -h runs", id="other commands in a rehearsal too"),
        pytest.param("python -m train tune mine", REHEARSAL, REHEARSAL, id="a rehearsal is simply run again"),
        pytest.param(
            "python -m train bundle mine --version v0.2.0",
            REHEARSAL,
            "make rehearse RECIPE=blog VERSION=v0.2.0",
            id="a version is passed on to make",
        ),
        pytest.param(
            "python -m train bundle mine --version v0.2.0",
            SAMPLES,
            "python -m train bundle blog --samples --version v0.2.0",
            id="a version is passed on to a stage on the samples",
        ),
        pytest.param(
            "python -m train tune mine --max_length 256",
            None,
            "python -m train tune my/mine.yaml --max_length 256",
            id="an option is added to a path",
        ),
        pytest.param(
            "python -m train prepare mine --explain 'my notes/a b.md'",
            None,
            "python -m train prepare my/mine.yaml --explain 'my notes/a b.md'",
            id="a name with spaces stays one word",
        ),
        pytest.param(
            """python -m train prepare mine --explain 'ana'"'"'s notes/b.md'""",
            SAMPLES,
            """python -m train prepare blog --samples --explain 'ana'"'"'s notes/b.md'""",
            id="a quote in a name stays one too",
        ),
        pytest.param(
            "python -m train tune mine --max_length 256",
            SAMPLES,
            "python -m train tune blog --samples --max_length 256",
            id="an option is added on the samples",
        ),
        pytest.param(
            "python -m train tune mine --max_length 256",
            REHEARSAL,
            "python -m train tune blog --samples --max_length 256",
            id="a rehearsal takes no option, its stage does",
        ),
        pytest.param(
            "accelerate launch --num_processes 2 -m train tune mine",
            None,
            "accelerate launch --num_processes 2 -m train tune my/mine.yaml",
            id="several processes are started as before",
        ),
        pytest.param("python -m train tune blog --samples", None, "python -m train tune blog --samples"),
    ],
)
def test_advice_names_what_the_user_has_to_type(fix: str, again: str | None, told: str) -> None:
    assert advice(fix, "my/mine.yaml", again) == told


def test_a_path_with_spaces_is_one_word_of_the_command() -> None:
    told = advice("python -m train tune mine", "my texts/mine.yaml", None, ["--runs", "my runs"])
    assert shlex.split(told) == ["python", "-m", "train", "tune", "my texts/mine.yaml", "--runs", "my runs"]


def test_advice_of_a_verb_that_takes_no_recipe_keeps_what_it_takes() -> None:
    fix = "python -m train doctor ana/writer --revision v0.1.0"
    assert advice(fix, "", None) == fix


def test_advice_keeps_what_was_typed_but_for_what_it_changes() -> None:
    typed = ["--runs", "my runs", "--max_length=512", "--seed", "7"]
    fix = "python -m train tune mine --max_length 256"
    assert (
        advice(fix, "mine", None, typed)
        == "python -m train tune mine --runs 'my runs' --max_length 256 --seed 7"
    )


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        pytest.param(StageError, "tune blog --seed 7 --max_length 64", id="a mishap keeps the options"),
        pytest.param(RecipeError, "tune blog --max_length 64", id="wrong options are not advised again"),
    ],
)
def test_the_next_command_has_the_options_that_were_right(
    kind: type[ImprintError],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(asked: object) -> int:
        raise kind("It is too long.", fix="python -m train tune blog --max_length 64")

    monkeypatch.delenv(AGAIN, raising=False)
    monkeypatch.setattr(stages, "run_stage", fail)
    assert main(["tune", "blog", "--seed", "7"]) == 1
    assert capsys.readouterr().err == f"Error: It is too long.\nNext:  python -m train {told}\n"


@pytest.mark.parametrize(
    ("again", "told"),
    [
        pytest.param(None, "python -m train tune blog --plan --runs '{runs}'", id="as it was typed"),
        pytest.param(SAMPLES, "python -m train tune blog --samples", id="on the samples"),
        pytest.param(REHEARSAL, REHEARSAL, id="in a rehearsal"),
    ],
)
def test_what_may_go_better_next_time_is_typed_again_whatever_it_was(
    again: str | None,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def no_route(*given: object, **named: object) -> None:
        raise httpx2.ConnectError("no route to the Hub")

    def look(asked: argparse.Namespace) -> None:
        pinned(recipes.load(asked.recipe))

    monkeypatch.delenv(AGAIN, raising=False)
    if again:
        monkeypatch.setenv(AGAIN, again)
    monkeypatch.setattr("huggingface_hub.HfApi.model_info", no_route)
    monkeypatch.setattr(stages, "run_stage", look)
    assert main(["tune", "blog", "--plan", "--runs", f"{tmp_path} x"]) == 1
    said, following = capsys.readouterr().err.splitlines()
    assert said.endswith("cannot be reached: no route to the Hub")
    assert following == f"Next:  {told.format(runs=f'{tmp_path} x')}"


def test_a_recipe_that_is_to_be_edited_is_named_by_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(AGAIN, raising=False)
    path = tmp_path / "mine.yaml"
    sources = (Source(kind="folder", path=str(tmp_path / "nowhere"), license="mit"),)
    write_text(path, as_yaml(replace(recipes.load("blog"), sources=sources)))
    assert main(["prepare", str(path), "--runs", str(tmp_path / "runs")]) == 1
    assert capsys.readouterr().err.endswith(f"Next:  edit sources in {path}\n")
    assert shown("blog") == "train/recipes/blog.yaml"
