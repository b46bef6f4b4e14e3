"""One engine in a process of its own: `python -m tests.benchmarks.space_side ENGINE FOLDER`."""

import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from form import Decoding

BEGAN = time.perf_counter()
TURNS, TOGETHER = 3, 4
PROMPT, NEW = list(range(100, 164)), 128  # tokens
BITS = {"load_in_4bit": True, "use_bnb_nested_quant": True}
GREEDY = Decoding(NEW, 0.0, 1.0, 1.0, 0)
Write = Callable[[int, str], Iterator[int]]  # a number that makes the prompt its own, an adapter


def main(engine: str, folder: Path) -> None:
    """Load it, write a few texts, print one line of JSON."""
    quiet()
    write = usual(folder) if engine == "usual" else own(engine, folder)
    for _ in write(0, "v1"):
        break  # warm
    ready_s = time.perf_counter() - BEGAN
    alone = [timed(write) for _ in range(TURNS)]
    found = {
        "rate": median(rate for rate, _ in alone),
        "first_ms": median(first for _, first in alone) * 1000,
    }
    if engine != "usual":
        found |= {
            "apart": median(NEW / (first + (NEW - 1) / rate) for rate, first in alone),
            "ready_s": ready_s,
            "together": median(together(write) for _ in range(TURNS)),
            "switch_ms": switched(write) * 1000,
        }
    print(json.dumps(found), flush=True)
    os._exit(0)  # the desk's thread is inside torch, which does not like to be left there


def quiet() -> None:
    """Say nothing but the result."""
    logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")


def timed(write: Write) -> tuple[float, float]:
    """Tokens a second behind the first one, and the seconds up to that."""
    started = time.perf_counter()
    text = write(1, "v1")
    next(text)
    first = time.perf_counter()
    count = sum(1 for _ in text)
    return count / (time.perf_counter() - first), first - started


def together(write: Write) -> float:
    """Tokens a second of four texts at once, prompts and all."""
    started = time.perf_counter()
    with ThreadPoolExecutor(TOGETHER) as users:
        tokens = sum(users.map(lambda number: sum(1 for _ in write(number, "v1")), range(TOGETHER)))
    return tokens / (time.perf_counter() - started)


def switched(write: Write) -> float:
    """Seconds up to the first token with an adapter that is not in memory yet, over the loaded base."""
    started = time.perf_counter()
    next(write(2, "v2"))
    return time.perf_counter() - started


def usual(folder: Path) -> Write:
    """What everyone does: the base in bf16, the adapter above it, `generate` with a streamer."""
    from threading import Thread

    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, TextIteratorStreamer

    base = AutoModelForCausalLM.from_pretrained(folder / "base", dtype=torch.bfloat16)
    model: Any = PeftModel.from_pretrained(base, folder / "v1").eval()

    def write(number: int, _: str) -> Iterator[int]:
        stream = TextIteratorStreamer(_Ids())  # type: ignore[arg-type]
        ids = torch.tensor([[number, *PROMPT]])
        asked = {"max_new_tokens": NEW, "min_new_tokens": NEW, "do_sample": False, "streamer": stream}
        Thread(target=model.generate, args=(ids,), kwargs=asked).start()
        pieces = iter(stream)
        next(pieces)  # the prompt
        return (1 for piece in pieces if piece)

    return write


class _Ids:
    """Instead of a tokenizer: one letter for each token."""

    def decode(self, ids: Sequence[int], **_: Any) -> str:
        return "x" * len(ids) + "\n"


def own(engine: str, folder: Path) -> Write:
    """The Space's engine of this kind."""
    from engines import opening
    from engines.draw import Draw
    from engines.model import Adapter, Base
    from engines.row import Row
    from engines.shelf import Shelf

    bits = BITS if engine == "transformers" else {}
    base = Base(folder / "base", frozenset(), 2048, bits, folder / "base-q4_0.gguf")
    model = opening.model(engine, base)  # type: ignore[arg-type]
    desk = opening.engine(model, Shelf(model))

    def write(number: int, version: str) -> Iterator[int]:
        prompt = [number, *PROMPT]
        row = Row(prompt, Adapter(version, folder / version), Draw(GREEDY, "", prompt), frozenset(), NEW)
        return (piece for news in desk.write(row) for piece in news if isinstance(piece, int))

    return write


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
