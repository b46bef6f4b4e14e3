"""What is packed for a Job, and what never leaves this machine."""

import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests import judged, rented
from tests.rented import HELD_OUT, run_of
from train import recipe as recipes
from train.__main__ import main
from train.errors import StageError
from train.jobs.pack import LEARNED, check_may_leave, packed, rows
from train.prepare.write import REMOVED
from train.run import Run, as_json, write_text
from train.sections import Source


def test_nothing_private_leaves_the_machine(tmp_path: Path) -> None:
    recipe = rented.recipe("Private")
    private = replace(recipe, sources=(*recipe.sources, Source("jekyll", "../diary", private=True)))
    with pytest.raises(StageError, match=r"\.\./diary is a private source of blog: nothing private leaves"):
        check_may_leave(private)


def test_rows_that_were_private_when_they_were_prepared_do_not_leave_either(tmp_path: Path) -> None:
    path = rented.leave_run(tmp_path, "Private rows")
    report = run_of(path).dataset / "report.json"
    report.write_text(as_json(json.loads(report.read_text()) | {"private": 3}))
    with pytest.raises(StageError, match="holds 3 private rows: nothing private leaves this machine"):
        rows(recipes.load(str(path)), run_of(path), "tune", LEARNED)


def test_a_rehearsal_is_not_sent_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tune", "blog", "--samples", "--on", "hf-jobs", "--runs", str(tmp_path)]) == 1
    assert "The embedded Hub is on this machine alone" in capsys.readouterr().err


def test_a_pack_is_the_same_each_time_and_holds_no_text_that_is_held_out(tmp_path: Path) -> None:
    path = rented.leave_run(tmp_path, "Packed")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    recipe = recipes.load(str(path))
    one, two = (
        packed(path, rows(recipe, run_of(path), "tune", LEARNED), tmp_path / name) for name in ("one", "two")
    )
    assert one.name == two.name
    with tarfile.open(one) as pack:
        listed = pack.getnames()
    assert "train/tune/trainer.py" in listed
    assert [name for name in listed if name.startswith("runs/")] == [
        "runs/blog/dataset/data/train-00000-of-00001.parquet",
        "runs/blog/dataset/data/validation-00000-of-00001.parquet",
        "runs/blog/dataset/report.json",
    ]
    assert not [name for name in listed if "__pycache__" in name or name.startswith("train/recipes")]


def test_nothing_private_is_judged_elsewhere(tmp_path: Path) -> None:
    recipe = rented.recipe("Private")
    private = replace(recipe, sources=(*recipe.sources, Source("jekyll", "../diary", private=True)))
    with pytest.raises(StageError, match="is a private source of blog: nothing private leaves") as refused:
        check_may_leave(private, "evaluate")
    assert refused.value.fix == "python -m train evaluate blog"
    run = Run(tmp_path)
    judged.leave_dataset(run, HELD_OUT)
    report = run.dataset / "report.json"
    report.write_text(as_json(json.loads(report.read_text()) | {"private": 3}))
    with pytest.raises(StageError, match="holds 3 private rows: nothing private leaves this machine"):
        rows(recipe, run, "evaluate")


def test_fingerprints_of_personal_data_stay_on_this_machine(tmp_path: Path) -> None:
    run = Run(tmp_path)
    judged.leave_dataset(run, HELD_OUT)
    write_text(run.dataset / REMOVED, as_json({"e-mail address": ["0" * 64]}))
    assert [name.rpartition("/")[2] for name in rows(rented.recipe("Sent"), run, "evaluate")] == [
        "test-00000-of-00001.parquet",
        "report.json",
    ]
