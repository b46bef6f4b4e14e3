"""How fast the writers write: python -m tests.benchmarks.evaluate [--runs FOLDER]"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from huggingface_hub import snapshot_download

from tests.benchmarks.rehearsal import machine, rehearsed
from train.evaluate.ask import Inputs, requests
from train.evaluate.generate import continue_ids, generate
from train.evaluate.load import Loaded, load, load_beside
from train.evaluate.report import Who
from train.rehearse.corpora import new_titles
from train.run import Run, read_result
from train.tune.report import TrainingReport, Writer

TITLES, PLAIN, ENDLESS = 200, 20, 320  # titles, those of the plain loop, tokens of a text that does not end
RECORD = Path(__file__).parent / "evaluate.md"
HEAD = """\
# Writing the texts that a version is judged by

What the embedded base, the rehearsed adapter and a last release over the same base (the same adapter, loaded
a second time) take for 200 titles each, as `evaluate` asks them; and beside it, in the same run, a plain loop
over transformers' `generate`, one title at a time. The load is the machine's before each row.
`python -m tests.benchmarks.evaluate` rehearses `blog`, measures and adds rows; `--runs runs` takes the
rehearsal that is there.

| date | machine | load | threads | what | texts | tokens | s | tokens/s | to plain |
|---|---|--:|--:|---|--:|--:|--:|--:|--:|
"""


@dataclass(frozen=True)
class Speed:
    """What was written, and how long it took."""

    name: str
    texts: int
    tokens: int
    seconds: float
    load: float

    @property
    def rate(self) -> float:
        """Tokens a second."""
        return self.tokens / self.seconds

    def row(self, plain: float) -> str:
        """One row of the table."""
        cells = (
            *(f"{datetime.now(UTC):%Y-%m-%d}", machine(), f"{self.load:.1f}", str(torch.get_num_threads())),
            *(self.name, str(self.texts), f"{self.tokens:,}", f"{self.seconds:.1f}"),
            *(f"{self.rate:,.0f}", f"{self.rate / plain:.1f}"),
        )
        return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure, print the rows and add them to the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, help="where a rehearsal's runs are; by default one is made")
    with TemporaryDirectory(prefix="imprint-bench-") as place:
        runs = parser.parse_args().runs or Path(place)
        if runs == Path(place):
            rehearsed(runs)
        own, last = writers(runs)
    asked = requests(new_titles(TITLES), own.writer)
    generate(own, "adapter", asked[:4])  # warm up, not counted
    print(HEAD[HEAD.index("| date") :], end="")
    measure(own, last, asked)


def measure(own: Loaded, last: Loaded, asked: Sequence[Inputs]) -> None:
    """One row each for the plain loop, three writers, texts that never end, and a second thread."""
    prompts = [own.tokenizer(own.prompt(inputs))["input_ids"] for inputs in asked]
    plain = timed("plain loop, adapter", PLAIN, lambda: one_by_one(own, prompts[:PLAIN]))
    keep(plain.row(plain.rate))
    keep(timed("base", TITLES, lambda: written(own, "base", asked)).row(plain.rate))
    keep(timed("adapter", TITLES, lambda: written(own, "adapter", asked)).row(plain.rate))
    keep(timed("last release", TITLES, lambda: written(last, "last", asked)).row(plain.rate))
    keep(timed("texts without end", TITLES, lambda: endless(own, prompts)).row(plain.rate))
    torch.set_num_threads(2)
    keep(timed("adapter", TITLES, lambda: written(own, "adapter", asked)).row(plain.rate))


def writers(runs: Path) -> tuple[Loaded, Loaded]:
    """The rehearsed adapter, and the same one again in the place of a last release."""
    run, fix = Run(runs / "blog"), "make rehearse"
    writer = read_result(Writer, run.adapter / "writer.json", fix)
    training = read_result(TrainingReport, run.adapter / "training.json", fix)
    cache = runs / "cache" / "hub"
    base = snapshot_download(
        writer.base, revision=writer.base_revision, cache_dir=cache, local_files_only=True
    )
    here = replace(writer, base=base)
    own = load(run.adapter, here, training)
    return own, load_beside(own, run.adapter, here)


def written(loaded: Loaded, who: Who, asked: Sequence[Inputs]) -> int:
    """How many tokens a writer's texts have, ends not counted."""
    texts = generate(loaded, who, asked)
    return sum(len(loaded.tokenizer(each.text, add_special_tokens=False)["input_ids"]) for each in texts)


def endless(loaded: Loaded, prompts: Sequence[Sequence[int]]) -> int:
    """How many tokens stand behind the prompts if nothing ends a text."""
    return sum(map(len, continue_ids(loaded, "adapter", prompts, ENDLESS)))


def one_by_one(loaded: Loaded, prompts: Sequence[Sequence[int]]) -> int:
    """The same with `generate`, a prompt at a time; how many tokens it wrote, ends not counted."""
    most = loaded.writer.decoding.max_new_tokens
    count = 0
    for prompt in prompts:
        ids = torch.tensor([prompt])
        whole: Any = loaded.model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=most, do_sample=False
        )
        count += whole.shape[1] - len(prompt) - int(whole[0, -1] == loaded.tokenizer.eos_token_id)
    return count


def timed(name: str, texts: int, act: Callable[[], int]) -> Speed:
    """How long it takes to write so many texts; `act` says how many tokens they have."""
    load, start = os.getloadavg()[0], time.monotonic()
    tokens = act()
    return Speed(name, texts, tokens, time.monotonic() - start, load)


def keep(row: str) -> None:
    """Print a row and add it to the record."""
    print(row, flush=True)
    text = RECORD.read_text(encoding="utf-8") if RECORD.exists() else HEAD
    RECORD.write_text(f"{text}{row}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
