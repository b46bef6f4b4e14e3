"""Base and adapter as training had them, in memory once. `train/tune/model.py` will own this."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

from train.errors import StageError
from train.evaluate.ask import Inputs
from train.evaluate.report import Who
from train.recipe import Option
from train.tune.prompt import check_golden
from train.tune.report import TrainingReport, Writer


@dataclass(frozen=True)
class Loaded:
    """A writer ready to be asked: the adapter over its base, and the tokenizer that holds the prompt."""

    model: Any  # a PeftModel
    tokenizer: Any
    writer: Writer

    def wearing(self, who: Who) -> AbstractContextManager[None]:
        """Within this block the model is the base alone, or the base with its adapter."""
        return self.model.disable_adapter() if who == "base" else nullcontext()

    def prompt(self, inputs: Inputs) -> str:
        """The text that a request becomes, rendered by the adapter's own chat template."""
        others = {name: value for name, value in inputs.items() if name != self.writer.message}
        turn = [{"role": "user", "content": str(inputs[self.writer.message])}]
        return str(
            self.tokenizer.apply_chat_template(turn, add_generation_prompt=True, tokenize=False, **others)
        )

    @property
    def window(self) -> int:
        """The most tokens the base can look at."""
        return int(self.model.config.max_position_embeddings)


def load(adapter: Path, writer: Writer, training: TrainingReport) -> Loaded:
    """The adapter over its pinned base; refused if its prompt is not the one training saw."""
    fix = f"python -m train tune {writer.name}"
    try:
        tokenizer = load_tokenizer(adapter)
    except (OSError, ValueError) as error:
        raise StageError(f"{adapter} holds no tokenizer that can be read.", fix=fix) from error
    check_golden(tokenizer, writer.message, writer.golden, fix)
    base = load_base(writer.base, writer.base_revision, training.options)
    try:
        model = PeftModel.from_pretrained(base, str(adapter))
    except (OSError, RuntimeError, ValueError) as error:
        what = f"The adapter in {adapter} does not fit {writer.base}."
        raise StageError(what, fix=fix) from error
    return Loaded(model.eval(), tokenizer, writer)


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer that lies beside an adapter, with the prompt in its chat template."""
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_base(base: str, revision: str, options: Mapping[str, Option]) -> Any:
    """The base at its pinned revision, quantised as TRL's options say."""
    dtype = options.get("dtype", "float32")  # TRL's own default
    try:
        return AutoModelForCausalLM.from_pretrained(
            base,
            revision=revision,
            dtype=dtype,
            quantization_config=_quantised(options, dtype),
            device_map={"": 0 if torch.cuda.is_available() else "cpu"},
        )
    except (OSError, ValueError) as error:
        what = f"The base {base} cannot be loaded at {revision}: {str(error).splitlines()[0]}"
        raise StageError(what, fix="hf auth login, if its page asks for an agreement") from error


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
