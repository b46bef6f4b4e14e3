"""How fast training is, beside other tools on the same rows and base: python -m tests.benchmarks.tune [--gpu]

On a CPU it takes a base that a rehearsal has made (--base runs/base/DIGEST). With --gpu the base has the
shape of a 3B Llama and random weights, made here. Each tool trains in a process of its own, in turns.
"""

import argparse
import importlib.util
import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.rehearsal import machine
from train.rehearse import grammar
from train.run import ROOT
from train.sections import Option

RECORD = Path(__file__).parent / "tune.md"
HEAD = """\
# Training speed

Tokens that are no padding, a second and a second of the processor, and the most memory a process took, for
one pass over the same texts with the lengths of blog posts (log-normal), on the same base, with the same
LoRA: the plain `trl sft` command with its own defaults, this project, and Unsloth where it is installed and
there is a GPU. Medians of several turns; `times` is the rate beside that of `trl sft` in the same turn, of
the processor's time on a CPU, where every tool has one thread. On a GPU, `share` is the model's operations
(4 for a weight of the base, 6 for one of the adapter) beside the rate of one large product in bf16 there.
`python -m tests.benchmarks.tune` measures and adds rows.

| date | machine | base | tool | tokens/s | tokens/CPU s | MB | times | share |
|---|---|---|---|--:|--:|--:|--:|--:|
"""
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
TOOLS = ("trl", "imprint", "unsloth")


@dataclass(frozen=True)
class Setting:
    """What is trained: texts of such lengths, on such a base."""

    name: str
    rows: int
    words: int  # of a text, in the middle
    length: int  # tokens
    options: Mapping[str, Option]  # TRL's own, of the base and the LoRA: the same for every tool
    ours: Mapping[str, Option]  # what a recipe says beyond them


LORA: dict[str, Option] = {"lora_dropout": 0.0, "lora_target_modules": TARGETS}
NF4: dict[str, Option] = {"load_in_4bit": True, "use_bnb_nested_quant": True}
PACKED: dict[str, Option] = {"packing": True, "per_device_train_batch_size": 2}
ON_CPU: dict[str, Option] = {"use_cpu": True, "bf16": False, "activation_checkpointing": False}
ON_GPU: dict[str, Option] = {"dtype": "bfloat16", "lora_r": 32, "lora_alpha": 64}
CPU = Setting("embedded, NF4", 120, 130, 512, LORA | NF4 | {"lora_r": 16, "lora_alpha": 32}, PACKED | ON_CPU)
GPU = (
    Setting("Llama 3B, bf16", 2000, 450, 2048, LORA | ON_GPU, PACKED | {"per_device_train_batch_size": 4}),
    Setting(
        "Llama 3B, NF4", 2000, 450, 2048, LORA | ON_GPU | NF4, PACKED | {"per_device_train_batch_size": 4}
    ),
)
LLAMA_3B = {
    "vocab_size": 128256,
    "hidden_size": 3072,
    "intermediate_size": 8192,
    "num_hidden_layers": 28,
    "num_attention_heads": 24,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "max_position_embeddings": 131072,
}


@dataclass(frozen=True)
class Run:
    """What one tool did in one process."""

    tokens: int
    seconds: float
    cpu_s: float
    peak_mb: float
    share: float | None = None


def main(words: Sequence[str] | None = None) -> None:
    """Measure the tools in turns, print the rows and add them to the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--gpu", action="store_true", help="a 3B Llama with random weights, on a GPU")
    parser.add_argument("--base", type=Path, help="the folder of an embedded base: runs/base/DIGEST")
    parser.add_argument("--turns", type=int, default=3, help="of each tool (default: 3)")
    asked = parser.parse_args(words)
    if not asked.gpu and asked.base is None:
        parser.error("--base is needed on a CPU: runs/base/DIGEST, which a rehearsal makes")
    print(HEAD[HEAD.index("| date") :], end="")
    with TemporaryDirectory(prefix="imprint-bench-") as folder:
        base = asked.base or random_base(Path(folder) / "base", LLAMA_3B)
        for setting in GPU if asked.gpu else (CPU,):
            keep(table(setting, str(base), measured(setting, base, Path(folder), asked.turns)))


def measured(setting: Setting, base: Path, folder: Path, turns: int) -> dict[str, list[Run]]:
    """The runs of every tool that is here, in turns."""
    data = folder / "data"
    write_rows(setting, data)
    runs: dict[str, list[Run]] = {tool: [] for tool in TOOLS if tool != "unsloth" or _unsloth()}
    for turn in range(turns):
        for tool in sorted(runs, reverse=turn % 2 == 1):
            runs[tool].append(started(tool, setting, base, data))
    return runs


def started(tool: str, setting: Setting, base: Path, data: Path) -> Run:
    """One tool's training in a process of its own."""
    given = json.dumps([tool, str(base), str(data), vars(setting)])
    command = [sys.executable, "-m", "tests.benchmarks.tune_side", given]
    threads = (
        {} if setting.ours.get("bf16", True) else {"OMP_NUM_THREADS": "1"}
    )  # on busy cores a second one waits
    said = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | threads,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return Run(**next(json.loads(line) for line in said.stdout.splitlines() if line.startswith(b'{"tokens"')))


def _unsloth() -> bool:
    import torch

    return torch.cuda.is_available() and importlib.util.find_spec("unsloth") is not None


def write_rows(setting: Setting, folder: Path) -> None:
    """Titles and texts as a folder that `datasets` reads; lengths as blog posts have them."""
    chance, most = random.Random(5), 2 * setting.length // 3  # words; none is cut
    folder.mkdir(exist_ok=True)
    words = " ".join(each.answer for each in grammar.corpus("bench", 400)).split(" ")
    lines = []
    for number in range(setting.rows):
        many = min(most, max(20, round(setting.words * math.exp(chance.gauss(0, 0.7)))))
        start = chance.randrange(len(words))
        text = " ".join((words[start:] + words * (1 + many // len(words)))[:many])
        lines.append(_line(f"Notes, part {number}", text))
    (folder / "train.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _line(title: str, text: str) -> str:
    row = {
        "prompt": [{"role": "user", "content": title}],
        "completion": [{"role": "assistant", "content": text}],
    }
    return json.dumps(row)


def random_base(folder: Path, shape: Mapping[str, Any]) -> Path:
    """A Llama of this shape with random weights in bf16, and a tokenizer that knows the texts' words."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from train.rehearse.llama import tokenizer

    words = tokenizer(each.answer for each in grammar.corpus("bench", 400))
    words.save_pretrained(folder)
    ends = {"pad_token_id": words.pad_token_id, "eos_token_id": words.eos_token_id}
    config = LlamaConfig(**{"tie_word_embeddings": True, **shape, **ends, "bos_token_id": words.bos_token_id})
    torch.set_default_dtype(torch.bfloat16)
    LlamaForCausalLM(config).save_pretrained(folder)
    torch.set_default_dtype(torch.float32)
    return folder


def table(setting: Setting, base: str, runs: Mapping[str, Sequence[Run]]) -> list[str]:
    """One row for each tool, from the medians of its runs."""
    return [_row(setting, tool, mine, runs["trl"]) for tool, mine in runs.items()]


def _row(setting: Setting, tool: str, mine: Sequence[Run], plain: Sequence[Run]) -> str:
    on_gpu = any(each.share for each in mine)
    own, other = (
        [each.tokens / (each.seconds if on_gpu else each.cpu_s) for each in runs] for runs in (mine, plain)
    )
    times = median(a / b for a, b in zip(own, other, strict=True))
    cells = (
        *(f"{datetime.now(UTC):%Y-%m-%d}", machine(), setting.name, tool),
        *(f"{median(each.tokens / taken for each, taken in pairs):,.0f}" for pairs in _rates(mine)),
        *(f"{median(each.peak_mb for each in mine):,.0f}", f"{times:.2f}"),
        f"{median(each.share or 0 for each in mine):.0%}" if on_gpu else "",
    )
    return f"| {' | '.join(cells)} |"


def _rates(runs: Sequence[Run]) -> tuple[list[tuple[Run, float]], list[tuple[Run, float]]]:
    return [(each, each.seconds) for each in runs], [(each, each.cpu_s) for each in runs]


def keep(rows: Sequence[str]) -> None:
    """Print rows and add them to the record."""
    text = RECORD.read_text(encoding="utf-8") if RECORD.exists() else HEAD
    RECORD.write_text(text + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    print("\n".join(rows), flush=True)


if __name__ == "__main__":
    main()
