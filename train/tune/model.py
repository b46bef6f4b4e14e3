"""The base model as training sees it: pinned, quantised, with the tokenizer that holds the prompt."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import torch
from accelerate import PartialState
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
from transformers.pytorch_utils import Conv1D
from trl import ModelConfig, get_peft_config

from train.errors import StageError
from train.recipe import Recipe
from train.sections import Option
from train.tune import checks, ranks
from train.tune.held import held

SMALL = 20_000_000  # weights; with 1 million, two threads on two busy cores take ten times as long as one
LENGTH = 1024  # TRL's own max_length
_ANOTHER = "name another base in the recipe (model_name_or_path)"
# Or a base of pickled weights starts a thread that asks a service on the Hub to convert it.
os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")


def pinned(recipe: Recipe) -> str:
    """The commit of the base that the recipe names, or the newest one; refused if it is no base."""
    wanted = str(recipe.tune.get("model_revision") or "") or None
    if flaw := checks.local(recipe.base):
        raise StageError(flaw, fix="hf upload OWNER/NAME FOLDER, then model_name_or_path: OWNER/NAME")
    with _reached(recipe.base, wanted):
        found = held(recipe.base, wanted)
        config = _config(recipe.base, found.commit) if "config.json" in found.files else {}
    if flaw := checks.unfit(recipe.base, config, found.files):
        raise StageError(flaw, fix=_ANOTHER)
    length = int(str(recipe.tune.get("max_length", LENGTH)))
    if flaw := checks.too_long(recipe.base, config, length):
        raise StageError(flaw, fix=f"python -m train tune {recipe.name} --max_length {checks.reads(config)}")
    if checks.pickled(found.files):
        print(f"note: {recipe.base} has pickled weights alone; only their tensors are read", file=sys.stderr)
    return found.commit


def license_of(base: str, revision: str) -> str:
    """The licence that the base's own card states at this commit; empty if it states none."""
    with _reached(base, revision):
        return held(base, revision).license


@contextmanager
def _reached(base: str, wanted: str | None) -> Iterator[None]:
    try:
        yield
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        at = f" at {wanted}" if wanted else ""
        what = f"The base {base} is not on the Hub{at}, or not open to this account."
        raise StageError(what, fix="hf auth login (and accept the licence on the base's page)") from error
    except (HfHubHTTPError, httpx2.TransportError, OSError, RuntimeError) as error:
        what = f"The base {base} cannot be reached: {str(error).splitlines()[0]}"
        raise StageError(what, fix="python -m train tune blog --samples") from error


def _config(base: str, commit: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        Path(hf_hub_download(base, "config.json", revision=commit)).read_text()
    )
    return found


def load_tokenizer(name: str | Path, revision: str | None = None) -> Any:
    """The tokenizer of a base at its commit, or of an adapter's folder; it can always end and pad."""
    tokenizer = AutoTokenizer.from_pretrained(str(name), revision=revision, trust_remote_code=False)
    if tokenizer.eos_token is None:
        what = f"The tokenizer of {name} has no end token: a text written with it would never end."
        raise StageError(what, fix=_ANOTHER)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.init_kwargs["local_files_only"] = False  # or one loaded offline would say so to everybody
    return tokenizer


def load_base(base: str, revision: str, options: Mapping[str, Option]) -> Any:
    """The base at its pinned revision, quantised as TRL's options say."""
    dtype = options.get("dtype", "float32")  # TRL's own default
    on_gpu = torch.cuda.is_available() and not options.get("use_cpu")
    try:
        if options.get("load_in_4bit") and not on_gpu:
            _check_widths(base, revision)
        model = AutoModelForCausalLM.from_pretrained(
            base,
            revision=revision,
            dtype=dtype,
            attn_implementation=options.get("attn_implementation"),
            quantization_config=_quantised(options, dtype),
            device_map={"": PartialState().local_process_index} if on_gpu else None,
            trust_remote_code=False,
        )
    except (OSError, ValueError) as error:
        what = f"The base {base} cannot be loaded at {revision}: {str(error).splitlines()[0]}"
        raise StageError(what, fix="hf auth login, if its page asks for an agreement") from error
    if model.num_parameters() < SMALL:
        torch.set_num_threads(1)
    return model


def lora_config(options: Mapping[str, Any], base: Any) -> Any:
    """The adapter that TRL's options ask for over this base, as PEFT configures it."""
    config: Any = get_peft_config(ModelConfig(**({"use_peft": True} | dict(options))))
    kinds = {getattr(layer, "source_cls", type(layer)) for layer in base.modules()}  # also of 4-bit layers
    config.fan_in_fan_out = Conv1D in kinds  # or PEFT warns who loads the adapter over a GPT-2 as it is
    return config


def _check_widths(base: str, revision: str) -> None:
    config = AutoConfig.from_pretrained(base, revision=revision, trust_remote_code=False)
    if odd := checks.odd_widths(config):
        what = (
            f"The base {base} cannot be loaded in 4 bits on a CPU: {odd[0]} has a width that is no multiple "
            f"of {checks.BLOCK}, for which the kernels there fail or compute wrongly."
        )
        raise StageError(what, fix="--load_in_4bit false, or a GPU")


def _quantised(options: Mapping[str, Option], dtype: Option) -> BitsAndBytesConfig | None:
    if not options.get("load_in_4bit"):
        return None
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type=options.get("bnb_4bit_quant_type", "nf4"),
        bnb_4bit_use_double_quant=options.get("use_bnb_nested_quant", False),
        bnb_4bit_compute_dtype=dtype,
        bnb_4bit_quant_storage=options.get("bnb_4bit_quant_storage") or (dtype if ranks.sharded() else None),
    )
