"""The benchmark of training, at a size that takes seconds: what it does on a GPU is the same code."""

from pathlib import Path

import pytest

from tests.benchmarks import tune
from tests.benchmarks.tune import COLUMNS, CPU, GPU, LORA, NF4, ON_CPU, PACKED, Setting

TINY = Setting(
    "tiny", 24, 60, 256, LORA | NF4 | {"lora_r": 4, "lora_alpha": 8}, PACKED | ON_CPU | {"dtype": "float32"}
)
SHAPE = {
    "vocab_size": 2048,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
}


@pytest.mark.slow
def test_every_tool_learns_the_same_tokens(tmp_path: Path) -> None:
    base = tune.random_base(tmp_path / "base", SHAPE)
    runs = tune.measured(TINY, base, tmp_path, turns=1)
    assert sorted(runs) == ["imprint", "packed", "trl"]
    (ours,), (packed,), (plain,) = runs["imprint"], runs["packed"], runs["trl"]
    assert ours.tokens == plain.tokens == packed.tokens > 24 * 20
    assert min(ours.cpu_s, plain.seconds, ours.peak_mb) > 0
    assert {len(row) for row in tune.table(TINY, runs)} == {len(COLUMNS)}
    assert [claim.rival for claim in tune.compared(TINY, runs)] == [
        "`trl sft`",
        "`trl sft --packing`",
        "`trl sft`",
    ]


def test_texts_have_the_lengths_of_blog_posts_and_none_is_cut(tmp_path: Path) -> None:
    tune.write_rows(CPU, tmp_path)
    lines = (tmp_path / "train.jsonl").read_text(encoding="utf-8").splitlines()
    words = sorted(len(line.split()) for line in lines)
    assert len(words) == CPU.rows
    assert words[-1] > 2 * words[len(words) // 2]
    assert words[-1] < 0.8 * CPU.length


def test_where_there_is_no_gpu_the_record_says_what_was_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tune, "on_gpu", lambda: False)
    assert list(tune.not_run().values()) == ["needs a GPU"]
    monkeypatch.setattr(tune, "on_gpu", lambda: True)
    assert set(tune.not_run()) <= {"Unsloth"}
    assert [setting.options.get("load_in_4bit", False) for setting in GPU] == [False, True]
