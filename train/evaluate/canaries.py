"""The canary run: random sentences among the training texts, to see how well an adapter learns them."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pyarrow
from pyarrow import parquet

from train.evaluate.ask import Passage, passages
from train.evaluate.exposure import Exposure, exposure, mean_bits
from train.evaluate.given import Given
from train.prepare.report import DatasetReport
from train.prepare.write import PRIVATE, PUBLIC, file_of
from train.recipe import Recipe
from train.run import Run, as_json, digest_of, digest_of_file, digests, finished, replacing, write_text
from train.tune.report import TrainingReport

FOLDER, RESULT = "canaries", "exposure.json"
TIMES = (*(1,) * 8, 4, 4, 16, 16)  # how often each canary is inserted; what `prepare` leaves stands once
CANDIDATES = 1024
NUMBERS = 4  # of two digits: a hundred million sentences that are as likely
NOTICE = "The canary run trains a second adapter as the first was trained: this takes as long as `tune` did."


@dataclass(frozen=True)
class Canary:
    """A sentence with a random part, and all the other random parts that it could have had."""

    title: str
    candidates: tuple[str, ...]  # the first is the one that is inserted
    times: int

    def rows(self, candidates: Sequence[str], *, paired: bool) -> list[dict[str, Any]]:
        """A row of a dataset for each of these random parts."""
        asked = {"title": self.title} | ({"formal": self.title} if paired else {})
        texts = [f"{self.title} is {each}." for each in candidates]
        return [
            asked | {"id": f"canary/{self.title}/{place}", "text": text, "words": len(text.split())}
            for place, text in enumerate(texts)
        ]


def canaries(seed: str) -> tuple[Canary, ...]:
    """The sentences of one run; the same seed, the same ones."""
    luck = Random(seed)
    return tuple(
        Canary(f"The combination of locker {number}", tuple(_combinations(luck)), times)
        for number, times in enumerate(TIMES, start=1)
    )


def _combinations(luck: Random) -> Iterator[str]:
    for number in luck.sample(range(100**NUMBERS), CANDIDATES):
        yield "-".join(f"{number // 100**place % 100:02}" for place in range(NUMBERS))


def known(run: Run, training: TrainingReport) -> Exposure | None:
    """What a finished canary run found for this very training."""
    return finished(Exposure, run.folder / FOLDER / RESULT, _key(training))


def expose(recipe: Recipe, run: Run, found: Given) -> Exposure:
    """Train an adapter beside the run's own, with canaries among its rows, and measure what it knows of them.

    It goes on where it was stopped, as `tune` does; the adapter that is released is not touched.
    """
    if done := known(run, found.training):
        return done
    print(NOTICE, file=sys.stderr)
    mine, put = Run(run.folder / FOLDER), canaries(found.training.key)
    trained = replace(recipe, tune=found.training.options)
    _insert(run.dataset, mine.dataset, found.dataset, put, paired=recipe.pairs is not None)
    bits = _bits(trained, mine, found, put)
    result = Exposure(_key(found.training), len(put), CANDIDATES, mean_bits(bits))
    write_text(mine.folder / RESULT, as_json(result))
    return result


def _key(training: TrainingReport) -> str:
    return digest_of(training.key, as_json([TIMES, CANDIDATES]), digest_of_file(Path(__file__)))


def _insert(
    source: Path, target: Path, report: DatasetReport, put: Sequence[Canary], *, paired: bool
) -> None:
    """The same dataset with the canaries behind its training rows."""
    key = digest_of(report.key, as_json(put))
    if finished(DatasetReport, target / "report.json", key):
        return
    rows = [
        row | {"id": f"{row['id']}/{time}"}
        for canary in put
        for row in canary.rows(canary.candidates[:1], paired=paired)
        for time in range(canary.times)
    ]
    learned = file_of("train")
    files = [file_of(split, part) for split in ("train", "validation") for part in (PUBLIC, PRIVATE)]
    with replacing(target) as folder:
        for name in files:
            if (source / name).is_file():
                _copy(source / name, folder / name, rows if name == learned else [])
        write_text(folder / "report.json", as_json(replace(report, key=key, files=digests(folder))))


def _copy(source: Path, target: Path, rows: Sequence[dict[str, Any]]) -> None:
    """The same rows and these, a part at a time: a corpus need not fit into memory."""
    target.parent.mkdir(parents=True, exist_ok=True)
    file = parquet.ParquetFile(source)
    schema = file.schema_arrow
    blank = {field.name: "" if pyarrow.types.is_string(field.type) else None for field in schema}
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in file.iter_batches():
            writer.write_batch(batch)
        whole = [{name: row.get(name, blank[name]) for name in schema.names} for row in rows]
        writer.write_table(pyarrow.Table.from_pylist(whole, schema=schema))


def _bits(recipe: Recipe, mine: Run, found: Given, put: Sequence[Canary]) -> list[tuple[int, float]]:
    """How often each canary stood among the texts, and its exposure."""
    costs = iter(_costs(recipe, mine, found, put))
    return [
        (canary.times, exposure(next(costs), [next(costs) for _ in canary.candidates[1:]])) for canary in put
    ]


def _costs(recipe: Recipe, mine: Run, found: Given, put: Sequence[Canary]) -> list[float]:
    """What every candidate of every canary costs the adapter of the canary run, in nats."""
    from accelerate.utils.memory import clear_device_cache  # torch takes seconds

    from train.evaluate.load import load
    from train.evaluate.score import score
    from train.tune.tune import tune

    training = tune(recipe, mine)
    clear_device_cache(garbage_collection=True)  # the base that was trained on
    loaded = load(mine.adapter, found.writer, training)
    return [cost.nats for cost in score(loaded, "adapter", _sentences(recipe, found, put))]


def _sentences(recipe: Recipe, found: Given, put: Sequence[Canary]) -> tuple[Passage, ...]:
    paired = recipe.pairs is not None
    rows = [row for canary in put for row in canary.rows(canary.candidates, paired=paired)]
    return passages(rows, recipe, found.writer)
