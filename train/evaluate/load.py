"""Base and adapter as training had them, in memory once."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peft import PeftModel

from train.errors import StageError
from train.evaluate.ask import Inputs
from train.evaluate.report import Who
from train.tune.model import load_base, load_tokenizer
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
