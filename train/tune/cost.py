"""What a training took."""

from typing import Any

import torch

from train.tune.report import Compute


def compute(trainer: Any, seconds: float) -> Compute:
    """The device, the tokens and what they cost; on a CPU nothing that differs from run to run.

    The operations are counted here: 4 a token for every weight of the frozen base (2 forwards, 2
    backwards), 6 for the adapter's own. The trainer's count is another: 6 for all of them, padding
    included and a tied output head left out. Attention among tokens and recomputing are in neither.
    """
    device, tokens = trainer.args.device, trainer._total_train_tokens
    learned = trainer.model.num_parameters(only_trainable=True)
    gpu = device.type == "cuda"
    return Compute(
        device=torch.cuda.get_device_name(device) if gpu else device.type.upper(),
        devices=trainer.args.world_size,
        tokens=tokens,
        flops=float(tokens * (4 * (_used(trainer.model) - learned) + 6 * learned)),
        seconds=None if device.type == "cpu" else seconds,
        peak_gb=round(torch.cuda.max_memory_allocated(device) / 1e9, 1) if gpu else None,
    )


def _used(model: Any) -> int:
    """The weights that each token is multiplied with: all but what is only looked up."""
    head, table = model.get_output_embeddings().weight, model.get_input_embeddings().weight
    return int(model.num_parameters(exclude_embeddings=True)) + (head.numel() if head is table else 0)
