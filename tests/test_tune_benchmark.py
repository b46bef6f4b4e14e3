"""The benchmark of training, at a size that takes seconds: what it does on a GPU is the same code."""

from pathlib import Path

import pytest

from tests.benchmarks import tune
from tests.benchmarks.tune import CPU, GPU, HEAD, LORA, NF4, ON_CPU, PACKED, Setting

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
    assert sorted(runs) == ["imprint", "trl"]
    (ours,), (plain,) = runs["imprint"], runs["trl"]
    assert ours.tokens == plain.tokens > 24 * 20
    assert min(ours.cpu_s, plain.seconds, ours.peak_mb) > 0
    rows = tune.table(TINY, str(base), runs)
    columns = HEAD.splitlines()[-2].count("|")
    assert [row.count("|") for row in rows] == [columns, columns]


def test_texts_have_the_lengths_of_blog_posts_and_none_is_cut(tmp_path: Path) -> None:
    tune.write_rows(CPU, tmp_path)
    lines = (tmp_path / "train.jsonl").read_text(encoding="utf-8").splitlines()
    words = sorted(len(line.split()) for line in lines)
    assert len(words) == CPU.rows
    assert words[-1] > 2 * words[len(words) // 2]
    assert words[-1] < 0.8 * CPU.length


def test_on_a_cpu_the_base_of_a_rehearsal_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        tune.main([])
    assert "--base is needed" in capsys.readouterr().err
    assert [setting.options.get("load_in_4bit", False) for setting in GPU] == [False, True]
