"""How fast the embedded Hub is, and how much memory it takes: python -m tests.benchmarks.hub"""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.benchmarks.rehearsal import machine
from train.rehearse.hub.process import LocalHub, running_hub

RECORD = Path(__file__).parent / "hub.md"
HEAD = """\
# The embedded Hub's speed

`python -m tests.benchmarks.hub` measures on the loopback address with the unmodified client and adds a row.
Start-up, a commit of 1,000 small files and a later one of one file in s; 100 MB by Xet, by LFS and down
in MB/s; the Hub's memory in MB at rest and at most while 2 GB go up by LFS and come down.

| date | machine | start | 1,000 files | 1 file | Xet up | LFS up | down | at rest | 2 GB up | 2 GB down |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"""
MB = 1_000_000
FILES = 1000
BIG_MB, HUGE_MB = 100, 2000
SCRIPT = """
import io, sys, time
from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download
api, (what, name) = HfApi(), sys.argv[1:]
repo = "rehearsal/" + name
api.create_repo(repo, exist_ok=True)
add = lambda path, content: [CommitOperationAdd(path, content)]
small = [CommitOperationAdd(f"{n // 100}/{n}.txt", str(n).encode()) for n in range(1000)]
calls = {
    "many": lambda: api.create_commit(repo, small, commit_message="Many"),
    "one": lambda: api.create_commit(repo, add("one.txt", b"x"), commit_message="One"),
    "up": lambda: api.create_commit(repo, add("large.bin", name + ".bin"), commit_message="Large"),
    "down": lambda: hf_hub_download(repo, "large.bin", local_dir=name),
}
start = time.monotonic()
calls[what]()
print(time.monotonic() - start)
"""


def main() -> None:
    """Measure a fresh Hub, print a row and add it to the record."""
    with TemporaryDirectory(prefix="imprint-bench-") as folder:
        values = measured(Path(folder))
    row = f"| {datetime.now(UTC):%Y-%m-%d} | {machine()} | {' | '.join(values)} |"
    text = RECORD.read_text(encoding="utf-8") if RECORD.exists() else HEAD
    RECORD.write_text(f"{text}{row}\n", encoding="utf-8")
    print(row)


def measured(folder: Path) -> list[str]:
    """The cells of a row, in the order of the head."""
    started = monotonic()
    with running_hub(folder / "hub") as hub:
        start_s = monotonic() - started
        seconds = client_of(hub, folder)
        times = [f"{start_s:.2f}", f"{seconds('many', 'small'):.2f}", f"{seconds('one', 'small'):.2f}"]
        write_random(folder / "xet.bin", BIG_MB)
        write_random(folder / "lfs.bin", BIG_MB)
        speeds = [seconds("up", "xet"), seconds("up", "lfs", HF_HUB_DISABLE_XET="1"), seconds("down", "lfs")]
        at_rest = memory_mb(hub.pid)
        write_random(folder / "huge.bin", HUGE_MB)
        peaks = [
            peak_mb(hub.pid, lambda: seconds("up", "huge", HF_HUB_DISABLE_XET="1")),
            peak_mb(hub.pid, lambda: seconds("down", "huge")),
        ]
    memory = [f"{value:.0f}" for value in (at_rest, *peaks)]
    return [*times, *(f"{BIG_MB / speed:.0f}" for speed in speeds), *memory]


def client_of(hub: LocalHub, folder: Path) -> Callable[..., float]:
    """What runs one call of the client in a process of its own and says how many seconds it took."""

    def seconds(what: str, name: str, **environment: str) -> float:
        settings = {**os.environ, **hub.environment(folder / "home"), **environment}
        command = [sys.executable, "-c", SCRIPT, what, name]
        said = subprocess.run(
            command, cwd=folder, env=settings, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return float(said.stdout)

    return seconds


def write_random(path: Path, size_mb: int) -> None:
    """A file that neither compresses nor repeats."""
    with path.open("wb") as file:
        for _ in range(size_mb):
            file.write(os.urandom(MB))


def peak_mb(pid: int, work: Callable[[], object]) -> float:
    """The most memory a process takes while the work is done."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # the kernel's own mark, set back
    work()
    return memory_mb(pid, "VmHWM")


def memory_mb(pid: int, field: str = "VmRSS") -> float:
    """The memory of a process, by the kernel's book."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / MB for line in lines if line.startswith(f"{field}:"))


if __name__ == "__main__":
    main()
