"""What a training is said to take before it starts, beside what it takes."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import stopped, toy
from train.rehearse.scale import as_yaml
from train.run import ROOT, Run
from train.sections import Option

WITHIN = 1.5  # of what it takes
LAYERS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def shape(**others: Any) -> Any:
    from transformers import LlamaConfig

    plain: dict[str, Any] = {
        "hidden_size": 3072,
        "intermediate_size": 8192,
        "num_hidden_layers": 4,
        "vocab_size": 128256,
    }
    heads = {"num_attention_heads": 24, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 128256}
    return LlamaConfig(**{**plain, **heads, "tie_word_embeddings": True, **others})


def need(config: Any = None, device: str = "cuda", **changed: Any) -> Any:
    from train.tune.needs import needs

    asked: dict[str, Any] = {
        "per_device_train_batch_size": 2,
        "max_length": 2048,
        "gradient_checkpointing": True,
    }
    lora: dict[str, Any] = {
        "lora_r": 32,
        "lora_dropout": 0.0,
        "lora_target_modules": LAYERS,
        "dtype": "bfloat16",
    }
    mine = {name: value for name, value in changed.items() if name in asked}
    return needs(
        config or shape(), asked | mine, lora | {n: v for n, v in changed.items() if n not in asked}, device
    )


def test_the_weights_of_a_base_are_counted_from_its_configuration() -> None:
    found = need(shape(num_hidden_layers=28))
    assert found.weights == 3_212_749_824
    assert found.learned == 48_627_712
    assert found.base == 2 * 3_212_749_824
    assert found.total == pytest.approx(9.0e9, rel=0.15)


@pytest.mark.parametrize(
    ("changed", "part", "times"),
    [
        pytest.param({"load_in_4bit": True}, "base", 0.7, id="4 bits, and the embeddings as they are"),
        pytest.param({"lora_r": 16}, "adapter", 0.5, id="half the rank"),
        pytest.param({"load_in_4bit": True}, "adapter", 0.5, id="learned in 16 bits over 4"),
        pytest.param({"gradient_checkpointing": False}, "activations", 2.7, id="nothing computed twice"),
        pytest.param({"max_length": 1024}, "activations", 0.5, id="half the length"),
        pytest.param({"per_device_train_batch_size": 8}, "activations", 4, id="four times the batch"),
        pytest.param({"dtype": "float32"}, "base", 2, id="32 bits"),
    ],
)
def test_each_part_of_the_memory_follows_what_it_depends_on(
    changed: dict[str, Any], part: str, times: float
) -> None:
    assert getattr(need(**changed), part) / getattr(need(), part) == pytest.approx(times, rel=0.1)


@pytest.fixture(scope="module")
def middling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base whose activations are larger than Python and PyTorch themselves."""
    from transformers import LlamaForCausalLM

    folder = tmp_path_factory.mktemp("middling")
    words = toy.tokenizer(folder)
    ends = {"pad_token_id": words.pad_token_id, "eos_token_id": words.eos_token_id}
    small = {"hidden_size": 512, "intermediate_size": 1536, "num_hidden_layers": 4, "vocab_size": len(words)}
    heads = {"num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 64}
    LlamaForCausalLM(shape(**small, **heads, **ends)).save_pretrained(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"max_length": 2048}, id="in 4 bits"),
        pytest.param(
            {"max_length": 2048, "activation_checkpointing": True}, id="with activations computed twice"
        ),
    ],
)
def test_the_memory_is_about_what_a_training_takes(
    middling: Path, tmp_path: Path, options: dict[str, Option]
) -> None:
    asked: dict[str, Option] = {
        "packing": True,
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": 1,
    } | options
    command = [sys.executable, "-m", "tests.peak", str(middling), str(tmp_path), json.dumps(asked)]
    alone = os.environ | {"OMP_NUM_THREADS": "1"}
    said = subprocess.run(command, cwd=ROOT, env=alone, check=True, capture_output=True, text=True).stdout
    found = json.loads(said.splitlines()[-1])
    assert found["took"] / WITHIN < found["planned"] < found["took"] * WITHIN


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    from train.tune import planning

    for name, answer in stopped.OFFLINE.items():
        monkeypatch.setattr(f"train.tune.trainer.{name}", answer)
    monkeypatch.setattr(planning, "pinned", stopped.OFFLINE["pinned"])


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    toy.base(folder)
    return folder


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    ("at_hand", "how"), [(False, "from one large product here"), (True, "measured over 3 steps")]
)
def test_plan_says_what_a_training_takes_and_starts_none(
    base: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    at_hand: bool,
    how: str,
) -> None:
    from train.__main__ import main
    from train.tune import planning

    monkeypatch.setattr(planning, "_at_hand", lambda base, revision: at_hand)
    run = Run(tmp_path / "blog")
    stopped.leave_dataset(run)
    file = tmp_path / "mine.yaml"
    file.write_text(as_yaml(stopped.recipe(base)), encoding="utf-8")
    assert main(["tune", str(file), "--plan", "--runs", str(tmp_path), "--max_steps", "50"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == ["base", "rows", "memory", "time"]
    assert "50 steps of" in said[1]
    total, *parts = map(float, re.findall(r"\d+\.\d", said[2].partition(";")[0]))
    assert total == pytest.approx(sum(parts), abs=0.3), "the parts are the whole, but for rounding"
    assert how in said[3]
    assert sorted(each.name for each in run.folder.iterdir()) == ["dataset"]


@pytest.mark.usefixtures("offline")
def test_a_plan_that_does_not_fit_says_what_to_type(base: Path, tmp_path: Path) -> None:
    from train.tune import planning
    from train.tune.plan import text
    from train.tune.trainer import prepared

    recipe = stopped.recipe(base, per_device_train_batch_size=4, gradient_accumulation_steps=2)
    rows = [stopped.row("train", place) for place in range(8)]
    trainer: Any = prepared(recipe, stopped.COMMIT, rows, tmp_path)
    drawn = planning.drawn_up(recipe, trainer.model.config, trainer.args, trainer.train_dataset)
    assert drawn.fits
    tight = replace(drawn, device=replace(drawn.device, free=1e6))
    assert text(tight).endswith(
        "It will not fit. Try python -m train tune blog --gradient_checkpointing true"
    )
    assert "too little" in tight.line
    trainer.args.activation_checkpointing = True
    again = planning.drawn_up(recipe, trainer.model.config, trainer.args, trainer.train_dataset)
    assert again.smaller.endswith("--per_device_train_batch_size 1 --gradient_accumulation_steps 8")


@pytest.mark.parametrize(
    ("seconds", "said"), [(59, "59 seconds"), (119, "119 seconds"), (600, "10 minutes"), (10_000, "3 hours")]
)
def test_a_time_is_said_in_the_unit_one_would_say_it_in(seconds: float, said: str) -> None:
    from train.tune.plan import Device, Load, Plan

    drawn = Plan("a/base", Load(1, 1, 1, 1.0), need(), Device("CPU", "cpu", 1e12, 1e12), seconds, "")
    assert f"about {said}" in drawn.line
