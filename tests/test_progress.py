import io
from typing import Any

import pytest

from train.tune.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def watched(
    monkeypatch: pytest.MonkeyPatch, stderr: io.StringIO, done: int = 0, seconds: float = 10.0, **logs: float
) -> str:
    """What is on stderr after a training of 220 steps, `done` of them before, has logged at step 120."""
    from transformers import TrainerState

    now = [100.0]
    monkeypatch.setattr("sys.stderr", stderr)
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    before = [{"step": done, "num_tokens": 4000}] if done else []
    state = TrainerState(global_step=done, max_steps=220, log_history=before)  # type: ignore[arg-type]
    bar, none = Progress(), None
    bar.on_train_begin(none, state, none)
    state.global_step, now[0] = 120, now[0] + seconds
    for name in ("on_step_end", "on_log", "on_train_end"):
        given: dict[str, Any] = {"logs": {"num_tokens": 10_000.0} | logs}
        getattr(bar, name)(none, state, none, **given)
    return stderr.getvalue()


def test_on_a_terminal_one_bar_shows_step_losses_speed_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = watched(monkeypatch, Terminal(), loss=1.23456, eval_loss=1.5)
    assert "tune: 120 of 220 |" in seen
    assert "loss 1.235, validation loss 1.500, 1,000 tokens/s" in seen
    assert " left, loss" in seen
    assert "step 120 of 220" not in seen


def test_elsewhere_a_line_comes_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watched(monkeypatch, io.StringIO(), seconds=10, loss=1.0) == ""
    line = "step 120 of 220, loss 1.000, 167 tokens/s, 00:50 left\n"
    assert watched(monkeypatch, io.StringIO(), seconds=60, loss=1.0) == line


def test_what_goes_on_says_where_and_counts_its_own_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    told = watched(monkeypatch, io.StringIO(), done=100, seconds=60, loss=1.0)
    assert told == "going on from step 100 of 220\nstep 120 of 220, loss 1.000, 100 tokens/s, 05:00 left\n"
