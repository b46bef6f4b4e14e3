"""Progress bars of the Hub's client: for what takes a while, and where a person looks."""

import io
import sys

import pytest
from huggingface_hub.utils.tqdm import are_progress_bars_disabled

from train.client import LARGE, transfers_shown, visitor


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "size", "is_shown"),
    [
        pytest.param(Terminal(), LARGE, True, id="a large file, and somebody looks on"),
        pytest.param(Terminal(), LARGE - 1, False, id="small files"),
        pytest.param(io.StringIO(), LARGE, False, id="nobody looks on"),
    ],
)
def test_a_bar_is_for_what_takes_a_while(
    stream: io.StringIO, size: int, is_shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(sys.modules["huggingface_hub.utils.tqdm"], "HF_HUB_DISABLE_PROGRESS_BARS", None)
    visitor()
    with transfers_shown(size):
        assert are_progress_bars_disabled() is not is_shown
    assert are_progress_bars_disabled(), "as before"
