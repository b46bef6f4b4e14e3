"""Base and adapter as training had them, in memory once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from peft import PeftModel

from train.errors import StageError
from train.evaluate.ask import Inputs
from train.evaluate.report import Who
from train.tune.model import load_base, load_tokenizer
from train.tune.prompt import check_golden
from train.tune.report import TrainingReport, Writer

OWN, OTHER = "default", "last"  # what PEFT calls the adapters over one base
HOW = (  # the options that decide which base is in memory
    "attn_implementation",
    "bnb_4bit_quant_storage",
    "bnb_4bit_quant_type",
    "dtype",
    "load_in_4bit",
    "use_bnb_nested_quant",
)


@dataclass(frozen=True)
class Loaded:
    """A writer ready to be asked: the adapter over its base, and the tokenizer that holds the prompt."""

    model: Any  # a PeftModel
    tokenizer: Any
    writer: Writer
    adapter: str = OWN  # of those over the base

    @contextmanager
    def wearing(self, who: Who) -> Iterator[None]:
        """Within this block the model is the base alone, or the base with its adapter."""
        if who == "base":
            with self.model.disable_adapter():
                yield
        else:
            self.model.set_adapter(self.adapter, inference_mode=True)
            yield

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
    tokenizer = _tokenizer(adapter, writer)
    base = load_base(writer.base, writer.base_revision, training.options)
    with _fitting(adapter, writer):
        model = PeftModel.from_pretrained(base, str(adapter))
    return Loaded(model.eval(), tokenizer, writer)


def load_beside(loaded: Loaded, adapter: Path, writer: Writer) -> Loaded:
    """Another adapter over the base that is in memory already."""
    tokenizer = _tokenizer(adapter, writer)
    with _fitting(adapter, writer):
        loaded.model.load_adapter(str(adapter), OTHER)
    loaded.model.eval()
    return replace(loaded, tokenizer=tokenizer, writer=writer, adapter=OTHER)


def same_base(writer: Writer, training: TrainingReport, other: Writer, others: TrainingReport) -> bool:
    """Whether two adapters were trained over the same base, held in memory in the same way."""
    ours, theirs = ({name: each.options.get(name) for name in HOW} for each in (training, others))
    return (writer.base, writer.base_revision, ours) == (other.base, other.base_revision, theirs)


def _tokenizer(adapter: Path, writer: Writer) -> Any:
    fix = f"python -m train tune {writer.name}"
    try:
        tokenizer = load_tokenizer(adapter)
    except (OSError, ValueError) as error:
        raise StageError(f"{adapter} holds no tokenizer that can be read.", fix=fix) from error
    check_golden(tokenizer, writer.message, writer.golden, fix)
    return tokenizer


@contextmanager
def _fitting(adapter: Path, writer: Writer) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        what = f"The adapter in {adapter} does not fit {writer.base}."
        raise StageError(what, fix=f"python -m train tune {writer.name}") from error
