"""What `prepare` costs on a large CSV: python -m tests.benchmarks.prepare [--full] [--datatrove PYTHON]"""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from tests.benchmarks import articles
from tests.benchmarks.rehearsal import machine
from train.run import ROOT

SIZES, FULL, SIDE_BY_SIDE = (10, 50), 1000, 50  # millions of bytes
RECIPE = ROOT / "train" / "recipes" / "medium.yaml"
OTHER = Path(__file__).parent / "datatrove_side.py"
RECORD = Path(__file__).parent / "prepare.md"
HEAD = """\
# Preparing a large CSV

What `python -m train prepare` takes on a CSV of invented articles shaped like Medium's (`articles.py`), with
the settings of the recipe `medium`; and datatrove on the same file in the same run, where it is measured too:
characters repaired, addresses masked, near duplicates dropped, rows written (`datatrove_side.py`).
CPU and peak memory are those of all processes together; the load is the machine's before each start.
`python -m tests.benchmarks.prepare` measures 10 and 50 MB and adds rows; `--full` measures 1000 MB as well,
and `--datatrove PYTHON` the other, with a Python that has it.

| date | machine | load | what | MB | wall s | CPU s | MB/s | CPU s/MB | peak MB |
|---|---|--:|---|--:|--:|--:|--:|--:|--:|
"""


@dataclass(frozen=True)
class Cost:
    """What one command took; the peak is that of all its processes together."""

    wall_s: float
    cpu_s: float
    peak_mb: float

    load: float  # of the machine before the start

    def row(self, name: str, megabytes: int) -> str:
        """One row of the table."""
        cells = (
            *(f"{datetime.now(UTC):%Y-%m-%d}", machine(), f"{self.load:.1f}", name, str(megabytes)),
            *(f"{self.wall_s:.1f}", f"{self.cpu_s:.1f}", f"{megabytes / self.wall_s:.2f}"),
            *(f"{self.cpu_s / megabytes:.2f}", f"{self.peak_mb:.0f}"),
        )
        return f"| {' | '.join(cells)} |"


def main() -> None:
    """Write the corpora, prepare each, print one row for each and add it to the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help=f"{FULL} MB too")
    parser.add_argument("--datatrove", help="a Python that has datatrove, to measure it on the same file")
    asked = parser.parse_args()
    print(HEAD[HEAD.index("| date") :], end="")
    with TemporaryDirectory(prefix="imprint-bench-") as place:
        for megabytes in (*SIZES, *([FULL] if asked.full else [])):
            corpus = Path(place) / f"{megabytes}.csv"
            articles.write(corpus, megabytes)
            keep(prepared(corpus).row("prepare", megabytes))
            if asked.datatrove and megabytes == SIDE_BY_SIDE:
                command = [asked.datatrove, str(OTHER), str(corpus), f"{place}/datatrove"]
                keep(measured(command).row("datatrove", megabytes))
            corpus.unlink()


def keep(row: str) -> None:
    """Print a row and add it to the record."""
    print(row, flush=True)
    text = RECORD.read_text(encoding="utf-8") if RECORD.exists() else HEAD
    RECORD.write_text(f"{text}{row}\n", encoding="utf-8")


def prepared(corpus: Path) -> Cost:
    """What `python -m train prepare` takes on a corpus, with the settings of the recipe for such a one."""
    recipe = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    recipe["sources"][0]["path"] = str(corpus)
    path = corpus.with_suffix(".yaml")
    path.write_text(yaml.safe_dump(recipe, sort_keys=False), encoding="utf-8")
    runs = corpus.with_suffix(".runs")
    return measured([sys.executable, "-m", "train", "prepare", str(path), "--runs", str(runs)])


def measured(command: Sequence[str]) -> Cost:
    """What a command takes until it has ended well."""
    load, start = os.getloadavg()[0], time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        watch = _Watch(process.pid)
        watch.start()
        _, told = process.communicate()
        watch.ended.set()
    wall = time.monotonic() - start
    if process.returncode:
        sys.exit(told.decode())
    return Cost(wall, sum(watch.ticks.values()) / os.sysconf("SC_CLK_TCK"), watch.peak / 1e6, load)


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


if __name__ == "__main__":
    main()
