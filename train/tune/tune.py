"""The tune stage: rows in, a LoRA adapter with its prompt and its training record out."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as parquet
from transformers import PrinterCallback, ProgressCallback
from trl import SFTConfig, SFTTrainer, get_peft_config

from train.prepare.report import DatasetReport
from train.recipe import Recipe
from train.run import (
    Run,
    as_json,
    digest_of,
    digest_of_all,
    digest_of_code,
    digests,
    finished,
    read_result,
    replacing,
    write_text,
)
from train.tune import prompt
from train.tune.model import load_base, load_tokenizer, model_config, pinned
from train.tune.options import TRAINING, settings
from train.tune.progress import Progress
from train.tune.report import Loss, TrainingReport, Writer

PACKAGES = ("accelerate", "bitsandbytes", "datasets", "peft", "torch", "transformers", "trl")
GOLDEN = 3  # requests recorded with their token ids
ALWAYS: dict[str, Any] = {
    "report_to": "none",
    "save_strategy": "no",
    "completion_only_loss": True,
    "disable_tqdm": True,  # Progress draws the one bar
}


def tune(recipe: Recipe, run: Run) -> TrainingReport:
    """Train the recipe's adapter on `run.dataset` and leave it, with its prompt, in `run.adapter`."""
    fix = f"python -m train prepare {recipe.name}"
    dataset = digest_of_all(read_result(DatasetReport, run.dataset / "report.json", fix).files)
    key = _key(recipe, dataset)
    if done := finished(TrainingReport, run.adapter / "training.json", key):
        return done
    rows = _rows(run, "train")
    revision = pinned(recipe)
    with replacing(run.adapter) as folder:
        trainer = _trainer(recipe, revision, rows, folder)
        trainer.train()
        _save(recipe, revision, trainer, folder)
        report = _report(recipe, revision, trainer, folder, key, dataset)
        write_text(folder / "training.json", as_json(report))
    return report


def _key(recipe: Recipe, dataset: str) -> str:
    asked = [recipe.name, recipe.title, recipe.tune, recipe.prompt, recipe.inputs, recipe.decoding]
    return digest_of(dataset, as_json(asked), as_json(_versions()), digest_of_code("train/tune"))


def _versions() -> dict[str, str]:
    return {package: version(package) for package in PACKAGES}


def _rows(run: Run, split: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(
        run.dataset / "data" / f"{split}-00000-of-00001.parquet"
    ).to_pylist()
    return rows


def _trainer(recipe: Recipe, revision: str, rows: list[dict[str, Any]], folder: Path) -> SFTTrainer:
    datasets.disable_progress_bars()
    tokenizer = load_tokenizer(recipe.base, revision)
    tokenizer.chat_template = prompt.chat_template(recipe, tokenizer.chat_template)
    pairs = [prompt.row(recipe, each["title"], each["text"], each["words"]) for each in rows]
    trainer = SFTTrainer(
        model=load_base(recipe, revision),
        args=SFTConfig(output_dir=str(folder), **(ALWAYS | settings(recipe, TRAINING))),
        train_dataset=datasets.Dataset.from_list(pairs),
        processing_class=tokenizer,
        peft_config=get_peft_config(model_config(recipe)),
        callbacks=[Progress()],
    )
    for loud in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(loud)
    return trainer


def _save(recipe: Recipe, revision: str, trainer: SFTTrainer, folder: Path) -> None:
    model: Any = trainer.model
    for config in model.peft_config.values():
        config.base_model_name_or_path, config.revision = recipe.base, revision
        config.target_modules = sorted(config.target_modules)  # a set has another order in every process
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)  # PEFT's own card; the bundle renders the real one
    tokenizer: Any = trainer.processing_class
    tokenizer.save_pretrained(folder)
    titles = list(recipe.inputs[recipe.message].examples) or [recipe.title]
    writer = Writer(
        name=recipe.name,
        title=recipe.title,
        base=recipe.base,
        base_revision=revision,
        message=recipe.message,
        inputs=recipe.inputs,
        decoding=recipe.decoding,
        golden=prompt.golden(recipe, tokenizer, titles[:GOLDEN]),
    )
    write_text(folder / "writer.json", as_json(writer))


def _report(
    recipe: Recipe, revision: str, trainer: SFTTrainer, folder: Path, key: str, dataset: str
) -> TrainingReport:
    model: Any = trainer.model
    logged = [entry for entry in trainer.state.log_history if "loss" in entry]
    return TrainingReport(
        key=key,
        recipe=recipe.name,
        base=recipe.base,
        base_revision=revision,
        dataset=dataset,
        options=recipe.tune,
        parameters=model.num_parameters(only_trainable=True),
        steps=trainer.state.global_step,
        loss=tuple(Loss(int(entry["step"]), round(float(entry["loss"]), 4)) for entry in logged),
        versions=_versions(),
        files=digests(folder),
    )
