import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import stopped, toy
from train.errors import ImprintError, StageError
from train.run import Run, digests
from train.sections import Option
from train.tune.checkpoints import Shelf
from train.tune.tune import tune

EDIT = "edit the recipe's tune section (blog)"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    toy.base(folder)
    return folder


@pytest.fixture(autouse=True)
def offline_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in stopped.OFFLINE.items():
        monkeypatch.setattr(f"train.tune.trainer.{name}", answer)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    stopped.leave_dataset(Run(tmp_path))
    return Run(tmp_path)


@pytest.fixture
def small_files() -> Iterator[Any]:
    """What limits the files of this process, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def failure(base: Path, run: Run, **options: Option) -> ImprintError:
    with pytest.raises(ImprintError) as raised:
        tune(stopped.recipe(base, eval_strategy="no", **options), run)
    assert not run.adapter.exists()
    return raised.value


@pytest.mark.parametrize(
    ("batch", "length", "smaller"),
    [
        pytest.param(8, 512, "--per_device_train_batch_size 1 --gradient_accumulation_steps 16", id="rows"),
        pytest.param(1, 512, "--max_length 256", id="tokens"),
    ],
)
def test_too_little_memory_names_a_smaller_batch_and_then_a_shorter_text(
    batch: int, length: int, smaller: str, base: Path, run: Run
) -> None:
    huge: dict[str, Option] = {"pad_to_multiple_of": 2_000_000}  # no machine holds a mask of such a width
    told = failure(base, run, per_device_train_batch_size=batch, max_length=length, **huge)
    assert str(told) == f"The memory is too small for {batch} x {length} tokens at once."
    assert told.fix == f"python -m train tune blog {smaller}"


def test_a_loss_that_is_no_number_ends_the_training_and_names_half_the_rate(base: Path, run: Run) -> None:
    told = failure(base, run, learning_rate=1e20, max_grad_norm=0.0, warmup_steps=0, save_strategy="no")
    assert "The loss is nan at step" in str(told)
    assert told.fix == "python -m train tune blog --learning_rate 5e+19"


def test_weights_that_are_no_numbers_are_not_saved(base: Path, run: Run) -> None:
    told = failure(
        base, run, learning_rate=1e39, max_grad_norm=0.0, warmup_steps=0, max_steps=1, save_strategy="no"
    )
    assert str(told) == "The weights are no numbers after step 1."


@pytest.mark.parametrize(
    "strategy", [pytest.param("steps", id="a checkpoint"), pytest.param("no", id="the adapter")]
)
def test_a_full_disk_is_said_in_a_line_and_with_room_the_same_command_ends_well(
    strategy: str, base: Path, run: Run, small_files: Any
) -> None:
    small_files(20_000)
    told = failure(base, run, save_strategy=strategy)
    assert (str(told), told.fix) == (
        f"There is no room for what was trained in {run.folder}.",
        f"df -h {run.folder}",
    )
    small_files(resource.RLIM_INFINITY)
    tune(stopped.recipe(base, eval_strategy="no", save_strategy=strategy), run)
    assert "adapter_model.safetensors" in digests(run.adapter)


def test_what_was_trained_before_a_mishap_is_gone_on_from(base: Path, run: Run, small_files: Any) -> None:
    from train.tune.keeper import Keeper

    def fill(self: Any, args: Any, state: Any, control: Any, **others: Any) -> None:
        if state.global_step == 3:
            small_files(20_000)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Keeper, "on_step_begin", fill)
        assert str(failure(base, run)).endswith(" The same command goes on from step 2.")


@pytest.mark.parametrize(
    ("name", "value", "said", "fix"),
    [
        (
            "report_to",
            "trackio",
            "tune: report_to needs trackio, which is not installed.",
            "pip install trackio",
        ),
        ("report_to", "nobody", "tune: nobody is not supported, only azure_ml, ", EDIT),
        ("load_best_model_at_end", True, "tune: --load_best_model_at_end requires the save and eval", EDIT),
    ],
)
def test_an_option_that_cannot_be_followed_is_said_without_a_traceback(
    name: str, value: Option, said: str, fix: str, base: Path, run: Run
) -> None:
    told = failure(base, run, **{name: value})
    assert str(told).startswith(said)
    assert told.fix == fix


def test_validation_that_is_asked_for_needs_texts(base: Path, tmp_path: Path) -> None:
    stopped.leave_dataset(Run(tmp_path), validation=0)
    with pytest.raises(
        ImprintError, match="eval_strategy asks for validation texts, and the dataset has none"
    ):
        tune(stopped.recipe(base, eval_strategy="steps"), Run(tmp_path))


def test_a_lost_gpu_sends_its_owner_to_look_for_it(base: Path, tmp_path: Path) -> None:
    import torch

    from train.tune.mishaps import explained

    recipe = stopped.recipe(base)
    lost = torch.AcceleratorError("CUDA error: unspecified launch failure\nCUDA kernel errors might be")
    with pytest.raises(StageError) as raised, explained(recipe, Shelf(tmp_path, "key")):
        raise lost
    assert str(raised.value) == "The GPU stopped: CUDA error: unspecified launch failure"
    assert (raised.value.fix, raised.value.__cause__) == ("nvidia-smi", lost)


def test_a_mistake_of_ours_keeps_its_traceback(base: Path, tmp_path: Path) -> None:
    from train.tune.mishaps import explained

    with pytest.raises(RuntimeError, match="shapes"), explained(stopped.recipe(base), Shelf(tmp_path, "key")):
        raise RuntimeError("shapes do not match")
