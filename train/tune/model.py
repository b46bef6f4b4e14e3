"""The base model as training sees it: pinned, quantised, with the tokenizer that holds the prompt."""

from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import ModelConfig, get_quantization_config

from train.errors import StageError
from train.recipe import Recipe
from train.tune.options import MODEL, settings


def pinned(recipe: Recipe) -> str:
    """The commit of the base that the recipe names, or the newest one if it names none."""
    wanted = recipe.tune.get("model_revision")
    try:
        return str(HfApi().model_info(recipe.base, revision=str(wanted) if wanted else None).sha)
    except RepositoryNotFoundError as error:
        what = f"The base {recipe.base} is not on the Hub at this revision, or not open to this account."
        raise StageError(what, fix="hf auth login (and accept the licence on the base's page)") from error
    except (HfHubHTTPError, OSError) as error:
        what = f"The base {recipe.base} cannot be reached: {str(error).splitlines()[0]}"
        raise StageError(what, fix=f"python -m train tune {recipe.name} --samples") from error


def load_tokenizer(name: str | Path, revision: str | None = None) -> Any:
    """The tokenizer of a base at its commit, or of an adapter's folder."""
    return AutoTokenizer.from_pretrained(name, revision=revision)


def model_config(recipe: Recipe) -> ModelConfig:
    """The recipe's options about base, quantisation and LoRA, as TRL holds them."""
    return ModelConfig(**({"use_peft": True} | settings(recipe, MODEL)))


def load_base(recipe: Recipe, revision: str) -> Any:
    """The base at `revision`, quantised as the recipe's options say."""
    config = model_config(recipe)
    quantised = get_quantization_config(config)
    here = {"": PartialState().local_process_index} if torch.cuda.is_available() else None
    return AutoModelForCausalLM.from_pretrained(
        recipe.base,
        revision=revision,
        dtype=config.dtype,
        attn_implementation=config.attn_implementation,
        quantization_config=quantised,
        device_map=here if quantised else None,
    )
