"""What a person sees while training runs: one line with step, loss and tokens a second."""

import time
from typing import Any

from tqdm import tqdm
from transformers import TrainerCallback


class Progress(TrainerCallback):
    """One bar on stderr in place of the trainer's own bar and printed dictionaries."""

    def on_train_begin(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Open the bar."""
        self.began = time.monotonic()
        hidden = None if state.is_world_process_zero else True  # None: shown on a terminal
        self.bar = tqdm(total=state.max_steps, desc="tune", unit="step", disable=hidden)

    def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Move the bar on."""
        self.bar.update(state.global_step - self.bar.n)

    def on_log(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Show the newest loss and the speed so far."""
        logs = others["logs"]
        if "loss" in logs:
            speed = logs.get("num_tokens", 0) / (time.monotonic() - self.began)
            self.bar.set_postfix_str(f"loss {float(logs['loss']):.3f}, {speed:,.0f} tokens/s")

    def on_train_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Close the bar."""
        self.bar.close()
