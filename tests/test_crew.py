import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE_S, wait_for
from train.errors import StageError
from train.prepare.engine import crew

HOURS = """
import time, os, pathlib, sys
from train.prepare.engine import crew

def sleep(path):
    pathlib.Path(path).write_text(str(os.getpid()))
    time.sleep(3600)

if __name__ == "__main__":
    list(crew.each(sleep, sys.argv[1:], 2))
"""


def double(number: int) -> int:
    return 2 * number


def fill(number: int) -> int:
    raise OSError(errno.ENOSPC, "No space left on device", f"runs/{number}")


def refuse(number: int) -> int:
    raise StageError(f"{number} is broken.", fix="edit it")


def die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def fail(number: int) -> int:
    return number // 0


@pytest.mark.parametrize("workers", [1, 2])
def test_every_piece_of_work_is_done_once(workers: int) -> None:
    assert sorted(crew.each(double, range(9), workers)) == list(range(0, 18, 2))
    assert list(crew.each(double, [], workers)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_in_a_worker_is_a_full_disk_here(workers: int) -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        list(crew.each(fill, range(3), workers))
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename.startswith("runs/")


def test_what_a_worker_refuses_keeps_its_advice() -> None:
    with pytest.raises(StageError, match="is broken") as caught:
        list(crew.each(refuse, range(3), 2))
    assert caught.value.fix == "edit it"


def test_a_killed_worker_is_one_sentence() -> None:
    with pytest.raises(StageError, match="no memory left") as caught:
        list(crew.each(die, range(9), 2, "the same again"))
    assert caught.value.fix == "the same again"


def test_a_mistake_in_the_program_is_shown_where_it_was_made(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StageError, match="its own error is above"):
        list(crew.each(fail, range(3), 2))
    assert "ZeroDivisionError" in capfd.readouterr().err


@pytest.mark.parametrize("signalled", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_quietly_with_the_process_that_started_them(
    tmp_path: Path, signalled: signal.Signals
) -> None:
    script, places = tmp_path / "hours.py", [tmp_path / "one", tmp_path / "two"]
    script.write_text(HOURS)
    command = [sys.executable, str(script), *map(str, places)]
    parent = subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    workers = [_written(place) for place in places]
    os.killpg(parent.pid, signalled) if signalled == signal.SIGINT else parent.kill()
    _, told = parent.communicate(timeout=PATIENCE_S)
    wait_for(lambda: _all_gone(workers))
    assert told.count("Traceback") == (1 if signalled == signal.SIGINT else 0), (
        "the parent's own, no worker's"
    )


def _written(place: Path) -> int:
    return int(wait_for(lambda: place.read_text() if place.exists() else ""))


def _all_gone(processes: list[int]) -> bool:
    return not any(Path(f"/proc/{process}").exists() for process in processes)
