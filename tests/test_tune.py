import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests import toy
from tests.judged import BLOG
from tests.stopped import COMMIT, OFFLINE
from train.errors import StageError
from train.prepare.report import DatasetReport
from train.recipe import Recipe
from train.rehearse.scale import TUNE
from train.run import Run, as_json, digests, read_result, write_text
from train.sections import Option
from train.tune import prompt
from train.tune.options import overridden
from train.tune.report import TrainingReport, Writer
from train.tune.tune import TRAIN, tune

ROWS = [
    {
        "id": f"row-{place}",
        "title": f"Notebook {place}",
        "text": f"# Notebook {place}\n\nTea is good." + " More tea." * place,
        "words": 9 + 2 * place,
        "origin": "",
        "source": "test",
    }
    for place in range(8)
]
LAYERS = "k_proj", "down_proj", "q_proj"  # not in order: PEFT keeps them as a set


def small(base: Path, **options: Option) -> Recipe:
    mine: dict[str, Option] = {
        "model_name_or_path": str(base),
        "lora_target_modules": list(LAYERS),
        "max_steps": 2,
        "warmup_steps": 0,
        "logging_steps": 1,
    }
    return replace(BLOG, tune=BLOG.tune | TUNE | mine | options)


def leave_dataset(run: Run) -> None:
    import pyarrow
    from pyarrow import parquet

    (run.dataset / "data").mkdir(parents=True)
    parquet.write_table(pyarrow.Table.from_pylist(ROWS), run.dataset / TRAIN)
    counts = {"train": len(ROWS)}
    report = DatasetReport("key", "blog", counts, len(ROWS), {}, {}, counts, counts, digests(run.dataset))
    write_text(run.dataset / "report.json", as_json(report))


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
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    toy.base(folder)
    return folder


@pytest.fixture(scope="module")
def tuned(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    run = Run(tmp_path_factory.mktemp("run"))
    leave_dataset(run)
    return Tuned(base, run, tune(small(base), run))


def refuse_to_train(*_: Any) -> TrainingReport:
    raise AssertionError("trained again")


def prepared(base: Path, folder: Path, **options: Option) -> Any:
    from train.tune.trainer import prepared

    plain: dict[str, Option] = {"load_in_4bit": False, "use_bnb_nested_quant": False}
    return prepared(small(base, **(plain | options)), COMMIT, ROWS, folder)


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


def test_an_adapter_says_over_which_commit_of_its_base_it_was_trained(tuned: Tuned) -> None:
    config = json.loads((tuned.run.adapter / "adapter_config.json").read_text(encoding="utf-8"))
    assert (config["base_model_name_or_path"], config["revision"]) == (str(tuned.base), COMMIT)
    assert config["target_modules"] == sorted(LAYERS)


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
