"""How fast the texts are written that a version is judged by: python -m tests.benchmarks.evaluate"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download

from tests.benchmarks import rehearsal
from tests.benchmarks.record import Cell, Found, Table, beside, installed, now, record
from train.evaluate.ask import Inputs, requests
from train.evaluate.generate import generate
from train.evaluate.load import Loaded, load, load_beside
from train.evaluate.report import Who
from train.rehearse.corpora import new_titles
from train.run import Run, read_result
from train.tune.report import TrainingReport, Writer

TURNS, BESIDE, TITLES, BATCH = 3, 40, 200, 8  # titles written in turns with plain loops, and all
COLUMNS = ("what", "texts", "tokens", "wall s", "CPU s", "tokens/CPU s")
PACKAGES = ("torch", "transformers", "peft", "bitsandbytes")
ABOUT = f"""\
The likeliest texts of the rehearsed adapter for {BESIDE} titles, as `evaluate` asks for them; beside it
plain loops over transformers' `generate` on the same model and prompts, one title at a time and {BATCH}
together (padded on the left). A batch rounds otherwise, so that a few words differ. Then what `evaluate`
takes for {TITLES} titles: by the base, the adapter, and a last release over the same base (the same
adapter, loaded a second time). One thread each."""
Act = Callable[[], int]


@dataclass(frozen=True)
class Speed:
    """What was written, and how long it took."""

    name: str
    texts: int
    tokens: int
    wall_s: float
    cpu_s: float

    @property
    def rate(self) -> float:
        """Tokens a second of the processor."""
        return self.tokens / self.cpu_s

    @property
    def row(self) -> tuple[Cell, ...]:
        """Under `COLUMNS`."""
        return (self.name, self.texts, self.tokens, self.wall_s, self.cpu_s, self.rate)


def main() -> None:
    """Write in turns with the plain loops, then the whole work; record what both took."""
    since = now()
    torch.set_num_threads(1)
    own, last = writers(rehearsal.ready())
    asked = requests(new_titles(TITLES), own.writer)
    turns, whole = in_turns(own, asked[:BESIDE]), work(own, last, asked)
    ours = [each.rate for each in turns["evaluate"]]
    claims = tuple(
        beside(
            "texts to judge a version by",
            "tokens/CPU s",
            ours,
            name,
            [each.rate for each in speeds],
            more=True,
        )
        for name, speeds in turns.items()
        if name != "evaluate"
    )
    rows = tuple(each.row for speeds in (*turns.values(), whole) for each in speeds)
    found = Found("Evaluation", ABOUT, claims, Table(COLUMNS, rows))
    record("evaluate", since, found, installed(*PACKAGES))


def in_turns(own: Loaded, asked: Sequence[Inputs]) -> dict[str, list[Speed]]:
    """The same texts three ways, in turns after one that does not count."""
    prompts = [own.tokenizer(own.prompt(inputs))["input_ids"] for inputs in asked]
    ways: dict[str, Act] = {
        "evaluate": lambda: written(own, "adapter", asked),
        "a plain loop": lambda: in_batches(own, prompts, 1),
        f"a plain loop, {BATCH} at once": lambda: in_batches(own, prompts, BATCH),
    }
    generate(own, "adapter", asked[:4])
    in_batches(own, prompts[:2], 1)
    turns: dict[str, list[Speed]] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, act in ways.items():
            turns[name].append(timed(name, len(asked), act))
    return turns


def work(own: Loaded, last: Loaded, asked: Sequence[Inputs]) -> list[Speed]:
    """What a whole evaluation writes."""
    wholes: dict[Who, Loaded] = {"base": own, "adapter": own, "last": last}
    return [
        timed(f"evaluate, {who}", len(asked), partial(written, loaded, who, asked))
        for who, loaded in wholes.items()
    ]


def writers(runs: Path) -> tuple[Loaded, Loaded]:
    """The rehearsed adapter, and the same again in the place of a last release; both write the likeliest."""
    run, fix = Run(runs / "blog"), "make rehearse"
    writer = read_result(Writer, run.adapter / "writer.json", fix)
    training = read_result(TrainingReport, run.adapter / "training.json", fix)
    cache = runs / "cache" / "hub"
    base = snapshot_download(
        writer.base, revision=writer.base_revision, cache_dir=cache, local_files_only=True
    )
    likeliest = replace(writer.decoding, temperature=0.0, repetition_penalty=1.0)
    here = replace(writer, base=base, decoding=likeliest)
    own = load(run.adapter, here, training)
    return own, load_beside(own, run.adapter, here)


def written(loaded: Loaded, who: Who, asked: Sequence[Inputs]) -> int:
    """How many tokens a writer's texts have, ends not counted."""
    texts = generate(loaded, who, asked)
    return sum(len(loaded.tokenizer(each.text, add_special_tokens=False)["input_ids"]) for each in texts)


def in_batches(loaded: Loaded, prompts: Sequence[Sequence[int]], size: int) -> int:
    """The same with `generate`, so many prompts at a time; how many tokens it wrote, ends not counted."""
    most, end = loaded.writer.decoding.max_new_tokens, loaded.tokenizer.eos_token_id
    loaded.tokenizer.padding_side = "left"
    count = 0
    for start in range(0, len(prompts), size):
        given = loaded.tokenizer.pad(
            {"input_ids": [list(each) for each in prompts[start : start + size]]}, return_tensors="pt"
        )
        whole: Any = loaded.model.generate(
            **given, max_new_tokens=most, do_sample=False, pad_token_id=loaded.tokenizer.pad_token_id
        )
        for text in whole[:, given["input_ids"].shape[1] :].tolist():
            count += text.index(end) if end in text else len(text)
    return count


def timed(name: str, texts: int, act: Act) -> Speed:
    """How long it takes to write so many texts; `act` says how many tokens they have."""
    wall, cpu = time.monotonic(), time.process_time()
    tokens = act()
    return Speed(name, texts, tokens, time.monotonic() - wall, time.process_time() - cpu)


if __name__ == "__main__":
    main()
