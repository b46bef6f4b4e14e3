"""Option names of older versions, and what today's versions call them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from train.errors import RecipeError
from train.sections import Option

RENAMED = {
    "bnb_4bit_compute_dtype": "dtype",
    "bnb_4bit_use_double_quant": "use_bnb_nested_quant",
    "eval_accumulation": "eval_accumulation_steps",
    "evaluation_strategy": "eval_strategy",
    "include_inputs_for_metrics": "include_for_metrics",
    "lora_modules": "lora_target_modules",
    "lora_rank": "lora_r",
    "max_seq_len": "max_length",
    "max_seq_length": "max_length",
    "no_cuda": "use_cpu",
    "per_gpu_eval_batch_size": "per_device_eval_batch_size",
    "per_gpu_train_batch_size": "per_device_train_batch_size",
    "revision": "model_revision",
    "target_modules": "lora_target_modules",
    "torch_dtype": "dtype",
    "use_4bit": "load_in_4bit",
    "use_8bit": "load_in_8bit",
    "use_double_quant": "use_bnb_nested_quant",
    "use_liger": "use_liger_kernel",
    "use_nested_quant": "use_bnb_nested_quant",
}
GONE = {
    "chars_per_token": "packing counts tokens now",
    "dataset_batch_size": "rows are read as they come",
    "fp16_backend": "PyTorch's own is used",
    "half_precision_backend": "PyTorch's own is used",
    "logging_dir": "what report_to names keeps its own folder",
    "num_of_sequences": "packing knows how many rows there are",
    "overwrite_output_dir": "a stage that has something to do replaces its result",
    "save_safetensors": "nothing else is saved",
    "tokenizer": "the base's own tokenizer is used",
    "use_mps_device": "it is found by itself",
}


def _ratio(value: Option) -> Option:
    try:
        ratio = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return value  # what `warmup_steps` takes is said where types are checked
    if not 0 <= ratio < 1:
        raise RecipeError(
            f"tune: `warmup_ratio` is a share from 0 to below 1, not {value!r}.", fix="--warmup_steps 0.1"
        )
    return ratio


def _chosen(word: str, otherwise: str) -> Callable[[Option], Option]:
    return lambda value: word if str(value).lower() == "true" else otherwise


OTHERWISE: dict[str, tuple[str, Callable[[Option], Option]]] = {  # another name, and said in another way
    "adafactor": ("optim", _chosen("adafactor", "adamw_torch_fused")),
    "group_by_length": ("train_sampling_strategy", _chosen("group_by_length", "random")),
    "use_flash_attention_2": ("attn_implementation", _chosen("flash_attention_2", "sdpa")),
    "warmup_ratio": ("warmup_steps", _ratio),  # below 1 it is a share of all steps
}
VALUES = {
    ("loss_type", "chunked_nll"): "nll",
    ("packing_strategy", "bfd-requeue"): "bfd_split",
    ("packing_strategy", "ffd"): "bfd",
}


@dataclass(frozen=True)
class Current:
    """Options by today's names, and a line about each that had another."""

    options: dict[str, Option]
    notes: tuple[str, ...]


def current(given: Mapping[str, Option]) -> Current:
    """The options in the words of the installed versions; two that disagree are an error."""
    options: dict[str, Option] = {}
    notes = []
    for name, value in given.items():
        if name in GONE:
            notes.append(f"`{name}` is no longer an option, and left out: {GONE[name]}")
            continue
        now, meant = _today(name, value)
        if (now, meant) != (name, value):
            notes.append(f"`{name}: {_spelt(value)}` is now `{now}: {_spelt(meant)}`")
        if now != name and given.get(now, meant) != meant:
            raise RecipeError(
                f"tune: `{name}` is an older name of `{now}`, and both are given.", fix=f"drop {name}"
            )
        options[now] = meant
    return Current(options, tuple(notes))


def _today(name: str, value: Option) -> tuple[str, Option]:
    now, meant = OTHERWISE.get(name, (RENAMED.get(name, name), lambda same: same))
    said = meant(value)
    return now, VALUES.get((now, said), said) if isinstance(said, str) else said


def _spelt(value: Option) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
