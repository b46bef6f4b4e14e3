"""How fast the Space writes on a CPU, beside the usual way: python -m tests.benchmarks.space [--shapes 135M]

The bases have real shapes and random weights, and are made once in the system's folder for temporary files.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from typing import Any

from tests.benchmarks.record import Cell, Claim, Found, Table, beside, installed, now, record
from train.run import ROOT

ABOUT = """\
Tokens a second behind a prompt of 65, 128 new ones, with a LoRA of rank 16 on all linear layers. `usual` is
transformers' `generate` over the base in bf16 with the LoRA on; the others are the Space's engines. Each is
in a process of its own; those of one base take turns, five times, and `times` is the median of the turns'
rates beside the usual one. `bound` is the memory's rate (a sum over a gigabyte, all cores) divided by the
bytes that each token reads, and `share` the part of it that was reached. `first` is the wait for the first
token. A prompt's first 16 tokens are those of all others, and the Space reads them once: as large a share as
in the rehearsed prompts of the five recipes together (blog 49 %, news 30 %; the others have no instructions).
`together` are four texts at once, prompts and all, in three of the turns, and beside it how much more that is
than one after another in the same turn. `switch` is the wait with an adapter that is
not in memory, nor what its prompts begin with; `ready` is the time from a process's start, with all files
there, to a first token. llama.cpp has the base in 4 bits and, over that, rounds the adapter to 8."""
COLUMNS = (
    *("base", "engine", "tokens/s", "times", "share", "first, ms", "together, tokens/s"),
    *("times apart", "switch, ms", "ready, s"),
)
PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "llama_cpp")
AS_APP = {"GOMP_SPINCOUNT": "20000"}  # as app.py sets it
TURNS = 5
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
Ask = Callable[[str], list[float]]  # one of `space_side`'s tasks, and what it measured


@dataclass(frozen=True)
class Run:
    """What one engine did, turn by turn."""

    rates: Sequence[float]
    firsts_s: Sequence[float]
    together: Sequence[float]
    apart: Sequence[float]
    ready_s: float
    switch_s: float


def main(words: Sequence[str] | None = None) -> None:
    """Measure every engine on every shape and record what came out, shape by shape."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
    asked, since, found = parser.parse_args(words), now(), Found("The Space", ABOUT, not_run=not_run())
    for shape in asked.shapes:
        folder = made(shape)
        runs = measured(folder)
        rows = tuple(_row(shape, engine, runs, folder) for engine in runs)
        told = (*found.claims, *compared(shape, runs))
        found = replace(found, claims=told, table=Table(COLUMNS, (*found.table.rows, *rows)))
        record("space", since, found, installed(*PACKAGES))


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


def measured(folder: Path) -> dict[str, Run]:
    """What each engine does with one base; they are there at the same time, and write in turns."""
    with ExitStack() as running:
        asks: dict[str, Ask] = {}
        ready: dict[str, float] = {}
        for engine in engines():  # one after another: loading takes all cores
            asks[engine] = running.enter_context(started(engine, folder))
            [ready[engine]] = asks[engine]("ready")
        turns = [_turn(asks, number % 2 == 0) for number in range(TURNS)]
        return {engine: _run(engine, ask, turns, ready[engine]) for engine, ask in asks.items()}


@contextmanager
def started(engine: str, folder: Path) -> Iterator[Ask]:
    """One engine in a process of its own, as the Space runs it; it does what it is asked to."""
    path = os.pathsep.join([str(ROOT / "space"), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.space_side", engine, str(folder)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path} | ({} if engine == "usual" else AS_APP),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        yield lambda what: _said(process, what)


def _said(process: "subprocess.Popen[str]", what: str) -> list[float]:
    assert process.stdin
    assert process.stdout
    print(what, file=process.stdin, flush=True)
    said: list[float] = json.loads(process.stdout.readline())
    return said


def _turn(asks: Mapping[str, Ask], four: bool) -> dict[tuple[str, str], list[float]]:
    """Each engine writes a text; in some turns those of the Space write four at once as well."""
    whats = ["alone", "together"] if four else ["alone"]
    pairs = [(engine, what) for what in whats for engine in asks if (engine, what) != ("usual", "together")]
    return {(engine, what): asks[engine](what) for engine, what in pairs}


def _run(
    engine: str, ask: Ask, turns: Sequence[Mapping[tuple[str, str], list[float]]], ready_s: float
) -> Run:
    alone = [turn[engine, "alone"] for turn in turns]
    both = [turn for turn in turns if (engine, "together") in turn]
    return Run(
        rates=[rate for rate, _, _ in alone],
        firsts_s=[first for _, first, _ in alone],
        together=[turn[engine, "together"][0] for turn in both],
        apart=[turn[engine, "alone"][2] for turn in both],
        ready_s=ready_s,
        switch_s=0.0 if engine == "usual" else ask("switch")[0],
    )


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
    from safetensors import safe_open

    with safe_open(folder / "base" / "model.safetensors", "pt") as weights:
        names = list(weights.keys())
        sizes = {name: weights.get_slice(name).get_shape() for name in names}
    layers = sum(shape[0] * shape[1] for name, shape in sizes.items() if len(shape) == 2 and "layers" in name)
    head = next(shape[0] * shape[1] for name, shape in sizes.items() if "embed_tokens" in name)
    if engine == "llama.cpp":
        looked_up = 0 if config(folder.name)["tie_word_embeddings"] else head * 34 / 32  # 8 bits and scales
        rounded = adapter * 34 / 32 / 4 * 32 / 16  # from 32 bits to 8 and scales, the rank filled up
        return int((folder / "base-q4_0.gguf").stat().st_size - looked_up + rounded)
    return int(layers * (2 if engine == "usual" else 0.516) + 2 * head + adapter)


def engines() -> list[str]:
    """Those that are here."""
    return [each for each in ENGINES if each != "llama.cpp" or importlib.util.find_spec("llama_cpp")]


def not_run() -> dict[str, str]:
    """Those that are not, and what to type."""
    return {
        each: "it is not installed; tests/engines/install builds it"
        for each in ENGINES
        if each not in engines()
    }


def compared(shape: str, runs: Mapping[str, Run]) -> tuple[Claim, ...]:
    """Each engine of the Space beside the usual way, turn by turn."""
    usual = runs["usual"].rates
    return tuple(
        beside(
            f"writing in the Space ({shape}, {engine})", "tokens/s", run.rates, "`generate`", usual, more=True
        )
        for engine, run in runs.items()
        if engine != "usual"
    )


def _row(shape: str, engine: str, runs: Mapping[str, Run], folder: Path) -> tuple[Cell, ...]:
    run, rate = runs[engine], median(runs[engine].rates)
    share = rate * read_per_token(engine, folder) / memory_rate()
    times = _beside(run.rates, runs["usual"].rates)
    plain = (shape, engine, rate, times, f"{share:.0%}", median(run.firsts_s) * 1000)
    if engine == "usual":
        return (*plain, *[None] * 4)
    more = _beside(run.together, run.apart)
    return (*plain, median(run.together), more, run.switch_s * 1000, run.ready_s)


def _beside(ours: Sequence[float], others: Sequence[float]) -> float:
    """How many times as much, in the median of the turns."""
    return median(mine / other for mine, other in zip(ours, others, strict=True))


if __name__ == "__main__":
    main()
