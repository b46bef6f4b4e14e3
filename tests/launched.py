"""`python -m train` as a launcher starts it in each process, on a base that lies in a folder."""

import os
import sys
from collections.abc import Callable
from typing import Any

from tests.stopped import OFFLINE


def main() -> int:
    from train import __main__ as line
    from train.tune import tune

    vars(tune)["_made"] = _met(tune._made)
    return line.main()


def _met(make: Callable[..., Any]) -> Callable[..., Any]:
    """The same training, offline and with what is to go wrong: torch is needed only if one begins."""

    def begin(*given: Any) -> Any:
        from train.tune import ranks, trainer

        vars(trainer).update(OFFLINE)
        if ranks.sharded():
            shard_on_cpu()
        if at := os.environ.get("FAIL_AT"):  # "rank:step"
            fail(*map(int, at.split(":")))
        return make(*given)

    return begin


def shard_on_cpu() -> None:
    """Accelerate knows FSDP on accelerators alone; PyTorch's own, below it, runs on CPUs."""
    from accelerate import state
    from accelerate.utils import DistributedType, FullyShardedDataParallelPlugin

    begin = state.AcceleratorState.__init__

    def begin_sharded(self: Any, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        self.distributed_type = DistributedType.FSDP
        self.fsdp_plugin = named.get("fsdp_plugin") or FullyShardedDataParallelPlugin()

    state.AcceleratorState.__init__ = begin_sharded
    count_parts()


def count_parts() -> None:
    """Say at the end of the training how many 4-bit weights this process held a part of."""
    from bitsandbytes.nn import modules
    from torch.distributed.tensor import DTensor

    from train.tune import ranks, saving, trainer

    real = saving.save

    def counting(recipe: Any, revision: str, trained: Any, folder: Any) -> str:
        layers = [each for each in trained.model.modules() if isinstance(each, modules.Linear4bit)]
        parts = sum(isinstance(each.weight, DTensor) for each in layers)
        print(f"{ranks.number()} processes, {parts} 4-bit weights in parts", file=sys.stderr)
        return real(recipe, revision, trained, folder)

    vars(trainer)["save"] = counting


def fail(rank: int, step: int) -> None:
    """Too little memory, in one process, at one step."""
    from train.tune import loop, ranks

    real = loop.Trainer.training_step

    def failing(self: Any, *given: Any, **named: Any) -> Any:
        if ranks.rank() == rank and self.state.global_step == step:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return real(self, *given, **named)

    loop.Trainer.training_step = failing  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main())
