from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import stopped, toy
from train.run import Run, digests
from train.sections import Option
from train.tune.judging import ENOUGH, LOOKED_AT, habits, looked_at
from train.tune.report import TrainingReport
from train.tune.tune import tune

WEIGHTS = "adapter_model.safetensors"
KEPT_ON = {"save_strategy": "steps", "save_steps": 0.1, "eval_strategy": "steps", "eval_steps": 0.1}


@pytest.mark.parametrize(
    ("said", "texts", "made"),
    [
        pytest.param({}, ENOUGH, KEPT_ON | {"load_best_model_at_end": True}, id="by default"),
        pytest.param({}, ENOUGH - 1, KEPT_ON | {"load_best_model_at_end": False}, id="on few texts"),
        pytest.param({}, 0, {"save_strategy": "steps", "save_steps": 0.1}, id="without texts"),
        pytest.param(
            {"save_steps": 50},
            ENOUGH,
            KEPT_ON | {"save_steps": 50, "eval_steps": 50, "load_best_model_at_end": True},
            id="how often it is saved",
        ),
        pytest.param(
            {"eval_strategy": "epoch"},
            ENOUGH,
            KEPT_ON | {"save_strategy": "epoch", "eval_strategy": "epoch", "load_best_model_at_end": True},
            id="once an epoch",
        ),
        pytest.param(
            {"save_steps": 100, "eval_steps": 50},
            ENOUGH,
            KEPT_ON | {"save_steps": 100, "eval_steps": 50, "load_best_model_at_end": False},
            id="a look without a save",
        ),
        pytest.param({"save_strategy": False}, 9, {"save_strategy": "no", "save_steps": 0.1}, id="YAML's no"),
        pytest.param(
            {"eval_strategy": "no"},
            ENOUGH,
            KEPT_ON | {"eval_strategy": "no", "load_best_model_at_end": False},
            id="no look",
        ),
    ],
)
def test_what_a_recipe_does_not_say_follows_from_what_it_says(
    said: dict[str, Any], texts: int, made: dict[str, Any]
) -> None:
    assert habits(said, texts) == made


@pytest.mark.parametrize(("number", "seen"), [(3, 3), (LOOKED_AT, LOOKED_AT), (10 * LOOKED_AT, LOOKED_AT)])
def test_at_most_so_many_texts_are_looked_at_and_from_all_over_the_file(number: int, seen: int) -> None:
    found = [each["place"] for each in looked_at([{"place": place} for place in range(number)])]
    assert len(found) == seen
    assert found[-1] >= number * 0.9 - 1


@pytest.fixture(scope="module", autouse=True)
def offline_commit() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, answer in stopped.OFFLINE.items():
            patch.setattr(f"train.tune.trainer.{name}", answer)
        yield


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    toy.base(folder)
    return folder


def trained(base: Path, folder: Path, **options: Option) -> tuple[TrainingReport, str]:
    run = Run(folder)
    stopped.leave_dataset(run)
    return tune(stopped.recipe(base, **options), run), digests(run.adapter)[WEIGHTS]


def test_looking_at_validation_texts_changes_no_byte_of_the_weights(base: Path, tmp_path: Path) -> None:
    looking: dict[str, Option] = {"eval_strategy": "steps", "eval_steps": 1, "load_best_model_at_end": False}
    seen, weights = trained(base, tmp_path / "looking", **looking)
    blind, same = trained(base, tmp_path / "blind", eval_strategy="no", save_strategy="no")
    assert (len(seen.validation), len(blind.validation)) == (7, 0)
    assert weights == same
    assert seen.loss == blind.loss


def test_data_workers_change_no_byte_of_the_weights(base: Path, tmp_path: Path) -> None:
    several: list[dict[str, Option]] = [{"dataloader_num_workers": number} for number in (0, 1, 2)]
    made = {
        trained(base, tmp_path / str(place), eval_strategy="no", **options)[1]
        for place, options in enumerate(several)
    }
    assert len(made) == 1


def test_after_a_look_the_gradients_still_reach_the_adapter_through_4_bit_layers(
    base: Path, tmp_path: Path
) -> None:
    from train.tune.trainer import prepared

    rows = [stopped.row("train", place) for place in range(4)]
    trainer: Any = prepared(stopped.recipe(base), stopped.COMMIT, rows, tmp_path, rows)
    model = trainer.model
    inputs = trainer.data_collator([trainer.train_dataset[0]])

    def gradients() -> list[float]:
        model.zero_grad()
        model.train()
        trainer.compute_loss(model, dict(inputs)).backward()
        return [each.grad.norm().item() for name, each in model.named_parameters() if "lora_B" in name]

    before = gradients()
    assert "eval_loss" in trainer.evaluate()
    assert len(before) > 0
    assert min(before) > 0
    assert gradients() == pytest.approx(before, rel=0.2)  # dropout draws anew


def test_the_weights_with_the_lowest_validation_loss_are_kept_and_the_training_ends_early(
    base: Path, tmp_path: Path
) -> None:
    wild: dict[str, Option] = {"learning_rate": 0.5, "max_grad_norm": 0.0, "save_steps": 1, "max_steps": 30}
    report, weights = trained(base, tmp_path / "wild", **wild, lr_scheduler_type="constant")
    losses = {each.step: each.loss for each in report.validation}
    assert report.best_step == min(losses, key=lambda step: losses[step])
    assert report.steps == report.best_step + 3 < 30
    short = wild | {"max_steps": report.best_step, "load_best_model_at_end": False}
    last, same = trained(base, tmp_path / "short", **short, lr_scheduler_type="constant")
    assert (last.steps, last.best_step) == (report.best_step, None)
    assert weights == same


def test_the_report_says_what_the_training_took(base: Path, tmp_path: Path) -> None:
    report, _ = trained(base, tmp_path, eval_strategy="no", save_strategy="no")
    took, base_weights = report.compute, 2 * (4 * 64 * 64 + 3 * 64 * 128 + 2 * 64) + 64 + 320 * 64
    assert (took.device, took.devices, took.seconds, took.peak_gb) == ("CPU", 1, None, None)
    assert took.flops == took.tokens * (4 * base_weights + 6 * report.parameters)
    assert (report.rows, report.base_license) == (8, stopped.LICENSE)
