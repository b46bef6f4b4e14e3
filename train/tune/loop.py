"""TRL's trainer where it has to be watched: a loss that is no number, a look at the validation texts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from bitsandbytes import nn
from trl import SFTTrainer

from train.tune.report import Cut


class Trainer(SFTTrainer):
    """Trains as TRL does; what is measured on the way changes nothing in it."""

    cut = Cut()  # of the rows it was given

    def evaluate(self, *given: Any, **named: Any) -> dict[str, float]:
        """The loss on the validation texts; the training's random numbers stay as they were."""
        device = self.args.device
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            return super().evaluate(*given, **named)

    def training_step(self, *given: Any, **named: Any) -> torch.Tensor:
        """One batch forwards and backwards; a loss that is no number ends the training there."""
        loss: torch.Tensor = super().training_step(*given, **named)  # type: ignore[no-untyped-call]
        if not torch.isfinite(loss):
            raise FloatingPointError(f"The loss is {loss.item()} at step {self.state.global_step + 1}.")
        return loss

    def create_model_card(self, *given: Any, **named: Any) -> None:
        """TRL would write one beside every checkpoint; the bundle renders the real one."""

    def _run_epoch(self, *given: Any, **named: Any) -> None:
        if not self.control.should_training_stop:  # a training can be gone on with that has come to its end
            super()._run_epoch(*given, **named)  # type: ignore[no-untyped-call]

    def _load_from_checkpoint(self, *given: Any, **named: Any) -> None:
        with _unchanged(self.model):
            super()._load_from_checkpoint(*given, **named)

    def _load_best_model(self) -> None:
        with _unchanged(self.model):
            super()._load_best_model()


@contextmanager
def _unchanged(model: Any) -> Iterator[None]:
    """Keep the kind of the weights that learn: PEFT loads an adapter as 32-bit numbers, TRL made it of 16."""
    before = {name: each.dtype for name, each in model.named_parameters() if each.requires_grad}
    yield
    for name, each in model.named_parameters():
        if name in before:
            each.data = each.data.to(before[name])
            each.requires_grad_(True)


def never_packed(model: Any) -> Any:
    """The same model; in `eval()`, 4-bit layers on a CPU would be packed for good, and learn no more."""
    packed: Any = nn.Linear4bit  # type: ignore[attr-defined]
    for layer in model.modules():
        if isinstance(layer, packed):
            layer.support_avx512bf16_for_cpu = False
    return model


def check_finite(model: Any, step: int) -> None:
    """Refuse trained weights that are no numbers: the last step's loss was taken before its update."""
    trained = (each for each in model.parameters() if each.requires_grad)
    if not all(bool(torch.isfinite(each).all()) for each in trained):
        raise FloatingPointError(f"The weights are no numbers after step {step}.")
