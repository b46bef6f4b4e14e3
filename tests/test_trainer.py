"""What a trainer is given to learn, what it learns through, and what is saved of it."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import transformers

from tests.judged import BLOG
from tests.stopped import COMMIT
from tests.trainers import ROWS, base, prepared, small
from train.errors import StageError
from train.tune import model, prompt

__all__ = ["base"]


def batch(trainer: Any, rows: list[Any]) -> dict[str, Any]:
    names = ("input_ids", "labels", "completion_mask", "seq_lengths")
    found: dict[str, Any] = trainer.data_collator(
        [{name: row[name] for name in names if name in row} for row in rows]
    )
    return found


def test_only_the_answer_and_its_end_are_learned(base: Path, tmp_path: Path) -> None:
    trainer = prepared(base, tmp_path, packing=False)
    tokenizer = trainer.processing_class
    for given, seen in zip(ROWS, trainer.train_dataset, strict=True):
        row = batch(trainer, [seen])
        ids, labels = row["input_ids"][0].tolist(), row["labels"][0].tolist()
        words = prompt.wishes(BLOG, {"words": int(str(given["words"]))})
        asked = prompt.token_ids(tokenizer, "title", {"title": str(given["title"]), **_said(words)})
        assert tuple(ids[: len(asked)]) == asked
        assert labels == [-100] * len(asked) + ids[len(asked) :]
        assert tokenizer.decode(ids[len(asked) :]) == f"{given['text']}<|end|>"
        assert ids.count(tokenizer.bos_token_id) == 1


def test_requests_that_leave_no_room_for_any_text_are_one_line(base: Path, tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"within 16 tokens \(max_length\), of 8 texts") as caught:
        prepared(base, tmp_path, packing=False, max_length=16)
    assert caught.value.fix == "python -m train tune blog --max_length 32"


@pytest.mark.parametrize(("use_cpu", "placed"), [(True, None), (False, {"": 0})])
def test_a_recipe_for_a_cpu_leaves_a_gpu_alone(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use_cpu: bool, placed: dict[str, int] | None
) -> None:
    seen: list[object] = []

    def loaded(*given: Any, **named: Any) -> None:
        seen.append(named["device_map"])
        raise OSError("that is enough")

    gpu = SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: True))
    monkeypatch.setattr(model, "torch", gpu)
    monkeypatch.setattr(transformers.AutoModelForCausalLM, "from_pretrained", loaded)
    with pytest.raises(StageError, match="that is enough"):
        prepared(base, tmp_path, packing=False, use_cpu=use_cpu)
    assert seen == [placed]


def _said(wishes: dict[str, int | None]) -> dict[str, int]:
    return {name: value for name, value in wishes.items() if value is not None}


def test_documents_that_are_packed_together_do_not_see_each_other(base: Path, tmp_path: Path) -> None:
    import torch

    packed, plain = prepared(base, tmp_path), prepared(base, tmp_path, packing=False)
    model = packed.model.eval()
    for weight in model.parameters():
        weight.data.mul_(6)  # at its first weights a toy expects every token alike, whatever stands before it
    together = batch(packed, list(packed.train_dataset))
    alone = [batch(plain, [row]) for row in plain.train_dataset]
    with torch.no_grad():
        losses = [(packed.compute_loss(model, dict(each)).item(), _learned(each)) for each in alone]
        mean = sum(loss * tokens for loss, tokens in losses) / sum(tokens for _, tokens in losses)
        assert len(packed.train_dataset) < len(ROWS)
        assert _learned(together) == sum(tokens for _, tokens in losses)
        mixed = model(together["input_ids"], labels=together["labels"], use_cache=False).loss.item()
        assert packed.compute_loss(model, dict(together)).item() == pytest.approx(mean, abs=1e-3)
    assert abs(mixed - mean) > 0.01, "if they did see each other, this test would notice"


def _learned(inputs: dict[str, Any]) -> int:
    return int((inputs["labels"] != -100).sum())


def test_an_adapter_of_all_linear_layers_names_them_as_servers_do(base: Path, tmp_path: Path) -> None:
    from train.tune.saving import save

    trainer = prepared(base, tmp_path, lora_target_modules="all-linear")
    save(BLOG, COMMIT, trainer, tmp_path)  # over so few layers, PEFT keeps whole paths
    config = json.loads((tmp_path / "adapter_config.json").read_text(encoding="utf-8"))
    wanted = ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]
    assert config["target_modules"] == wanted


def test_an_adapter_that_servers_would_not_load_is_refused(base: Path, tmp_path: Path) -> None:
    from train.tune.saving import save

    trainer = prepared(base, tmp_path)
    trainer.model.peft_config["default"].bias = "lora_only"
    with pytest.raises(StageError, match=r"Servers would not load this adapter: .* bias: lora_only\."):
        save(BLOG, COMMIT, trainer, tmp_path)


def test_only_lora_weights_are_saved_though_the_base_has_a_newer_commit(base: Path, tmp_path: Path) -> None:
    from safetensors import safe_open

    from train.tune.saving import save

    moved = tmp_path / "base"
    shutil.copytree(base, moved)
    trainer = prepared(moved, tmp_path)
    config = json.loads((moved / "config.json").read_text(encoding="utf-8"))
    more_words = json.dumps(config | {"vocab_size": 1000})  # or PEFT thinks that the trained one was resized
    (moved / "config.json").write_text(more_words, encoding="utf-8")
    trainer._save(str(tmp_path / "checkpoint-1"))
    save(small(moved), COMMIT, trainer, tmp_path)
    for folder in (tmp_path, tmp_path / "checkpoint-1"):
        with safe_open(folder / "adapter_model.safetensors", "pt") as tensors:
            assert all(".lora_" in name for name in tensors.keys())  # noqa: SIM118


@pytest.mark.parametrize("width_in", [128, 384])
@pytest.mark.parametrize("width_out", [128, 384])
@pytest.mark.parametrize(
    ("training", "error"),
    [pytest.param(True, 1e-5, id="training"), pytest.param(False, 1e-2, id="packed for inference")],
)
def test_a_4_bit_layer_is_its_dequantised_product(
    width_in: int, width_out: int, training: bool, error: float
) -> None:
    import torch
    from bitsandbytes import nn
    from bitsandbytes.functional import dequantize_4bit

    torch.manual_seed(0)
    made: Any = nn.Linear4bit  # type: ignore[attr-defined]
    layer = made(width_in, width_out, bias=False, compute_dtype=torch.float32, quant_type="nf4").to("cpu")
    exact = dequantize_4bit(layer.weight.data, layer.weight.quant_state)
    inputs = torch.randn(7, width_in)
    wanted = inputs @ exact.float().T
    with torch.no_grad():
        given = layer.train(training)(inputs)
    assert ((given - wanted).norm() / wanted.norm()).item() < error
