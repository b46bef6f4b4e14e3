"""What one command takes of the machine: time by the clock, of the processors, and memory."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from train.run import ROOT

COLUMNS = ("wall s", "CPU s", "MB/s", "CPU s/MB", "peak MB")


@dataclass(frozen=True)
class Cost:
    """What one command took; the peak is that of all its processes together."""

    wall_s: float
    cpu_s: float
    peak_mb: float

    def cells(self, megabytes: int) -> tuple[float, ...]:
        """The figures under `COLUMNS`, for so much input."""
        return (self.wall_s, self.cpu_s, megabytes / self.wall_s, self.cpu_s / megabytes, self.peak_mb)


def measured(command: Sequence[str]) -> Cost:
    """What a command takes until it has ended well."""
    start = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        watch = _Watch(process.pid)
        watch.start()
        _, told = process.communicate()
        watch.ended.set()
    wall = time.monotonic() - start
    if process.returncode:
        sys.exit(told.decode())
    return Cost(wall, sum(watch.ticks.values()) / os.sysconf("SC_CLK_TCK"), watch.peak / 1e6)


class _Watch(threading.Thread):
    """The most memory that a process and those below it held together, and the time that each has used.

    Counted while they live: not every program waits for its children, as `getrusage` would have it.
    """

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.ended, self.peak, self._process = threading.Event(), 0, process
        self.ticks: dict[int, int] = {}

    def run(self) -> None:
        while not self.ended.wait(0.1):
            family = _family(self._process)
            self.peak = max(self.peak, sum(map(_memory, family)))
            self.ticks |= {member: ticks for member in family if (ticks := _ticks(member))}


def _family(process: int) -> list[int]:
    parents = {int(path.name): _parent(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    family = [process]
    for member in family:
        family.extend(child for child, parent in parents.items() if parent == member)
    return family


def _parent(path: Path) -> int:
    return int(_stat(path)[1])


def _ticks(process: int) -> int:
    user, system = _stat(Path(f"/proc/{process}"))[11:13]
    return int(user) + int(system)


def _stat(path: Path) -> list[str]:
    try:
        return (path / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["0"] * 13  # it has just ended


def _memory(process: int) -> int:
    try:
        pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
