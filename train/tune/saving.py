"""What training leaves in the adapter's folder, each file for who reads it."""

from pathlib import Path
from typing import Any

from cards import facts
from cards.plots import loss_curve
from train.recipe import Recipe
from train.run import as_json, write_text
from train.tune import prompt, ranks
from train.tune.decoding import generation
from train.tune.gguf.adapter import write_adapter
from train.tune.keeper import best_of
from train.tune.report import Loss, Writer

GOLDEN = 3  # requests recorded with their token ids


def save(recipe: Recipe, revision: str, trainer: Any, folder: Path) -> str:
    """Leave the adapter in `folder`, ready to be asked; the reason, if llama.cpp cannot run it."""
    model, tokenizer = trainer.model, trainer.processing_class
    for config in model.peft_config.values():
        config.base_model_name_or_path, config.revision = recipe.base, revision
        config.target_modules = sorted(config.target_modules)  # a set has another order in every process
    learned = _gathered(trainer)
    if not ranks.first():
        return ""
    model.save_pretrained(folder, state_dict=learned)
    (folder / "README.md").unlink(missing_ok=True)  # PEFT's own card; the bundle renders the real one
    tokenizer.save_pretrained(folder)
    drawn = generation(recipe.decoding, tokenizer, model.generation_config)
    write_text(folder / "generation_config.json", as_json(drawn))
    write_text(folder / "writer.json", as_json(_writer(recipe, revision, tokenizer)))
    write_text(folder / "loss.svg", _curve(trainer))
    return write_adapter(folder, model.config)


def _gathered(trainer: Any) -> dict[str, Any] | None:
    """The adapter's weights, whole, where the processes hold parts of them; None where one holds them all."""
    if trainer.is_deepspeed_enabled:
        state: dict[str, Any] = trainer.accelerator.get_state_dict(trainer.deepspeed)
        return state
    if not trainer.is_fsdp_enabled:
        return None
    parts = ((name, each) for name, each in trainer.model.named_parameters() if each.requires_grad)
    return {name: each.full_tensor().cpu() if hasattr(each, "full_tensor") else each for name, each in parts}


def losses(trainer: Any, name: str) -> tuple[Loss, ...]:
    """What was logged under this name, at each step once."""
    found = {int(each["step"]): float(each[name]) for each in trainer.state.log_history if name in each}
    return tuple(Loss(step, round(loss, 4)) for step, loss in found.items())


def kept(trainer: Any) -> int | None:
    """The step whose weights are the adapter's, if it was looked for."""
    return best_of(trainer.state) if trainer.args.load_best_model_at_end else None


def _curve(trainer: Any) -> str:
    learned, validation = (
        [facts.Loss(each.step, each.loss) for each in losses(trainer, name)] for name in ("loss", "eval_loss")
    )
    return loss_curve(learned, validation, kept(trainer))


def _writer(recipe: Recipe, revision: str, tokenizer: Any) -> Writer:
    titles = list(recipe.inputs[recipe.message].examples) or [recipe.title]
    return Writer(
        name=recipe.name,
        title=recipe.title,
        base=recipe.base,
        base_revision=revision,
        message=recipe.message,
        inputs=recipe.inputs,
        decoding=recipe.decoding,
        golden=prompt.golden(recipe, tokenizer, titles[:GOLDEN]),
    )
