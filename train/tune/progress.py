"""What a person sees while training runs: one line with step, losses, tokens a second and the time left."""

import sys
import time
from typing import Any

from tqdm import tqdm
from transformers import TrainerCallback

NOW_AND_THEN_S = 30  # between two lines where there is no terminal to show a bar on
LOSSES = {"loss": "loss", "validation loss": "eval_loss"}  # as they are shown, and logged
SHOWN = "{desc}: {n_fmt} of {total_fmt} |{bar}| {remaining} left{postfix}"  # cut off behind what matters


class Progress(TrainerCallback):
    """One bar on stderr in place of the trainer's own bar and printed dictionaries."""

    def __init__(self) -> None:
        self.bar = tqdm(disable=True)
        self.shown: dict[str, str] = {}
        self.tokens = self.start = self.first = 0
        self.began = self.said = time.monotonic()

    def on_train_begin(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Open the bar, where the training begins or goes on."""
        if state.global_step and state.is_world_process_zero:
            print(f"going on from step {state.global_step} of {state.max_steps}", file=sys.stderr)
        self.tokens = next(
            (each["num_tokens"] for each in state.log_history[::-1] if "num_tokens" in each), 0
        )
        self.start, self.first = state.global_step, self.tokens
        self.began = self.said = time.monotonic()
        hidden = None if state.is_world_process_zero else True  # None: shown on a terminal
        self.bar = tqdm(
            total=state.max_steps, initial=state.global_step, desc="tune", bar_format=SHOWN, disable=hidden
        )

    def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Move the bar on."""
        self.bar.update(state.global_step - self.bar.n)

    def on_log(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Show the newest losses, and the speed so far."""
        logs = others["logs"]
        self.shown |= {
            name: f"{name} {float(logs[key]):.3f}, " for name, key in LOSSES.items() if key in logs
        }
        if "loss" not in logs and "eval_loss" not in logs:
            return
        self.tokens = logs.get("num_tokens", self.tokens)
        speed = (self.tokens - self.first) / (time.monotonic() - self.began)
        told = "".join(self.shown[name] for name in LOSSES if name in self.shown) + f"{speed:,.0f} tokens/s"
        self.bar.set_postfix_str(told)
        if self.bar.disable and state.is_world_process_zero:
            self._say_now_and_then(state, told)

    def on_train_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Close the bar."""
        self.bar.close()

    def _say_now_and_then(self, state: Any, told: str) -> None:
        now, done = time.monotonic(), state.global_step - self.start
        if now - self.said >= NOW_AND_THEN_S and done:
            self.said = now
            left_s = (state.max_steps - state.global_step) * (now - self.began) / done
            left = tqdm.format_interval(left_s)
            print(f"step {state.global_step} of {state.max_steps}, {told}, {left} left", file=sys.stderr)
