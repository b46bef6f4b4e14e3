"""The edge where TRL is: rows and a pinned base in, a folder with the adapter out."""

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import datasets
from transformers import EarlyStoppingCallback, PrinterCallback, ProgressCallback
from trl import SFTConfig

from train.errors import RecipeError, StageError, first_line
from train.recipe import Recipe
from train.run import digests
from train.tune import prompt, ranks
from train.tune.checkpoints import Shelf
from train.tune.cost import compute
from train.tune.documents import apart
from train.tune.held import license_of, pinned
from train.tune.judging import PATIENCE, habits, looked_at
from train.tune.keeper import Keeper
from train.tune.lessons import lessons
from train.tune.loop import Trainer, check_finite, never_packed
from train.tune.mishaps import explained
from train.tune.model import load_base, load_tokenizer, lora_config
from train.tune.options import MODEL, TRAINING, settings
from train.tune.papers import take_papers
from train.tune.planning import announce, recomputed
from train.tune.progress import Progress
from train.tune.report import Cut, TrainingReport
from train.tune.saving import kept, losses, save

ALWAYS: dict[str, Any] = {
    "report_to": "none",
    "completion_only_loss": True,
    "disable_tqdm": True,  # Progress draws the one bar
    "ddp_find_unused_parameters": False,  # every LoRA weight is used in every step
}
NEVERTHELESS: dict[str, Any] = {  # whatever a recipe says: what going on from a checkpoint stands on
    "save_total_limit": None,  # Shelf removes them, once the next one is whole
    "save_only_model": False,
    "restore_callback_states_from_checkpoint": True,
    "logging_nan_inf_filter": False,  # it would hide what Trainer stops at
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """The rows that are learned, and those that training is judged by."""

    train: Sequence[Row]
    validation: Sequence[Row] = ()


def train(
    recipe: Recipe, rows: Rows, folder: Path, shelf: Shelf, dataset: str, versions: dict[str, str]
) -> TrainingReport:
    """Train, or go on from the newest checkpoint, and save the adapter to `folder`; what was done."""
    revision = pinned(recipe)
    license_ = license_of(recipe.base, revision)
    take_papers(recipe, revision, license_, folder)
    with explained(recipe, shelf):
        trainer, seconds = _trained(recipe, revision, rows, shelf)
        no_gguf = save(recipe, revision, trainer, folder)
    return TrainingReport(
        key=shelf.key,
        recipe=recipe.name,
        base=recipe.base,
        base_revision=revision,
        dataset=dataset,
        options=recipe.tune,
        parameters=trainer.model.num_parameters(only_trainable=True),
        steps=trainer.state.global_step,
        loss=losses(trainer, "loss"),
        versions=versions,
        files=digests(folder),
        validation=losses(trainer, "eval_loss"),
        best_step=kept(trainer),
        rows=len(rows.train),
        cut=trainer.cut,
        compute=compute(trainer, seconds),
        base_license=license_,
        no_gguf=no_gguf,
    )


def _trained(recipe: Recipe, revision: str, rows: Rows, shelf: Shelf) -> tuple[Any, float]:
    """The trainer at the end of its training, and the seconds that took."""
    os.environ.setdefault(
        "TENSORBOARD_LOGGING_DIR", str(shelf.root.parent / "logs")
    )  # else: with checkpoints
    found = ranks.ahead(shelf.clear, shelf.newest)
    if found:
        ranks.check_same(found.processes, recipe.name, shelf.root)
    trainer = prepared(recipe, revision, rows.train, shelf.folder, rows.validation)
    announce(recipe, trainer)
    keeper = Keeper(trainer, shelf, found)
    trainer.add_callback(keeper)
    with keeper.warned():
        trainer.train(str(shelf.path(found.step)) if found else None)
    check_finite(trainer.model, trainer.state.global_step)
    ranks.meet()  # a checkpoint that another one still reads must stay
    return trainer, keeper.seconds()


def prepared(
    recipe: Recipe, revision: str, rows: Sequence[Row], folder: Path, validation: Sequence[Row] = ()
) -> Trainer:
    """TRL's trainer over the quantised base, with the recipe's prompt in its tokenizer."""
    datasets.disable_progress_bars()
    tokenizer = load_tokenizer(recipe.base, revision)
    prompt.dress(recipe, tokenizer)
    arguments = arguments_of(recipe, folder, len(looked_at(validation)))
    learned, cut = taught(recipe, tokenizer, rows, arguments.max_length)
    judged, _ = taught(recipe, tokenizer, looked_at(validation), arguments.max_length)
    early = [EarlyStoppingCallback(PATIENCE)] if arguments.load_best_model_at_end else []
    base = load_base(recipe.base, revision, recipe.tune)
    trainer = Trainer(
        model=apart(never_packed(base), recipe.tune, arguments.max_length),
        args=recomputed(recipe, base.config, arguments),
        train_dataset=learned,
        eval_dataset=judged if validation else None,
        processing_class=tokenizer,
        peft_config=lora_config(settings(recipe, MODEL), base),
        callbacks=[Progress(), *early],
    )
    trainer.cut = cut
    # By its name, PEFT would compare the base with its newest commit at each checkpoint; `save` names it.
    model: Any = trainer.model
    model.peft_config["default"].base_model_name_or_path = ""
    for loud in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(loud)
    return trainer


def taught(
    recipe: Recipe, tokenizer: Any, rows: Sequence[Row], length: int | None
) -> tuple[datasets.Dataset, Cut]:
    """The rows as lessons in token ids, and what was cut from them; refused if nothing is left."""
    pairs = [prompt.row(recipe, each[recipe.asks_with], each["text"], each["words"]) for each in rows]
    made, cut = lessons(tokenizer, pairs, sys.maxsize if length is None else length)
    if rows and not made:
        what = f"No text fits behind its request within {length} tokens (max_length), of {len(rows):,} texts."
        raise StageError(what, fix=f"python -m train tune {recipe.name} --max_length {2 * int(length or 1)}")
    return datasets.Dataset.from_list([asdict(each) for each in made]), cut


def arguments_of(recipe: Recipe, folder: Path, texts: int) -> SFTConfig:
    """TRL's arguments: the recipe's, with what always holds, judged by so many validation texts."""
    options = ALWAYS | habits(settings(recipe, TRAINING), texts) | NEVERTHELESS
    edit = f"edit the recipe's tune section ({recipe.name})"
    if not texts and options.get("eval_strategy", "no") != "no":
        what = "tune: eval_strategy asks for validation texts, and the dataset has none."
        raise RecipeError(what, fix=f"{edit}, or its split")
    try:
        return SFTConfig(output_dir=str(folder), **options)
    except (TypeError, ValueError) as error:
        raise RecipeError(f"tune: {first_line(error)}", fix=edit) from error
