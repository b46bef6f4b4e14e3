import signal
from pathlib import Path

import pytest

from tests import stopped
from tests.stopped import Moment, exit_code, started, typed
from train.rehearse.scale import as_yaml
from train.run import Run, digests, read_result
from train.sections import Option
from train.tune.checkpoints import MARK, Shelf
from train.tune.report import TrainingReport

STEPS = [2, 4, 6, 7]  # a checkpoint at each


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    stopped.make_base(folder)
    return folder


def trained(run: Run, base: Path, **options: Option) -> dict[str, str]:
    stopped.leave_dataset(run)
    assert exit_code(started(stopped.recipe(base, **options), run)) == 0
    return digests(run.adapter)


def whole(run: Run) -> list[int]:
    """The steps with a checkpoint that has its mark."""
    return sorted(int(mark.parent.name[11:]) for mark in run.folder.glob(f"checkpoints/*/*/{MARK}"))


@pytest.mark.slow
def test_a_training_killed_again_and_again_ends_with_the_bytes_of_an_undisturbed_one(
    base: Path, tmp_path: Path
) -> None:
    undisturbed = trained(Run(tmp_path / "undisturbed"), base)
    run, recipe = Run(tmp_path / "killed"), stopped.recipe(base)
    stopped.leave_dataset(run)
    for moment, kept in [
        (Moment("open", "checkpoint-2/trainer_state.json"), []),  # before anything is whole
        (Moment("half saved", "checkpoint-4/optimizer.pt"), [2]),
        (Moment("os.rename", f"checkpoint-4/{MARK}"), [2]),  # all is there but the mark
        (Moment("os.remove", "optimizer.pt"), [2]),  # while what is half written is removed
        (Moment("shutil.rmtree", "checkpoint-2"), [2, 4, 6]),  # before the first is removed
        (Moment("open", "making/chat_template.jinja"), [6, 7]),  # the adapter is half written
    ]:
        assert exit_code(started(recipe, run, moment)) == -signal.SIGKILL
        assert whole(run) == kept
        assert not run.adapter.exists()
    assert exit_code(started(recipe, run)) == 0
    assert digests(run.adapter) == undisturbed
    assert not (run.folder / "checkpoints").exists()


@pytest.mark.slow
def test_a_checkpoint_belongs_to_its_recipe_alone(base: Path, tmp_path: Path) -> None:
    run = Run(tmp_path)
    stopped.leave_dataset(run)
    moment = Moment("half saved", "checkpoint-4/optimizer.pt")
    for rate in (1e-3, 1e-4):
        assert exit_code(started(stopped.recipe(base, learning_rate=rate), run, moment)) == -signal.SIGKILL
        assert (whole(run), len(list(run.folder.glob("checkpoints/*")))) == ([2], 1)


@pytest.mark.slow
def test_a_training_that_is_gone_on_with_ends_as_early_and_keeps_the_same_best_weights(
    base: Path, tmp_path: Path
) -> None:
    run, calm = Run(tmp_path / "run"), Run(tmp_path / "undisturbed")
    wild: dict[str, Option] = {"learning_rate": 0.5, "max_grad_norm": 0.0, "packing": True}
    wild |= {"lr_scheduler_type": "constant", "save_steps": 1, "max_steps": 30}
    undisturbed = trained(calm, base, **wild)
    report = read_result(TrainingReport, calm.adapter / "training.json", "")
    assert report.best_step == report.steps - 3
    stopped.leave_dataset(run)
    moment = Moment("half saved", f"checkpoint-{report.steps - 1}/optimizer.pt")
    assert exit_code(started(stopped.recipe(base, **wild), run, moment)) == -signal.SIGKILL
    assert whole(run) == [report.best_step, report.best_step + 1]
    assert exit_code(started(stopped.recipe(base, **wild), run)) == 0
    assert digests(run.adapter) == undisturbed


@pytest.mark.slow
def test_a_stop_leaves_a_checkpoint_says_so_in_a_line_and_the_same_command_goes_on(
    base: Path, tmp_path: Path
) -> None:
    run, said = Run(tmp_path / "blog"), tmp_path / "said.txt"
    stopped.leave_dataset(run)
    file = tmp_path / "mine.yaml"
    file.write_text(as_yaml(stopped.recipe(base)), encoding="utf-8")
    command = ["tune", str(file), "--runs", str(tmp_path)]
    for moment in (Moment("step", "2", signal.SIGTERM), Moment("step", "3", signal.SIGINT)):
        assert exit_code(typed(command, said, moment)) == 130
        assert whole(run) == [2, 3]
        told = said.read_text(encoding="utf-8")
        assert "the same command goes on from there" in told
        assert "Traceback" not in told
    assert exit_code(typed(command, said)) == 0
    assert "going on from step 3 of 7" in said.read_text(encoding="utf-8")
    report = read_result(TrainingReport, run.adapter / "training.json", "")
    assert [each.step for each in report.loss] == [3, 6]
    assert [each.step for each in report.validation] == STEPS


def test_a_copy_that_a_person_made_of_a_checkpoint_is_left_alone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "k" * 64)
    for name in ("checkpoint-5", "checkpoint-20 copy"):
        (shelf.folder / name).mkdir(parents=True)
    assert shelf.clear() is None
    assert [each.name for each in shelf.folder.iterdir()] == ["checkpoint-20 copy"]
