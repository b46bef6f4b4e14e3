"""How fast the Space writes on a CPU, beside the usual way: python -m tests.benchmarks.space [--shapes 135M]

The bases have real shapes and random weights, and are made once in the system's folder for temporary files.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from tests.benchmarks.rehearsal import machine
from train.run import ROOT

RECORD = Path(__file__).parent / "space.md"
HEAD = """\
# The Space's speed

Tokens a second behind a prompt of 65, 128 new ones, with a LoRA of rank 16 on all linear layers; medians of
three. `usual` is transformers' `generate` over the base in bf16 with the LoRA on; the others are the Space's
engines, each in a process of its own. `times` is the rate beside the usual one. `bound` is the memory's
rate (a sum over a gigabyte, all cores) divided by the bytes that each token reads, and `share` the part of
it that was reached. `together` are four texts at once, and beside it how much more that is than one after
another. `first` is the wait for the first token, `switch` the wait with an adapter that is not in memory.
`python -m tests.benchmarks.space` measures and adds rows.

| date | machine | base | engine | tokens/s | times | share | first, ms | together | times | switch, ms |
|---|---|---|---|--:|--:|--:|--:|--:|--:|--:|
"""
AS_APP = {"OMP_WAIT_POLICY": "passive"}  # as app.py sets it
ENGINES = ("usual", "transformers", "llama.cpp")
SMOL = {"vocab_size": 49152, "tie_word_embeddings": True}
SHAPES: Mapping[str, Mapping[str, Any]] = {  # hidden, layers, heads, keys' heads, between
    "135M": SMOL | {"sizes": (576, 30, 9, 3, 1536)},
    "360M": SMOL | {"sizes": (960, 32, 15, 5, 2560)},
    "1.1B": {"vocab_size": 32000, "tie_word_embeddings": False, "sizes": (2048, 22, 32, 4, 5632)},
}
NAMES = (
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "intermediate_size",
)


@dataclass(frozen=True)
class Run:
    """What one engine did."""

    rate: float
    first_ms: float
    together: float = 0.0
    switch_ms: float = 0.0


def main(words: Sequence[str] | None = None) -> None:
    """Measure every engine on every shape, print the rows and add them to the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
    asked = parser.parse_args(words)
    print(HEAD[HEAD.index("| date") :], end="")
    for shape in asked.shapes:
        folder = made(shape)
        runs = {engine: started(engine, folder) for engine in ENGINES}
        keep([_row(shape, engine, runs, folder) for engine in ENGINES])


def made(shape: str) -> Path:
    """The folder with a base of this shape, its GGUF, and two adapters; made if it is not there."""
    folder = Path(gettempdir()) / "imprint-space-shapes" / shape
    if not (folder / "v2" / "adapter.gguf").exists():
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.space_shapes",
            json.dumps(config(shape)),
            str(folder),
        ]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder


def config(shape: str) -> dict[str, Any]:
    """A Llama of this shape."""
    described = dict(SHAPES[shape])
    return (
        dict(zip(NAMES, described.pop("sizes"), strict=True)) | described | {"max_position_embeddings": 2048}
    )


def started(engine: str, folder: Path) -> Run:
    """One engine in a process of its own, as the Space runs it."""
    command = [sys.executable, "-m", "tests.benchmarks.space_side", engine, str(folder)]
    path = os.pathsep.join([str(ROOT / "space"), *filter(None, [os.environ.get("PYTHONPATH")])])
    said = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path} | ({} if engine == "usual" else AS_APP),
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return Run(**json.loads(said.stdout.splitlines()[-1]))


def memory_rate() -> float:
    """Bytes a second that all cores together read from memory, at their best."""
    import torch

    numbers = torch.ones(2**28)  # a gigabyte
    numbers.sum()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        numbers.sum()
        times.append(time.perf_counter() - start)
    return numbers.nbytes / min(times)


def read_per_token(engine: str, folder: Path) -> int:
    """Bytes of weights that a token needs: all but the table in which it is looked up."""
    adapter = (folder / "v1" / "adapter_model.safetensors").stat().st_size
    if engine == "llama.cpp":
        return (folder / "base-q4_0.gguf").stat().st_size + (folder / "v1" / "adapter.gguf").stat().st_size
    from safetensors import safe_open

    with safe_open(folder / "base" / "model.safetensors", "pt") as weights:
        names = list(weights.keys())
        sizes = {name: weights.get_slice(name).get_shape() for name in names}
    layers = sum(shape[0] * shape[1] for name, shape in sizes.items() if len(shape) == 2 and "layers" in name)
    head = next(shape[0] * shape[1] for name, shape in sizes.items() if "embed_tokens" in name)
    return int(layers * (2 if engine == "usual" else 0.516) + 2 * head + adapter)


def _row(shape: str, engine: str, runs: Mapping[str, Run], folder: Path) -> str:
    run = runs[engine]
    share = run.rate * read_per_token(engine, folder) / memory_rate()
    own = engine != "usual"
    cells = (
        *(f"{datetime.now(UTC):%Y-%m-%d}", machine(), shape, engine),
        *(f"{run.rate:,.1f}", f"{run.rate / runs['usual'].rate:.2f}", f"{share:.0%}", f"{run.first_ms:,.0f}"),
        *(
            (f"{run.together:,.1f}", f"{run.together / run.rate:.2f}", f"{run.switch_ms:,.0f}")
            if own
            else ("",) * 3
        ),
    )
    return f"| {' | '.join(cells)} |"


def keep(rows: Sequence[str]) -> None:
    """Print rows and add them to the record."""
    text = RECORD.read_text(encoding="utf-8") if RECORD.exists() else HEAD
    RECORD.write_text(text + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    print("\n".join(rows), flush=True)


if __name__ == "__main__":
    main()
