"""A run as `prepare` and `tune` leave it, over the toy base, and what `evaluate` is given of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests import toy
from train import recipe as recipes
from train.evaluate.given import TEST
from train.prepare.report import DatasetReport
from train.recipe import Recipe
from train.run import Run, as_json, digest_of_all, digests, read_result, write_text
from train.sections import Decoding, Input
from train.tune import prompt
from train.tune.report import TrainingReport, Writer

TITLES = [
    "Keeping a notebook",
    "日記の書き方",
    "On tea",
    "Notebooks for people who already keep far too many",
]
BLOG = replace(
    recipes.load("blog"),
    inputs={
        "title": Input(label="Title", examples=("Keeping a notebook",)),
        "words": Input(label="Limit", choices=(80, 160), default=80),
    },
    decoding=Decoding(max_new_tokens=12, temperature=0.0),
)


def rows(titles: Sequence[str] = TITLES) -> list[dict[str, Any]]:
    return [
        {
            "id": f"row-{place}",
            "title": title,
            "text": f"# {title}\n\nTea is good." + " More." * place,
            "words": 9,
        }
        for place, title in enumerate(titles)
    ]


def writer_of(recipe: Recipe, base: Path, tokenizer: Any) -> Writer:
    return Writer(
        name=recipe.name,
        title=recipe.title,
        base=str(base),
        base_revision="0" * 40,
        message="title",
        inputs=recipe.inputs,
        decoding=recipe.decoding,
        golden=prompt.golden(recipe, tokenizer, TITLES[:1]),
    )


def leave_dataset(run: Run, held_out: Sequence[dict[str, Any]]) -> str:
    import pyarrow
    from pyarrow import parquet

    (run.dataset / "data").mkdir(parents=True)
    parquet.write_table(pyarrow.Table.from_pylist(list(held_out)), run.dataset / TEST)
    files = digests(run.dataset)
    counts = {"test": len(held_out)}
    report = DatasetReport("key", "blog", counts, len(held_out), {}, {}, counts, counts, files)
    write_text(run.dataset / "report.json", as_json(report))
    return digest_of_all(files)


def leave_adapter(run: Run, base: Path, dataset: str, **options: Any) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    config = LoraConfig(r=4, target_modules=["q_proj", "v_proj", "down_proj"], init_lora_weights=False)
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
    model.save_pretrained(str(run.adapter))
    tokenizer = toy.tokenizer()
    tokenizer.chat_template = prompt.chat_template(BLOG, toy.TEMPLATE)
    tokenizer.save_pretrained(run.adapter)
    write_text(run.adapter / "writer.json", as_json(writer_of(BLOG, base, tokenizer)))
    sign(run, base, dataset, **options)


def sign(run: Run, base: Path, dataset: str, **options: Any) -> None:
    files = {name: digest for name, digest in digests(run.adapter).items() if name != "training.json"}
    report = TrainingReport("key", "blog", str(base), "0" * 40, dataset, options, 1, 1, (), {}, files)
    write_text(run.adapter / "training.json", as_json(report))


@dataclass(frozen=True)
class Made:
    base: Path
    run: Run
    dataset: str

    def writer(self) -> Writer:
        return read_result(Writer, self.run.adapter / "writer.json", "")

    def rewrite(self, writer: Writer, **options: Any) -> None:
        write_text(self.run.adapter / "writer.json", as_json(writer))
        sign(self.run, Path(writer.base), self.dataset, **options)

    def load(self) -> Any:
        from train.evaluate.load import load

        training = read_result(TrainingReport, self.run.adapter / "training.json", "")
        return load(self.run.adapter, self.writer(), training)


def make(folder: Path) -> Made:
    """A run in `folder`, beside its base."""
    toy.base(folder / "base")
    run = Run(folder / "run")
    dataset = leave_dataset(run, rows())
    leave_adapter(run, folder / "base", dataset)
    return Made(folder / "base", run, dataset)
