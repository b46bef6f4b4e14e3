"""A small training: what it leaves, that it leaves the same bytes again, and when it is done again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.stopped import COMMIT, OFFLINE
from tests.trainers import LAYERS, base, leave_dataset, small
from train.run import Run, digests, read_result
from train.tune import prompt
from train.tune.options import overridden
from train.tune.report import TrainingReport, Writer
from train.tune.tune import tune

__all__ = ["base"]


@dataclass(frozen=True)
class Tuned:
    base: Path
    run: Run
    report: TrainingReport

    def weights(self) -> dict[str, Any]:
        from safetensors.torch import load_file

        return load_file(self.run.adapter / "adapter_model.safetensors")


@pytest.fixture(scope="module", autouse=True)
def offline_commit() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, answer in OFFLINE.items():
            patch.setattr(f"train.tune.trainer.{name}", answer)
        yield


@pytest.fixture(scope="module")
def tuned(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    run = Run(tmp_path_factory.mktemp("run"))
    leave_dataset(run)
    return Tuned(base, run, tune(small(base), run))


def refuse_to_train(*_: Any) -> TrainingReport:
    raise AssertionError("trained again")


def test_an_adapter_says_over_which_commit_of_its_base_it_was_trained(tuned: Tuned) -> None:
    config = json.loads((tuned.run.adapter / "adapter_config.json").read_text(encoding="utf-8"))
    assert (config["base_model_name_or_path"], config["revision"]) == (str(tuned.base), COMMIT)
    assert config["target_modules"] == sorted(LAYERS)


def test_an_adapter_is_exactly_the_files_that_someone_needs(tuned: Tuned) -> None:
    assert sorted(digests(tuned.run.adapter)) == [
        "adapter.gguf",
        "adapter_config.json",
        "adapter_model.safetensors",
        "chat_template.jinja",
        "generation_config.json",
        "loss.svg",
        "tokenizer.json",
        "tokenizer_config.json",
        "training.json",
        "writer.json",
    ]


def test_the_saved_tokenizer_still_writes_the_prompt_that_training_saw(tuned: Tuned) -> None:
    from train.tune.model import load_tokenizer

    writer = read_result(Writer, tuned.run.adapter / "writer.json", "")
    assert writer.golden
    prompt.check_golden(load_tokenizer(tuned.run.adapter), writer.message, writer.golden, fix="")


def test_gradients_reach_the_adapter_through_4_bit_layers(tuned: Tuned) -> None:
    learned = {name: bool(each.any()) for name, each in tuned.weights().items() if "lora_B" in name}
    assert len(learned) == 2 * len(LAYERS)
    assert all(learned.values())


def test_only_the_adapters_own_weights_are_saved(tuned: Tuned) -> None:
    assert [name for name in tuned.weights() if ".lora_A." not in name and ".lora_B." not in name] == []


def test_the_training_report_says_what_happened(tuned: Tuned) -> None:
    report = tuned.report
    assert read_result(TrainingReport, tuned.run.adapter / "training.json", "") == report
    assert (report.steps, [each.step for each in report.loss]) == (2, [1, 2])
    assert report.parameters == sum(each.numel() for each in tuned.weights().values())


def test_the_same_rows_and_recipe_give_the_same_bytes(tuned: Tuned, tmp_path: Path) -> None:
    leave_dataset(Run(tmp_path))
    tune(small(tuned.base), Run(tmp_path))
    assert digests(tmp_path / "adapter") == digests(tuned.run.adapter)


def test_what_is_trained_already_is_not_trained_again(tuned: Tuned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("train.tune.trainer.train", refuse_to_train)
    assert tune(small(tuned.base), tuned.run) == tuned.report


@pytest.mark.parametrize("option", ["--learning_rate=1e-5", "--max_steps=1"])
def test_another_option_trains_again_and_a_failure_leaves_the_old_adapter(
    option: str, tuned: Tuned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("train.tune.trainer.train", refuse_to_train)
    before = digests(tuned.run.adapter)
    with pytest.raises(AssertionError, match="trained again"):
        tune(overridden(small(tuned.base), [option]), tuned.run)
    assert digests(tuned.run.adapter) == before
