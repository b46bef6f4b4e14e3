"""One engine in a process of its own: `python -m tests.benchmarks.space_side ENGINE FOLDER`.

It reads a line for each thing it is to do, and answers with a line of JSON.
"""

import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from form import Decoding

BEGAN = time.perf_counter()
TOGETHER, NEW, WARM = 4, 128, 16  # texts at once; tokens of each, and of the first one of all
HEAD, REST = list(range(100, 116)), list(range(116, 164))  # tokens of every prompt; one more is its own
BITS = {"load_in_4bit": True, "use_bnb_nested_quant": True}
GREEDY = Decoding(NEW, 0.0, 1.0, 1.0, 0)
Write = Callable[[int, str, int], Iterator[int]]  # a number that makes the prompt its own, an adapter, tokens


def main(engine: str, folder: Path) -> None:
    """Load it, and do what it is asked to until nobody asks any more."""
    quiet()
    write = usual(folder) if engine == "usual" else own(engine, folder)
    text = write(0, "v1", WARM)
    next(text)
    ready_s = time.perf_counter() - BEGAN
    for _ in text:
        pass  # to its end: it would be written beside what is measured next
    tasks: Mapping[str, Callable[[], list[float]]] = {
        "ready": lambda: [ready_s],
        "alone": lambda: alone(write),
        "together": lambda: [together(write)],
        "switch": lambda: [switched(write)],
    }
    for line in sys.stdin:
        print(json.dumps(tasks[line.strip()]()), flush=True)
    os._exit(0)  # the desk's thread is inside torch, which does not like to be left there


def quiet() -> None:
    """Say nothing but the result."""
    logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")


def alone(write: Write) -> list[float]:
    """Tokens a second behind the first one, the seconds up to that, and tokens a second with both."""
    started = time.perf_counter()
    text = write(1, "v1", NEW)
    next(text)
    first = time.perf_counter()
    count, ended = sum(1 for _ in text), time.perf_counter()
    return [count / (ended - first), first - started, (count + 1) / (ended - started)]


def together(write: Write) -> float:
    """Tokens a second of four texts at once, prompts and all."""
    started = time.perf_counter()
    with ThreadPoolExecutor(TOGETHER) as users:
        tokens = sum(users.map(lambda number: sum(1 for _ in write(number, "v1", NEW)), range(TOGETHER)))
    return tokens / (time.perf_counter() - started)


def switched(write: Write) -> float:
    """Seconds up to the first token with an adapter that is not in memory yet, over the loaded base."""
    started = time.perf_counter()
    next(write(2, "v2", NEW))
    return time.perf_counter() - started


def usual(folder: Path) -> Write:
    """What everyone does: the base in bf16, the adapter above it, `generate` with a streamer."""
    from threading import Thread

    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, TextIteratorStreamer

    base = AutoModelForCausalLM.from_pretrained(folder / "base", dtype=torch.bfloat16)
    model: Any = PeftModel.from_pretrained(base, folder / "v1").eval()

    def write(number: int, _: str, many: int) -> Iterator[int]:
        stream = TextIteratorStreamer(_Ids())  # type: ignore[arg-type]
        ids = torch.tensor([[*HEAD, number, *REST]])
        asked = {"max_new_tokens": many, "min_new_tokens": many, "do_sample": False, "streamer": stream}
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
    with ThreadPoolExecutor(1) as loading:  # a thread that ends, as in the Space
        model = loading.submit(opening.model, engine, base).result()  # type: ignore[arg-type]
    desk = opening.engine(model, Shelf(model))

    def write(number: int, version: str, many: int) -> Iterator[int]:
        prompt, adapter = [*HEAD, number, *REST], Adapter(version, folder / version)
        row = Row(prompt, adapter, Draw(GREEDY, "", prompt), frozenset(), many, len(HEAD))
        return (piece for news in desk.write(row) for piece in news if isinstance(piece, int))

    return write


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
