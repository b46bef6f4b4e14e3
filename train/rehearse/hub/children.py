"""Processes the Hub starts for others: in groups of their own, heard to the end, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from train.leash import leashed

_GRACE_S = 2.0
_LAST_WORDS_S = 10.0  # for what it said last to be read; what it left behind may keep its pipe open
_MARK = "EMBEDDED_HUB"
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Around:
    """What processes know of the Hub that starts them: its address, and the mark they bear."""

    url: str
    mark: str


@dataclass(frozen=True)
class Usage:
    """What a group of processes takes of the machine: CPU seconds since its start, bytes at this moment."""

    cpu_s: float
    memory_bytes: int


@dataclass(frozen=True)
class Child:
    """A process with all that it starts."""

    process: subprocess.Popen[str]
    reader: threading.Thread

    def wait(self, timeout_s: float | None = None) -> int | None:
        """The exit code once it has ended; None if it takes longer. What it started ends with it."""
        try:
            code = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None
        self._signal(signal.SIGKILL)
        self.reader.join(_LAST_WORDS_S)
        return code

    def end(self) -> None:
        """Ask the whole group to end, then make it."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_GRACE_S)
        self._signal(signal.SIGKILL)

    def usage(self) -> Usage:
        """What the group takes now."""
        everyone = map(_stat, Path("/proc").glob("[0-9]*"))
        rows = [row for row in everyone if row and int(row[2]) == self.process.pid]
        ticks = sum(int(row[11]) + int(row[12]) for row in rows)
        return Usage(ticks / _CLOCK_TICKS, sum(int(row[21]) for row in rows) * _PAGE_BYTES)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def start(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], hear: Callable[[str], None]
) -> Child:
    """Start a process; `hear` gets its lines. The calling thread must outlive it, which holds its leash."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        preexec_fn=leashed,
        process_group=0,
    )
    reader = threading.Thread(target=_read, args=(process, hear), daemon=True)
    reader.start()
    return Child(process, reader)


def bare_environment(home: Path, mark: str) -> dict[str, str]:
    """What every process has; nothing of this process's own environment but the way to the programs."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    known = {"PATH": programs, "HOME": str(home), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    return {**known, _MARK: mark}


def sweep(mark: str) -> None:
    """End every process that bears this mark: it left its group, or outlived a Hub that was killed."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended, or is somebody else's
            if f"{_MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)


def _read(process: subprocess.Popen[str], hear: Callable[[str], None]) -> None:
    if process.stdout:
        with process.stdout as lines:
            for line in lines:
                hear(line.rstrip("\r\n"))


def _stat(folder: Path) -> list[str] | None:
    """The fields of a process after its name; None if it has just ended."""
    try:
        return (folder / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return None
