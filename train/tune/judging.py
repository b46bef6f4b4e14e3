"""When a training is saved and judged, and whose weights are kept, where the recipe does not say."""

from collections.abc import Mapping, Sequence
from typing import Any

OFTEN = 0.1  # of the steps: ten times in a training
LOOKED_AT = 32  # validation texts; enough to tell two checkpoints apart, few enough to take seconds
ENOUGH = 16  # validation texts; on fewer, the lowest loss is mostly luck
PATIENCE = 3  # looks in a row without a lower loss, and the training ends


def looked_at(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some of the validation rows, the same ones each time, from all over the file."""
    every = max(1, -(-len(rows) // LOOKED_AT))
    return list(rows[::every])


def habits(options: Mapping[str, Any], texts: int) -> dict[str, Any]:
    """Options to save and to judge by on so many validation texts; what the recipe sets stays as it is.

    Ten times in a training it is saved and the validation loss is measured; with enough texts, the
    weights with the lowest loss are kept, and a training that no longer finds lower ones ends early.
    """
    said = dict(options) | {name: "no" for name in _STRATEGIES if options.get(name) is False}  # YAML's `no`
    looks = said.get("eval_strategy", "steps")
    often = said.get("save_steps", said.get("eval_steps", OFTEN))
    made = {"save_strategy": "steps" if looks == "no" else looks, "save_steps": often} | said
    if not texts or made["save_strategy"] not in ("steps", "epoch"):
        return made
    made = {"eval_strategy": made["save_strategy"], "eval_steps": made["save_steps"]} | made
    if "per_device_train_batch_size" in made:  # what fits into the memory there, fits here
        made = {"per_device_eval_batch_size": made["per_device_train_batch_size"]} | made
    return {"load_best_model_at_end": texts >= ENOUGH and _in_step(made)} | made


_STRATEGIES = ("save_strategy", "eval_strategy", "logging_strategy")


def _in_step(made: Mapping[str, Any]) -> bool:
    """Whether every save is at a look: only then has the best look its weights."""
    return bool(made["eval_strategy"] == made["save_strategy"] and made["eval_steps"] == made["save_steps"])
