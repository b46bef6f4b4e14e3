"""The edge where TRL is: rows and a pinned base in, a folder with the adapter out."""

from pathlib import Path
from typing import Any

import datasets
from transformers import PrinterCallback, ProgressCallback
from trl import ModelConfig, SFTConfig, SFTTrainer, get_peft_config

from train.recipe import Recipe
from train.run import as_json, digests, write_text
from train.tune import prompt
from train.tune.model import load_base, load_tokenizer, pinned
from train.tune.options import MODEL, TRAINING, settings
from train.tune.progress import Progress
from train.tune.report import Loss, TrainingReport, Writer

GOLDEN = 3  # requests recorded with their token ids
ALWAYS: dict[str, Any] = {
    "report_to": "none",
    "save_strategy": "no",
    "completion_only_loss": True,
    "disable_tqdm": True,  # Progress draws the one bar
}


def train(
    recipe: Recipe,
    rows: list[dict[str, Any]],
    folder: Path,
    key: str,
    dataset: str,
    versions: dict[str, str],
) -> TrainingReport:
    """Train on `rows` and save adapter, tokenizer and `writer.json` to `folder`; what was done."""
    revision = pinned(recipe)
    trainer = prepared(recipe, revision, rows, folder)
    trainer.train()
    _save(recipe, revision, trainer, folder)
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
        versions=versions,
        files=digests(folder),
    )


def prepared(recipe: Recipe, revision: str, rows: list[dict[str, Any]], folder: Path) -> SFTTrainer:
    """TRL's trainer over the quantised base, with the recipe's prompt in its tokenizer."""
    datasets.disable_progress_bars()
    tokenizer = load_tokenizer(recipe.base, revision)
    tokenizer.chat_template = prompt.chat_template(recipe, tokenizer.chat_template)
    pairs = [prompt.row(recipe, each[recipe.asks_with], each["text"], each["words"]) for each in rows]
    trainer = SFTTrainer(
        model=load_base(recipe.base, revision, settings(recipe, MODEL)),
        args=SFTConfig(output_dir=str(folder), **(ALWAYS | settings(recipe, TRAINING))),
        train_dataset=datasets.Dataset.from_list(pairs),
        processing_class=tokenizer,
        peft_config=get_peft_config(ModelConfig(**({"use_peft": True} | settings(recipe, MODEL)))),
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
