"""The command line as a process: signals, pipes that nobody reads, terminals and their colours."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.test_command_line import COMMAND, PIPED, typed
from tests.waiting import PATIENCE_S
from train.run import ROOT


def test_a_hub_says_in_one_line_where_it_is_and_ends_well(tmp_path: Path) -> None:
    words = ("hub", "--port", "0", "--data", str(tmp_path), "--json")
    process = subprocess.Popen(
        [*COMMAND, *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    told = json.loads(process.stdout.readline())
    assert told["url"].startswith("http://127.0.0.1:")
    assert told["accounts"][0]["token"] == "hf_rehearsal"
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=PATIENCE_S) == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("number", "code"),
    [pytest.param(signal.SIGINT, 130, id="Ctrl-C"), pytest.param(signal.SIGTERM, 143, id="SIGTERM")],
)
def test_a_signal_ends_it_quietly(number: signal.Signals, code: int) -> None:
    process = subprocess.Popen(
        [*COMMAND, "new", "unfinished", "--json"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_ctrl_c,
    )
    assert process.stderr
    while "What does it write?" not in process.stderr.readline():
        pass
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == code
    assert json.loads(out)["exit"] == code
    assert "Traceback" not in err
    assert not (ROOT / "train" / "recipes" / "unfinished.yaml").exists()


FREEING = """
import os, runpy, signal, sys, time
import train.verbs.completion as verb

class Freed:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

def act(asked):
    freed = Freed()
    del freed
    time.sleep(600)

verb.run, sys.argv = act, ["train", "completion", "bash"]
runpy.run_module("train", run_name="__main__", alter_sys=True)
"""


def test_a_ctrl_c_that_comes_while_something_is_freed_is_not_lost() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FREEING],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
        preexec_fn=heed_ctrl_c,
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.startswith("\nStopped.")


def heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize(
    "words", [("--help",), ("completion", "bash"), ("check-card", "README.md", "--json")]
)
def test_a_pipe_that_nobody_reads_ends_it_quietly(words: Sequence[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, *words], cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(
    "words", [("--help",), ("completion", "bash"), ("check-card", "README.md", "--json")]
)
def test_a_full_disk_behind_stdout_is_a_mishap(words: Sequence[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *words], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "Error: The result cannot be written: No space left on device.\nNext:  df -h\n"


def test_what_a_terminal_cannot_show_is_a_question_mark_and_json_is_utf_8(tmp_path: Path) -> None:
    dropped = tmp_path / "blog" / "dataset" / "dropped.jsonl"
    dropped.parent.mkdir(parents=True)
    row = {"id": "b/1", "title": "Über Brot", "source": "b", "reason": "too short", "detail": ""}
    dropped.write_text(json.dumps(row) + "\n")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    words = ("prepare", "blog", "--show", "dropped", "--runs", str(tmp_path))
    assert typed(*words, **ascii_only).stdout == "too short: 1\n  b/1  ?ber Brot\n"
    assert json.loads(typed(*words, "--json", **ascii_only).stdout) == [row]


def on_a_terminal(*words: str, **environment: str) -> str:
    """What it says on a terminal, stdout and stderr together."""
    master, terminal = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *words], cwd=ROOT, env=PIPED | environment, stdout=terminal, stderr=terminal
    ) as process:
        os.close(terminal)
        said = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # as Linux says that the other side is closed
                break
            if not part:
                break
            said += part
        process.wait()
    os.close(master)
    return said.decode()


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [
        pytest.param({"TERM": "xterm"}, True, id="a terminal"),
        pytest.param({"TERM": "dumb"}, False, id="one that cannot"),
        pytest.param({"TERM": "xterm", "NO_COLOR": "1"}, False, id="one whose owner wants none"),
        pytest.param({"TERM": "xterm", "NO_COLOR": "1", "FORCE_COLOR": "1"}, False, id="no is no"),
        pytest.param({"TERM": "dumb", "FORCE_COLOR": "1"}, True, id="by force"),
    ],
)
def test_colours_are_for_terminals_and_for_who_wants_them(
    environment: dict[str, str], is_coloured: bool
) -> None:
    said = on_a_terminal("prepare", "blgo", **environment)
    assert "Error:" in said
    assert ("\x1b[" in said) is is_coloured


@pytest.mark.parametrize(("environment", "is_coloured"), [({}, False), ({"FORCE_COLOR": "1"}, True)])
def test_a_pipe_gets_colours_only_by_force(environment: dict[str, str], is_coloured: bool) -> None:
    done = typed("prepare", "blgo", **environment)
    assert ("\x1b[" in done.stderr) is is_coloured
