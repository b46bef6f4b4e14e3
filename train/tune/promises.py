"""Options that TRL takes and a release cannot keep its word with; each with the reason."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from train.errors import RecipeError
from train.sections import Option

MOST_RANK = 64  # servers are started with room for no more
OUTSIDE = r"lm_head|embed_tokens|embed_in|embed_out|embedding|wte|wpe|word_embeddings|output_layer"
_PUBLISHED = "training sends nothing to the Hub; `release` does, when every check has passed."
_PROMPT = "the prompt and its tokens come from the recipe and the base alone, or others would not load them."
_UNUSED = "it has no effect here: model, rows and folder come from the recipe and the run."
_OTHER_SERVERS = "servers load plain LoRA of linear layers and nothing else."


def _set(value: Any) -> bool:
    return value not in (False, "", [], "False")


def _is(*wrong: Option) -> Callable[[Any], bool]:
    return lambda value: value in wrong


def _below(least: float) -> Callable[[Any], bool]:
    return lambda value: value < least


def _outside(value: Any) -> bool:
    return any(re.search(OUTSIDE, name) for name in _names(value))


def _pattern(value: Any) -> bool:
    return any(not re.fullmatch(r"[A-Za-z_]\w*|all-linear", name) for name in _names(value))


def _names(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


BROKEN: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("lora_task_type", lambda value: value != "CAUSAL_LM", "a writer is a causal language model: CAUSAL_LM."),
    ("lora_modules_to_save", _set, "whole layers would make the adapter many times larger and unloadable."),
    ("lora_target_parameters", _set, _OTHER_SERVERS),
    ("lora_target_modules", _outside, "embeddings and the head stay as they are: servers refuse them."),
    ("lora_target_modules", _pattern, "name layers by their last word (q_proj), or all of them: all-linear."),
    ("lora_r", lambda value: not 1 <= value <= MOST_RANK, f"servers load ranks from 1 to {MOST_RANK}."),
    ("lora_dropout", lambda value: not 0 <= value < 1, "it is a share from 0 to below 1."),
    ("lora_alpha", _below(1), "with less than 1 nothing is learned."),
    ("use_dora", _set, "vLLM and llama.cpp load no DoRA."),
    ("use_rslora", _set, "llama.cpp scales by alpha / r: give lora_alpha times the root of lora_r instead."),
    ("use_peft", _is(False), "an adapter is what is released."),
    ("load_in_8bit", _set, "a base is loaded in 4 bits (load_in_4bit), or as it is."),
    ("trust_remote_code", _set, "everyone who loads the adapter would have to run the base's own code."),
    ("push_to_hub", _set, _PUBLISHED),
    ("hub_always_push", _set, _PUBLISHED),
    *((name, _set, _PUBLISHED) for name in ("hub_model_id", "hub_private_repo", "hub_revision")),
    ("hub_strategy", _set, _PUBLISHED),
    ("hub_token", _set, "a recipe is published as it is: no token may stand in it."),
    *((name, _set, _PROMPT) for name in ("chat_template_path", "eos_token", "pad_token")),
    ("assistant_only_loss", _set, "the loss is on the answer already (completion_only_loss)."),
    ("completion_only_loss", _is(False), "a writer learns its answers, never the prompt."),
    ("packing_strategy", _is("wrapped"), "it cuts texts anywhere and lets them see each other."),
    ("truncation_mode", _is("keep_end"), "it cuts the prompt off; long texts are learned in pieces."),
    ("padding_free", _set, "packing: true is free of padding, and keeps to max_length."),
    ("auto_find_batch_size", _set, "the batch that it finds stands in no record: name one that fits."),
    ("ignore_data_skip", _set, "a resumed run must see the rows in the order of an undisturbed one."),
    ("resume_from_checkpoint", _set, "a run that was stopped goes on from its newest checkpoint by itself."),
    *((name, _set, _UNUSED) for name in ("output_dir", "model_init_kwargs", "dataset_kwargs")),
    *((name, _set, _UNUSED) for name in ("dataset_text_field", "do_train", "do_eval", "do_predict")),
    ("max_length", _below(16), "a prompt and an answer need more tokens."),
    ("per_device_train_batch_size", _below(1), "a step needs a row."),
    ("gradient_accumulation_steps", _below(1), "a step needs a batch."),
    ("learning_rate", lambda value: value <= 0, "with a rate of 0 nothing is learned."),
    ("num_train_epochs", lambda value: value <= 0, "the rows must be seen (max_steps may be fewer)."),
    ("max_steps", _is(0), "a run needs steps; -1 leaves them to num_train_epochs."),
)


def check(options: Mapping[str, Option]) -> None:
    """Refuse options with which the adapter would not be what a release promises."""
    for name, is_broken, reason in BROKEN:
        if name in options and is_broken(options[name]):
            said = f"{name}: {options[name]}" if name != "hub_token" else name
            raise RecipeError(f"tune: `{said}` cannot be: {reason}", fix=f"drop or change {name}")
    if options.get("load_in_4bit") and options.get("dtype") == "auto":
        what = "tune: `dtype: auto` cannot be with 4 bits: say what the layers compute in."
        raise RecipeError(what, fix="--dtype bfloat16")
