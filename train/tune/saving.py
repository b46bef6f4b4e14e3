"""What training leaves in the adapter's folder, each file for who reads it."""

import json
from pathlib import Path
from typing import Any

from safetensors import safe_open

from cards import facts
from cards.plots import loss_curve
from train.errors import StageError
from train.recipe import Recipe
from train.run import as_json, write_text
from train.tune import prompt, ranks
from train.tune.decoding import generation
from train.tune.gguf.adapter import write_adapter
from train.tune.keeper import best_of
from train.tune.report import Loss, Writer
from train.tune.served import leaves, unservable

GOLDEN = 3  # requests recorded with their token ids


def save(recipe: Recipe, revision: str, trainer: Any, folder: Path) -> str:
    """Leave the adapter in `folder`, ready to be asked; the reason, if llama.cpp cannot run it."""
    model, tokenizer = trainer.model, trainer.processing_class
    for config in model.peft_config.values():
        config.base_model_name_or_path, config.revision = recipe.base, revision
        config.target_modules = leaves(config.target_modules)
    learned = _gathered(trainer)
    if not ranks.first():
        return ""
    # Left to decide, PEFT compares the base with its newest commit, and may save the embeddings as well.
    model.save_pretrained(folder, state_dict=learned, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)  # PEFT's own card; the bundle renders the real one
    tokenizer.save_pretrained(folder)
    drawn = generation(recipe.decoding, tokenizer, model.generation_config)
    _check(folder)
    write_text(folder / "generation_config.json", as_json(drawn))
    write_text(folder / "writer.json", as_json(_writer(recipe, revision, tokenizer)))
    write_text(folder / "loss.svg", _curve(trainer))
    return write_adapter(folder, model.config)


def _check(folder: Path) -> None:
    """Refuse an adapter that servers would not load."""
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    with safe_open(folder / "adapter_model.safetensors", "np") as tensors:
        shapes = {name: tensors.get_slice(name).get_shape() for name in tensors.keys()}  # noqa: SIM118
    if flaws := unservable(config, shapes, [each.name for each in folder.iterdir()]):
        raise StageError(
            f"Servers would not load this adapter: {flaws[0]}",
            fix="name another base in the recipe (model_name_or_path)",
        )


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
        rewrites=recipe.pairs is not None,
    )
