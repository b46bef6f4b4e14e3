"""How fast training is, beside other tools on the same rows and base: python -m tests.benchmarks.tune

On a CPU it takes the base that a rehearsal has made; where there is a GPU, also one with the shape of a 3B
Llama and random weights, made here. Each tool trains in a process of its own, in turns.
"""

import importlib.util
import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks import rehearsal
from tests.benchmarks.record import Cell, Claim, Found, Table, beside, installed, now, record
from train.rehearse import grammar
from train.run import ROOT
from train.sections import Option

TURNS = 3
ABOUT = """\
Tokens that are no padding, a second and a second of the processor, and the most memory a process took, for
one pass over the same texts with the lengths of blog posts (log-normal), on the same base, with the same
LoRA: the `trl sft` command with its own defaults (no packing, eight texts a step, bf16, activations
computed anew), the same with `--packing`, this project as `python -m train tune` trains (packed, on a CPU
in fp32), and Unsloth where it is installed and there is a GPU. Loading and tokenizing are not counted. On a
CPU every tool has one thread. On a GPU, `share` is the model's operations (4 for a weight of the base, 6
for one of the adapter) beside the rate of one large product in bf16 there. Plainly packed texts see each
other where there is no FlashAttention; this project's do not."""
COLUMNS = ("base", "tool", "tokens/s", "tokens/CPU s", "peak MB", "share")
PACKAGES = ("torch", "transformers", "trl", "peft", "bitsandbytes", "accelerate", "datasets", "unsloth")
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
TOOLS = ("trl", "packed", "imprint")
NAMED = {"trl": "`trl sft`", "packed": "`trl sft --packing`", "imprint": "this project", "unsloth": "Unsloth"}


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


def main() -> None:
    """Measure on this machine's processor, and on its GPU if it has one; record what came out."""
    since = now()
    with TemporaryDirectory(prefix="imprint-bench-") as place:
        runs = [(CPU, measured(CPU, embedded_base(), Path(place), TURNS))]
        if on_gpu():
            base = random_base(Path(place) / "base")
            runs += [(setting, measured(setting, base, Path(place), TURNS)) for setting in GPU]
    claims = tuple(claim for setting, found in runs for claim in compared(setting, found))
    rows = tuple(row for setting, found in runs for row in table(setting, found))
    found = Found("Training", ABOUT, claims, Table(COLUMNS, rows), not_run())
    record("tune", since, found, installed(*PACKAGES))


def on_gpu() -> bool:
    """Whether there is a GPU here that torch knows."""
    import torch

    return torch.cuda.is_available()


def not_run() -> dict[str, str]:
    """What cannot be measured here, and why."""
    if not on_gpu():
        return {"a 3B Llama in bf16 and in NF4, Unsloth beside it": "needs a GPU"}
    return {} if "unsloth" in tools(GPU[0]) else {"Unsloth": "it is not installed"}


def tools(setting: Setting) -> tuple[str, ...]:
    """Those that can train this here."""
    return TOOLS + ("unsloth",) * (setting in GPU and importlib.util.find_spec("unsloth") is not None)


def embedded_base() -> Path:
    """The base that a rehearsal has made."""
    folders = [each for each in (rehearsal.ready() / "base").iterdir() if each.is_dir()]
    return max(folders, key=lambda folder: folder.stat().st_mtime)


def measured(setting: Setting, base: Path, folder: Path, turns: int) -> dict[str, list[Run]]:
    """The runs of every tool that is here, in turns: every other one backwards."""
    data = folder / f"data-{setting.length}"
    write_rows(setting, data)
    runs: dict[str, list[Run]] = {tool: [] for tool in tools(setting)}
    for turn in range(turns):
        for tool in sorted(runs, reverse=turn % 2 == 1):
            runs[tool].append(started(tool, setting, base, data))
    return runs


def started(tool: str, setting: Setting, base: Path, data: Path) -> Run:
    """One tool's training in a process of its own; on a CPU with one thread: on busy cores a second waits."""
    given = json.dumps([tool, str(base), str(data), vars(setting)])
    there = {} if setting in GPU else {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.tune_side", given],
        cwd=ROOT,
        env=os.environ | there,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{tool}: {done.stderr.decode().strip()}")
    return Run(**next(json.loads(line) for line in done.stdout.splitlines() if line.startswith(b'{"tokens"')))


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


def random_base(folder: Path, shape: Mapping[str, Any] = LLAMA_3B) -> Path:
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


def compared(setting: Setting, runs: Mapping[str, Sequence[Run]]) -> tuple[Claim, ...]:
    """This project's speed and memory beside each of the others'."""
    ours, others = runs["imprint"], {tool: mine for tool, mine in runs.items() if tool != "imprint"}
    unit = "tokens/s" if setting in GPU else "tokens/CPU s"
    speeds = [
        beside(
            f"training ({setting.name})",
            unit,
            rates(setting, ours),
            NAMED[tool],
            rates(setting, mine),
            more=True,
        )
        for tool, mine in others.items()
    ]
    peaks = [[each.peak_mb for each in mine] for mine in (ours, runs["trl"])]
    memory = beside(f"training ({setting.name})", "peak MB", peaks[0], NAMED["trl"], peaks[1], more=False)
    return (*speeds, memory)


def rates(setting: Setting, runs: Sequence[Run]) -> list[float]:
    """Tokens a second, of the processor's time where a processor trains."""
    return [each.tokens / (each.seconds if setting in GPU else each.cpu_s) for each in runs]


def table(setting: Setting, runs: Mapping[str, Sequence[Run]]) -> list[tuple[Cell, ...]]:
    """One row for each tool: the medians of its runs."""
    return [(setting.name, NAMED[tool], *_medians(mine)) for tool, mine in runs.items()]


def _medians(runs: Sequence[Run]) -> tuple[Cell, ...]:
    return (
        median(each.tokens / each.seconds for each in runs),
        median(each.tokens / each.cpu_s for each in runs),
        median(each.peak_mb for each in runs),
        f"{median(each.share for each in runs if each.share):.0%}" if runs[0].share else None,
    )


if __name__ == "__main__":
    main()
