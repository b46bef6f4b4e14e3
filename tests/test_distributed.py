"""Training in several processes: two of them on this machine's CPU, started by accelerate's own launcher."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import stopped, toy
from train.errors import StageError
from train.rehearse.scale import as_yaml
from train.run import ROOT, Run, read_result
from train.sections import Option
from train.tune.checkpoints import MARK
from train.tune.report import TrainingReport

CONFIGURATIONS = ROOT / "train" / "tune" / "accelerate"
SETTINGS: dict[str, Option] = {
    "lora_dropout": 0.0,
    "gradient_accumulation_steps": 1,
    "max_steps": 6,
    "logging_steps": 1,
    "save_steps": 3,
    "learning_rate": 1e-2,
}


def prepared(folder: Path, base: Path, **options: Option) -> Run:
    """A run with its rows, and the recipe for it beside its folder."""
    run = Run(folder / "blog")
    stopped.leave_dataset(run, train=16)
    (folder / "mine.yaml").write_text(as_yaml(stopped.recipe(base, **(SETTINGS | options))), encoding="utf-8")
    return run


def launched(run: Run, configuration: str, fail_at: str = "") -> subprocess.CompletedProcess[str]:
    """Two processes on the CPU, with a configuration that ships."""
    shipped = (CONFIGURATIONS / f"{configuration}.yaml").read_text(encoding="utf-8")
    file = run.folder.parent / f"{configuration}.yaml"
    file.write_text(f"{shipped}use_cpu: true\nmain_process_port: 0\n", encoding="utf-8")
    words = ["-m", "tests.launched", "tune", str(run.folder.parent / "mine.yaml"), "--runs"]
    command = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(file), *words]
    return subprocess.run(
        [*command, str(run.folder.parent)],
        cwd=ROOT,
        env=os.environ | {"ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1", "FAIL_AT": fail_at},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    toy.base(folder)
    return folder


@pytest.fixture(scope="module")
def alone(base: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainingReport:
    """The same training in one process, with twice the batch."""
    run = prepared(tmp_path_factory.mktemp("alone"), base, per_device_train_batch_size=2)
    recipe = stopped.recipe(base, **(SETTINGS | {"per_device_train_batch_size": 2}))
    assert stopped.exit_code(stopped.started(recipe, run)) == 0
    return read_result(TrainingReport, run.adapter / "training.json", "")


def curve(report: TrainingReport) -> list[float]:
    return [each.loss for each in report.loss]


def plain_names(run: Run, base: Path) -> set[str]:
    """The weights' names, once plain PEFT has loaded them over the base."""
    from peft import PeftModel
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM

    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), str(run.adapter))
    saved = load_file(run.adapter / "adapter_model.safetensors")
    loaded = {
        name.replace(".default", ""): each for name, each in model.named_parameters() if "lora_" in name
    }
    assert all(bool((loaded[name] == each.to(loaded[name].dtype)).all()) for name, each in saved.items())
    assert set(saved) == set(loaded)
    return set(saved)


@pytest.mark.slow
def test_two_processes_learn_what_one_does_and_one_of_them_speaks(
    base: Path, alone: TrainingReport, tmp_path: Path
) -> None:
    run = prepared(tmp_path, base)
    failed = launched(run, "ddp", fail_at="1:4")
    assert failed.returncode != 0
    assert re.findall(r"^Error: .*", failed.stderr, re.MULTILINE) == [
        "Error: The memory is too small for 1 x 512 tokens at once. The same command goes on from step 3."
    ]
    assert "closed by peer" not in failed.stderr
    assert [mark.parent.name for mark in run.folder.glob(f"checkpoints/*/*/{MARK}")] == ["checkpoint-3"]
    done = launched(run, "ddp")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("LoRA weights, 6 steps") == 1
    assert done.stderr.count("going on from step 3 of 6") == 1
    report = read_result(TrainingReport, run.adapter / "training.json", "")
    assert (report.compute.devices, report.compute.tokens) == (2, alone.compute.tokens)
    assert curve(report) == pytest.approx(curve(alone), abs=2e-3)
    assert len(plain_names(run, base)) == 12
    again = launched(run, "ddp")
    assert again.stdout.startswith("already done: ")
    assert again.stdout.count("\n") == 1


@pytest.mark.slow
def test_a_4_bit_base_that_is_shared_out_learns_the_same(
    base: Path, alone: TrainingReport, tmp_path: Path
) -> None:
    run = prepared(tmp_path, base)
    done = launched(run, "fsdp2")
    assert done.returncode == 0, done.stderr
    assert "2 processes, 14 4-bit weights in parts" in done.stderr
    report = read_result(TrainingReport, run.adapter / "training.json", "")
    assert curve(report) == pytest.approx(curve(alone), abs=2e-3)
    assert len(plain_names(run, base)) == 12


@pytest.mark.parametrize("name", sorted(each.stem for each in CONFIGURATIONS.glob("*.yaml")))
def test_the_shipped_configurations_are_what_accelerate_takes(name: str) -> None:
    from accelerate.commands.config.config_args import load_config_from_file
    from accelerate.commands.launch import launch_command_parser

    file = str(CONFIGURATIONS / f"{name}.yaml")
    read: Any = load_config_from_file(file)
    kinds = {"one_gpu": "NO", "ddp": "MULTI_GPU", "fsdp2": "FSDP", "zero3": "DEEPSPEED"}
    assert read.distributed_type == kinds[name]
    flags = {action.dest for action in launch_command_parser()._actions}
    assert {*read.fsdp_config, *read.deepspeed_config} <= flags


def test_a_base_that_is_shared_out_is_stored_in_the_numbers_it_computes_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from train.tune.model import _quantised

    asked: dict[str, Option] = {"load_in_4bit": True}
    plain: Any = _quantised(asked, "bfloat16")
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    shared: Any = _quantised(asked, "bfloat16")
    assert str(plain.bnb_4bit_quant_storage) == "torch.uint8"
    assert str(shared.bnb_4bit_quant_storage) == "torch.bfloat16"


@pytest.mark.parametrize(
    ("before", "now", "command"),
    [(1, 2, "python -m train tune blog"), (2, 1, "accelerate launch --num_processes 2 -m train tune blog")],
)
def test_a_training_does_not_go_on_in_another_number_of_processes(
    before: int, now: int, command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from train.tune import ranks

    monkeypatch.setenv("WORLD_SIZE", str(now))
    with pytest.raises(StageError, match=rf"began in {before} .* go on in {now}; without {tmp_path}") as told:
        ranks.check_same(before, "blog", tmp_path)
    assert told.value.fix == command
    ranks.check_same(now, "blog", tmp_path)


def test_only_training_runs_in_several_processes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from train.__main__ import main

    monkeypatch.setenv("WORLD_SIZE", "2")
    assert main(["prepare", "blog", "--runs", str(tmp_path)]) == 1
    assert main(["tune", "blog", "--samples", "--runs", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert f"Next:  python -m train prepare blog --runs {tmp_path}\n" in said
    assert "Next:  python -m train tune blog --samples\n" in said
