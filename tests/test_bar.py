import io
import time

import pytest

from train.bar import NOW_AND_THEN_S, Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def seen(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, steps: int, seconds: float) -> str:
    """What is on stderr after so many steps that take so long each."""
    now = [100.0]
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr("tqdm.std.time", lambda: now[0])
    with Bar("base reads", "text", total=2000) as bar:
        for _ in range(steps):
            now[0] += seconds
            bar.update(500)
    return stream.getvalue()


def test_a_person_at_a_terminal_sees_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "base reads:  50%" in seen(monkeypatch, Terminal(), 2, 1.0)


def test_what_is_quick_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(monkeypatch, Terminal(), 4, 0.1) == ""


def test_elsewhere_a_line_says_now_and_then_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = seen(monkeypatch, io.StringIO(), 4, NOW_AND_THEN_S / 2).splitlines()
    assert lines == ["base reads: 1,000 of 2,000 texts", "base reads: 2,000 of 2,000 texts"]


def test_what_is_quick_says_nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(monkeypatch, io.StringIO(), 4, 1.0) == ""
