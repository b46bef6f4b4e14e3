"""What stops a training from outside, in one line that says what to change."""

import errno
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from safetensors import SafetensorError
from trl import SFTConfig

from train.errors import StageError, first_line
from train.recipe import Recipe
from train.tune.checkpoints import Shelf
from train.tune.options import TRAINING, settings

SHORTEST = 64  # tokens; a text of fewer is no text
NO_MEMORY = (
    r"out of memory|can't allocate memory|CUBLAS_STATUS_ALLOC_FAILED|DataLoader worker .* (exited|killed)"
)
NO_ROOM = r"os error (27|28|122)\b|inline_container\.cc"  # as safetensors and torch.save say it
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
LOST = r"CUDA error|CUDA driver|NCCL|cuDNN error|no kernel image"
MISSING = r"requires .*?(?P<name>[\w-]+)[`'\S]* to be installed"


@contextmanager
def explained(recipe: Recipe, shelf: Shelf) -> Iterator[None]:
    """Say in one line what stopped the block, and where the same command goes on; its cause is kept."""
    try:
        yield
    except (
        RuntimeError,
        ValueError,
        OSError,
        MemoryError,
        ArithmeticError,
        ImportError,
        SafetensorError,
    ) as error:
        told = explanation(error, recipe, shelf)
        if told is None:
            raise
        newest = shelf.newest()
        kept = f" The same command goes on from step {newest.step}." if newest else ""
        raise StageError(f"{told}{kept}", fix=told.fix) from error


def explanation(error: Exception, recipe: Recipe, shelf: Shelf) -> StageError | None:
    """What the error means for who trains this recipe; None if it is no mishap, but a mistake of ours."""
    said, first = str(error), first_line(error)
    if isinstance(error, FloatingPointError):
        rate = f"{_asked(recipe)['learning_rate'] / 2:g}"
        return StageError(first, fix=f"python -m train tune {recipe.name} --learning_rate {rate}")
    if isinstance(error, MemoryError) or re.search(NO_MEMORY, said):
        return _too_large(recipe)
    if getattr(error, "errno", None) in FULL or re.search(NO_ROOM, said):
        return StageError(
            f"There is no room for what was trained in {shelf.root.parent}.", fix=f"df -h {shelf.root.parent}"
        )
    if re.search(LOST, said):
        return StageError(f"The GPU stopped: {first}", fix="nvidia-smi")
    if missing := re.search(MISSING, said):
        name = missing["name"]
        return StageError(f"tune: report_to needs {name}, which is not installed.", fix=f"pip install {name}")
    if "is not supported, only" in first:
        return StageError(f"tune: {first}", fix=f"edit the recipe's tune section ({recipe.name})")
    return None


def _too_large(recipe: Recipe) -> StageError:
    asked = _asked(recipe)
    batch, length = int(asked["per_device_train_batch_size"]), int(asked["max_length"])
    what = f"The memory is too small for {batch} x {length} tokens at once."
    smaller = f"--max_length {max(SHORTEST, length // 2)}"
    if batch > 1:
        steps = batch * int(asked["gradient_accumulation_steps"])
        smaller = f"--per_device_train_batch_size 1 --gradient_accumulation_steps {steps}"
    return StageError(what, fix=f"python -m train tune {recipe.name} {smaller}")


def _asked(recipe: Recipe) -> Mapping[str, Any]:
    """The recipe's training options over TRL's own defaults."""
    return {each.name: each.default for each in fields(SFTConfig)} | settings(recipe, TRAINING)
