"""A small recipe over a toy base, its rows, and the trainer that it makes of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import toy
from tests.judged import BLOG
from tests.stopped import COMMIT
from train.prepare.report import DatasetReport
from train.recipe import Recipe
from train.rehearse.scale import TUNE
from train.run import Run, as_json, digests, write_text
from train.sections import Option
from train.tune.tune import TRAIN

ROWS = [
    {
        "id": f"row-{place}",
        "title": f"Notebook {place}",
        "text": f"# Notebook {place}\n\nTea is good." + " More tea." * place,
        "words": 9 + 2 * place,
        "origin": "",
        "source": "test",
    }
    for place in range(8)
]
LAYERS = "k_proj", "down_proj", "q_proj"  # not in order: PEFT keeps them as a set


def small(base: Path, **options: Option) -> Recipe:
    mine: dict[str, Option] = {
        "model_name_or_path": str(base),
        "lora_target_modules": list(LAYERS),
        "max_steps": 2,
        "warmup_steps": 0,
        "logging_steps": 1,
    }
    return replace(BLOG, tune=BLOG.tune | TUNE | mine | options)


def leave_dataset(run: Run) -> None:
    import pyarrow
    from pyarrow import parquet

    (run.dataset / "data").mkdir(parents=True)
    parquet.write_table(pyarrow.Table.from_pylist(ROWS), run.dataset / TRAIN)
    counts = {"train": len(ROWS)}
    report = DatasetReport("key", "blog", counts, len(ROWS), {}, {}, counts, counts, digests(run.dataset))
    write_text(run.dataset / "report.json", as_json(report))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A toy base; imported by name."""
    folder = tmp_path_factory.mktemp("base")
    toy.base(folder)
    return folder


def prepared(base: Path, folder: Path, **options: Option) -> Any:
    from train.tune.trainer import prepared

    plain: dict[str, Option] = {"load_in_4bit": False, "use_bnb_nested_quant": False}
    return prepared(small(base, **(plain | options)), COMMIT, ROWS, folder)
