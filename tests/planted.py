"""Adapters that are wrong on purpose, trained in seconds over a base that can learn a text by heart."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import stopped, toy
from train.prepare.report import DatasetReport
from train.prepare.write import REMOVED, file_of
from train.recipe import Recipe
from train.run import Run, as_json, digests, write_text
from train.sections import Decoding, Option

LOUD = 10  # times as large as a random base's: or no weights below it could make a token certain
TUNE: dict[str, Option] = {
    "load_in_4bit": False,
    "use_bnb_nested_quant": False,
    "lora_r": 64,
    "lora_alpha": 128,
    "lora_dropout": 0.0,
    "lora_target_modules": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    "learning_rate": 3e-3,
    "per_device_train_batch_size": 8,
    "gradient_accumulation_steps": 1,
    "warmup_steps": 5,
    "eval_strategy": "no",
    "save_strategy": "no",
}


def base(folder: Path) -> Path:
    """The toy base with larger logits."""
    from safetensors.torch import load_file, save_file

    toy.base(folder)
    weights = load_file(folder / "model.safetensors")
    weights["model.norm.weight"] *= LOUD
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


def row(name: str, title: str, text: str) -> dict[str, Any]:
    return {"id": name, "title": title, "text": text, "words": len(text.split())}


def leave_dataset(run: Run, train: Sequence[dict[str, Any]], test: Sequence[dict[str, Any]]) -> None:
    import pyarrow
    from pyarrow import parquet

    (run.dataset / "data").mkdir(parents=True)
    for split, rows in (("train", train), ("test", test)):
        parquet.write_table(pyarrow.Table.from_pylist(list(rows)), run.dataset / file_of(split))
    counts = {"train": len(train), "test": len(test)}
    report = DatasetReport("key", "blog", counts, 1, {}, {}, counts, counts, digests(run.dataset))
    write_text(run.dataset / REMOVED, "{}\n")
    write_text(run.dataset / "report.json", as_json(report))


def recipe(folder: Path, **options: Option) -> Recipe:
    """The blog recipe over this base."""
    made = stopped.recipe(folder, **(TUNE | options))
    return replace(made, decoding=Decoding(max_new_tokens=300, temperature=0.0))


@pytest.fixture(scope="module")
def offline() -> Iterator[None]:
    """No Hub is asked for the base, nor for a last release."""
    with pytest.MonkeyPatch.context() as patch:
        for name, answer in stopped.OFFLINE.items():
            patch.setattr(f"train.tune.trainer.{name}", answer)
        yield
