"""The base model as training sees it: pinned, quantised, with the tokenizer that holds the prompt."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

from train.errors import StageError
from train.recipe import Recipe
from train.sections import Option

SMALL = 20_000_000  # weights; with 1 million, two threads on two busy cores take ten times as long as one


def pinned(recipe: Recipe) -> str:
    """The commit of the base that the recipe names, or the newest one if it names none."""
    wanted = recipe.tune.get("model_revision")
    try:
        return str(HfApi().model_info(recipe.base, revision=str(wanted) if wanted else None).sha)
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        at = f" at {wanted}" if wanted else ""
        what = f"The base {recipe.base} is not on the Hub{at}, or not open to this account."
        raise StageError(what, fix="hf auth login (and accept the licence on the base's page)") from error
    except (HfHubHTTPError, OSError, RuntimeError) as error:
        what = f"The base {recipe.base} cannot be reached: {str(error).splitlines()[0]}"
        raise StageError(what, fix=f"python -m train tune {recipe.name} --samples") from error


def load_tokenizer(name: str | Path, revision: str | None = None) -> Any:
    """The tokenizer of a base at its commit, or of an adapter's folder; it can always pad."""
    tokenizer = AutoTokenizer.from_pretrained(str(name), revision=revision)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_base(base: str, revision: str, options: Mapping[str, Option]) -> Any:
    """The base at its pinned revision, quantised as TRL's options say."""
    dtype = options.get("dtype", "float32")  # TRL's own default
    try:
        model = AutoModelForCausalLM.from_pretrained(
            base,
            revision=revision,
            dtype=dtype,
            attn_implementation=options.get("attn_implementation"),
            quantization_config=_quantised(options, dtype),
            device_map={"": PartialState().local_process_index} if torch.cuda.is_available() else None,
        )
    except (OSError, ValueError) as error:
        what = f"The base {base} cannot be loaded at {revision}: {str(error).splitlines()[0]}"
        raise StageError(what, fix="hf auth login, if its page asks for an agreement") from error
    if model.num_parameters() < SMALL:
        torch.set_num_threads(1)
    return model


def _quantised(options: Mapping[str, Option], dtype: Option) -> BitsAndBytesConfig | None:
    if not options.get("load_in_4bit"):
        return None
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type=options.get("bnb_4bit_quant_type", "nf4"),
        bnb_4bit_use_double_quant=options.get("use_bnb_nested_quant", False),
        bnb_4bit_compute_dtype=dtype,
        bnb_4bit_quant_storage=options.get("bnb_4bit_quant_storage"),
    )
