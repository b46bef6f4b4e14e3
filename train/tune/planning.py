"""Where a plan comes from: the base's configuration, the rows, and this device."""

import math
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import torch
from huggingface_hub import try_to_load_from_cache
from transformers import AutoConfig, TrainerCallback
from trl.data_utils import pack_dataset

from train.recipe import Recipe
from train.sections import Option
from train.tune import prompt, ranks
from train.tune.held import pinned
from train.tune.model import SMALL, load_tokenizer
from train.tune.needs import needs
from train.tune.options import MODEL, settings
from train.tune.plan import LONG_S, SPARE, Device, Load, Needs, Plan

REACHED = {"cuda": 0.35, "cpu": 0.25}  # of the rate of one large product, by a whole training
SIDE = {"cuda": 8192, "cpu": 1024}  # of the matrices in that product
PROBED = 3  # steps, after one that warms up
BEARABLE_S = 60.0  # a step that takes longer is not tried out
WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")
BRIEF: dict[str, Option] = {
    "max_steps": PROBED + 1,
    "save_strategy": "no",
    "eval_strategy": "no",
    "load_best_model_at_end": False,
    "report_to": "none",
}


def plan(recipe: Recipe, rows: Sequence[dict[str, Any]], texts: int) -> Plan:
    """The plan of a training; its pace is tried out, if the base's weights are on this machine."""
    from train.tune.trainer import arguments_of, taught

    revision = pinned(recipe)
    config = AutoConfig.from_pretrained(recipe.base, revision=revision, trust_remote_code=False)
    arguments = arguments_of(recipe, Path(os.devnull), texts)
    tokenizer = load_tokenizer(recipe.base, revision)
    prompt.dress(recipe, tokenizer)
    learned, _ = taught(recipe, tokenizer, rows, arguments.max_length)
    if arguments.packing:
        learned = pack_dataset(learned, int(arguments.max_length or 0), arguments.packing_strategy)
    drawn = drawn_up(recipe, config, arguments, learned)
    if drawn.fits and drawn.step_s < BEARABLE_S and _at_hand(recipe.base, revision):
        return replace(drawn, step_s=_tried(recipe, revision, rows), measured=PROBED)
    return drawn


def drawn_up(recipe: Recipe, config: Any, arguments: Any, learned: Any) -> Plan:
    """The plan of a training on these rows, from shapes and from this device's rate."""
    load, device = _load(arguments, learned), device_of(arguments)
    longest = max(map(len, learned["input_ids"]), default=0)
    need = needs(config, _asked(arguments, longest), settings(recipe, MODEL), device.kind)
    if ranks.sharded():
        need = replace(need, base=need.base / ranks.number())
    passes = 4 + 2 * bool(arguments.activation_checkpointing)
    work = load.step_tokens * (passes * need.weights + 6 * need.learned) / ranks.number()
    step_s = work / (REACHED[device.kind] * device.rate)
    return Plan(recipe.base, load, need, device, step_s, _smaller(recipe, need, arguments))


def recomputed(recipe: Recipe, config: Any, arguments: Any) -> Any:
    """The arguments; on a GPU with room for all activations, none of them is computed a second time.

    That gives the same numbers faster. What the recipe says of it stays as it is.
    """
    said = {"activation_checkpointing", "gradient_checkpointing"}.intersection(recipe.tune)
    if not said and arguments.device.type == "cuda" and arguments.max_length:
        asked = _asked(arguments, arguments.max_length)
        need = needs(config, asked, settings(recipe, MODEL), "cuda")
        free = torch.cuda.mem_get_info(arguments.device)[0]  # the base is there already
        roomy = need.adapter + need.whole + need.loss < SPARE * free
        arguments.activation_checkpointing = arguments.gradient_checkpointing = not roomy
    return arguments


def announce(recipe: Recipe, trainer: Any) -> None:
    """Say in a line what a long training will take."""
    if trainer.model.num_parameters() < SMALL:
        return
    drawn = drawn_up(recipe, trainer.model.config, trainer.args, trainer.train_dataset)
    if drawn.seconds >= LONG_S or not drawn.fits:
        print(drawn.line, file=sys.stderr)


def _smaller(recipe: Recipe, need: Needs, arguments: Any) -> str:
    """The command for the same training in less memory: first what changes nothing in it."""
    batch, steps = arguments.per_device_train_batch_size, arguments.gradient_accumulation_steps
    options = (
        ("--gradient_checkpointing true", not arguments.activation_checkpointing),
        (f"--per_device_train_batch_size 1 --gradient_accumulation_steps {batch * steps}", batch > 1),
        ("--load_in_4bit true", not recipe.tune.get("load_in_4bit")),
        (f"--max_length {(arguments.max_length or 1024) // 2}", True),
    )
    chosen = next(option for option, possible in options if possible)
    return f"python -m train tune {recipe.name} {chosen}"


def _asked(arguments: Any, longest: int) -> dict[str, Any]:
    return {
        "per_device_train_batch_size": arguments.per_device_train_batch_size,
        "max_length": arguments.max_length or longest,
        "gradient_checkpointing": arguments.activation_checkpointing,
    }


def device_of(arguments: Any) -> Device:
    """The device that training runs on, its memory and its speed."""
    kind = "cuda" if arguments.device.type == "cuda" else "cpu"
    if kind == "cuda":
        name, free = (
            torch.cuda.get_device_name(arguments.device),
            torch.cuda.mem_get_info(arguments.device)[0],
        )
    else:
        name, free = "this machine", os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Device(name, kind, float(free), _rate(kind))


def _rate(kind: str) -> float:
    side = SIDE[kind]
    number = torch.randn(side, side, device=kind, dtype=torch.bfloat16 if kind == "cuda" else torch.float32)
    taken = [_seconds(number) for _ in range(4)]
    return 2 * side**3 / min(taken[1:])


def _seconds(number: torch.Tensor) -> float:
    start = time.monotonic()
    (number @ number)[0, 0].item()  # waits for a GPU
    return time.monotonic() - start


def _load(arguments: Any, learned: Any) -> Load:
    lengths = [len(ids) for ids in learned["input_ids"]]
    together = arguments.per_device_train_batch_size * ranks.number()
    batches = math.ceil(len(lengths) / together)
    each = max(1, math.ceil(batches / arguments.gradient_accumulation_steps))
    steps = arguments.max_steps if arguments.max_steps > 0 else math.ceil(each * arguments.num_train_epochs)
    mean = sum(lengths) / max(1, len(lengths))
    rows = min(len(lengths), together * arguments.gradient_accumulation_steps)
    return Load(len(lengths), sum(lengths), steps, mean * rows)


def _at_hand(base: str, revision: str) -> bool:
    found = (try_to_load_from_cache(base, name, revision=revision) for name in WEIGHTS)
    return any(isinstance(each, str) for each in found)


class _Clock(TrainerCallback):
    """When each step ended."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Note the time."""
        self.times.append(time.monotonic())


def _tried(recipe: Recipe, revision: str, rows: Sequence[dict[str, Any]]) -> float:
    """The seconds of a step: the median of some, after one that warms up."""
    from train.tune.trainer import prepared

    clock = _Clock()
    with TemporaryDirectory() as folder:
        trainer = prepared(replace(recipe, tune=recipe.tune | BRIEF), revision, rows, Path(folder))
        trainer.add_callback(clock)
        trainer.train()
    return median(after - before for before, after in zip(clock.times, clock.times[1:], strict=False))
