"""What happens at a checkpoint, when one is gone on from, and when the machine is taken away."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from transformers import TrainerCallback
from transformers.trainer_pt_utils import nested_gather

from train.tune import ranks
from train.tune.checkpoints import Checkpoint, Shelf, files_of, step_of


class Keeper(TrainerCallback):
    """Makes every checkpoint whole, and puts back what TRL forgets of the one that is gone on from."""

    def __init__(self, trainer: Any, shelf: Shelf, found: Checkpoint | None) -> None:
        self.trainer, self.shelf, self.found = trainer, shelf, found
        self.leaving = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Count on from the checkpoint."""
        self.began = time.monotonic() - (self.found.seconds if self.found else 0)
        if self.found is None:
            return
        self.trainer._tr_loss += self.found.loss
        self.trainer._globalstep_last_logged = self.found.logged
        self.trainer._total_train_tokens = self.found.tokens
        control.should_training_stop = self.found.ended
        if self.found.best is not None:  # the folder may have been moved
            state.best_model_checkpoint = str(self.shelf.path(self.found.best))

    def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Save now, if this process is about to be ended."""
        control.should_save = control.should_save or self.leaving

    def on_save(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Add what TRL's files do not say; from here on the checkpoint counts."""
        loss = self._gathered(args)
        self.trainer.accelerator.wait_for_everyone()
        if state.is_world_process_zero:
            self.shelf.keep(self._checkpoint(state, ended=control.should_training_stop, loss=loss))
        if self.leaving:
            raise KeyboardInterrupt

    def _checkpoint(self, state: Any, *, ended: bool, loss: float) -> Checkpoint:
        return Checkpoint(
            key=self.shelf.key,
            step=state.global_step,
            best=best_of(state),
            ended=ended,
            loss=loss,
            logged=self.trainer._globalstep_last_logged,
            tokens=self.trainer._total_train_tokens,
            processes=ranks.number(),
            seconds=self.seconds(),
            files=files_of(self.shelf.path(state.global_step)),
        )

    def _gathered(self, args: Any) -> float:
        """The loss since the last log, as the trainer will log it: the mean over all processes."""
        parts = nested_gather(self.trainer._tr_loss, args.parallel_mode)  # type: ignore[no-untyped-call]
        return float(parts.mean())

    def seconds(self) -> float:
        """How long the training has taken, all its parts together."""
        return round(time.monotonic() - self.began, 1)

    @contextmanager
    def warned(self) -> Iterator[None]:
        """Take SIGTERM, as a machine that is about to go sends it, as a wish for one more checkpoint."""
        alone = self.trainer.args.world_size == 1  # several processes would stop at different steps
        if not alone or threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGTERM, lambda *_: setattr(self, "leaving", True))
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)


def best_of(state: Any) -> int | None:
    """The step whose weights were the best so far, if they were kept."""
    return step_of(Path(state.best_model_checkpoint)) if state.best_model_checkpoint else None
