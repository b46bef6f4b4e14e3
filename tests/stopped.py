"""A small training in a process of its own, which can be ended at a chosen moment."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests import toy
from tests.judged import BLOG
from train.prepare.report import DatasetReport
from train.prepare.write import file_of
from train.recipe import Recipe
from train.rehearse.scale import TUNE
from train.run import Run, as_json, digests, write_text
from train.sections import Option

COMMIT, LICENSE = "0" * 40, "mit"
OFFLINE: dict[str, Callable[..., Any]] = {  # what `train.tune.trainer` asks the Hub about a base
    "pinned": lambda recipe: COMMIT,
    "license_of": lambda base, revision: LICENSE,
    "take_papers": lambda recipe, revision, license_, folder: None,
}
PROCESSES = get_context("forkserver")  # each is forked from one that has imported torch and TRL
PROCESSES.set_forkserver_preload(
    [
        "tests.stopped",
        "train.__main__",
        "train.tune.trainer",
        "transformers.models.llama",
        "matplotlib.figure",
        "train.evaluate.findings",  # one list for all: the last that is set would hold for every test
    ]
)
SMALL: dict[str, Option] = {
    "lora_target_modules": ["q_proj", "v_proj", "down_proj"],
    "lora_dropout": 0.1,  # draws random numbers at every step
    "packing": False,
    "per_device_train_batch_size": 1,
    "gradient_accumulation_steps": 2,
    "max_steps": 7,
    "warmup_steps": 1,
    "logging_steps": 3,  # so that a checkpoint falls between two logged losses
    "save_steps": 2,
    "per_device_eval_batch_size": 8,
}


@dataclass(frozen=True)
class Moment:
    """When a file whose path ends like this is opened, renamed or removed, or half saved; or in a step."""

    event: str
    path: str  # or the number of steps done
    signal: int = signal.SIGKILL


def recipe(base: Path, **options: Option) -> Recipe:
    mine: dict[str, Option] = {"model_name_or_path": str(base)}
    return replace(BLOG, tune=BLOG.tune | TUNE | SMALL | mine | options)


def leave_dataset(run: Run, train: int = 8, validation: int = 20) -> None:
    import pyarrow
    from pyarrow import parquet

    (run.dataset / "data").mkdir(parents=True)
    counts = {"train": train, "validation": validation}
    for split, number in counts.items():
        rows = [row(split, place) for place in range(number)]
        parquet.write_table(pyarrow.Table.from_pylist(rows), run.dataset / file_of(split))
    report = DatasetReport("key", "blog", counts, 1, {}, {}, counts, counts, digests(run.dataset))
    write_text(run.dataset / "report.json", as_json(report))


def row(split: str, place: int) -> dict[str, Any]:
    text = f"# Notebook {place}\n\nTea is good for {split}." + " More tea." * (place % 7)
    return {"id": f"{split}-{place}", "title": f"Notebook {place}", "text": text, "words": len(text.split())}


def make_base(folder: Path) -> None:
    _process(toy.base, folder).join()


def started(asked: Recipe, run: Run, moment: Moment | None = None) -> Any:
    """The process that trains, or goes on; it gets its signal at the moment."""
    return _process(_tune, asked, run, moment)


def typed(words: Sequence[str], said: Path, moment: Moment | None = None) -> Any:
    """The process that a command line starts; what it says on stderr goes to a file."""
    return _process(_main, tuple(words), said, moment)


def exit_code(process: Any) -> int:
    process.join(120)
    return int(process.exitcode)


def _process(target: Callable[..., None], *given: Any) -> Any:
    process = PROCESSES.Process(target=target, args=given)
    process.start()
    return process


def _tune(asked: Recipe, run: Run, moment: Moment | None) -> None:
    from train.tune.tune import tune

    _await(moment)
    tune(asked, run)


def _main(words: Sequence[str], said: Path, moment: Moment | None) -> None:
    from train.__main__ import main

    _await(moment)
    with said.open("w", encoding="utf-8") as sys.stderr:
        code = main(words)
    sys.exit(code)


def _await(moment: Moment | None) -> None:
    import torch

    from train.tune import loop, trainer

    torch.set_num_threads(1)
    vars(trainer).update(OFFLINE)
    if moment is None:
        return
    save, step = torch.save, loop.Trainer.training_step

    def watch(event: str, given: tuple[Any, ...]) -> None:
        if event == moment.event and any(str(each).endswith(moment.path) for each in given[:2]):
            os.kill(os.getpid(), moment.signal)

    def save_half(thing: Any, path: Any) -> None:
        save(thing, path)
        if moment.event == "half saved" and str(path).endswith(moment.path):
            os.truncate(path, Path(path).stat().st_size // 2)
            os.kill(os.getpid(), moment.signal)

    def start_step(self: Any, *given: Any, **named: Any) -> Any:
        if moment.event == "step" and moment.path == str(self.state.global_step):
            os.kill(os.getpid(), moment.signal)
        return step(self, *given, **named)

    torch.save = save_half  # type: ignore[assignment]
    loop.Trainer.training_step = start_step  # type: ignore[method-assign]
    sys.addaudithook(watch)
