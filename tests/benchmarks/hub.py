"""How fast the embedded Hub is, and how much memory it takes: python -m tests.benchmarks.hub"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic

from tests.benchmarks.record import Claim, Found, Table, installed, now, record
from train.rehearse.hub.process import LocalHub, running_hub

TURNS = 3
IN_SHORT = ("a commit of 1,000 files", "100 MB up by Xet", "100 MB down", "memory while 2 GB go up")
ABOUT = """\
The embedded Hub on the loopback address with the unmodified client; nothing else does the same, so there is
no rival. Start-up, a commit of 1,000 small files and a later one of one file in s; 100 MB by Xet, by LFS
and down in MB/s: medians of three fresh Hubs. The Hub's memory at rest, and at most while 2 GB go up by LFS
and come down, once."""
PACKAGES = ("huggingface_hub", "hf_xet", "starlette", "uvicorn", "dulwich")
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
    """Measure fresh Hubs and record what came out."""
    since = now()
    turns = [measured() for _ in range(TURNS)]
    found = {what: median(turn[what] for turn in turns) for what in turns[0]} | remembered()
    claims = tuple(
        Claim(f"the embedded Hub, {what}", unit, value)
        for (what, unit), value in found.items()
        if what in IN_SHORT
    )
    table = Table(tuple(f"{what}, {unit}" for what, unit in found), (tuple(found.values()),))
    record("hub", since, Found("The embedded Hub", ABOUT, claims, table), installed(*PACKAGES))


def measured() -> dict[tuple[str, str], float]:
    """How long a fresh Hub takes for each, with the unit."""
    with TemporaryDirectory(prefix="imprint-bench-") as place:
        folder, started = Path(place), monotonic()
        with running_hub(folder / "hub") as hub:
            start_s = monotonic() - started
            seconds = client_of(hub, folder)
            write_random(folder / "xet.bin", BIG_MB)
            write_random(folder / "lfs.bin", BIG_MB)
            return {
                ("start", "s"): start_s,
                ("a commit of 1,000 files", "s"): seconds("many", "small"),
                ("a commit of one file", "s"): seconds("one", "small"),
                ("100 MB up by Xet", "MB/s"): BIG_MB / seconds("up", "xet"),
                ("100 MB up by LFS", "MB/s"): BIG_MB / seconds("up", "lfs", HF_HUB_DISABLE_XET="1"),
                ("100 MB down", "MB/s"): BIG_MB / seconds("down", "lfs"),
            }


def remembered() -> dict[tuple[str, str], float]:
    """The memory of a fresh Hub: at rest, and while much goes through it."""
    with TemporaryDirectory(prefix="imprint-bench-") as place, running_hub(Path(place) / "hub") as hub:
        at_rest, seconds = memory_mb(hub.pid), client_of(hub, Path(place))
        write_random(Path(place) / "huge.bin", HUGE_MB)
        up = peak_mb(hub.pid, lambda: seconds("up", "huge", HF_HUB_DISABLE_XET="1"))
        down = peak_mb(hub.pid, lambda: seconds("down", "huge"))
    return {
        ("memory at rest", "MB"): at_rest,
        ("memory while 2 GB go up", "MB"): up,
        ("memory while 2 GB come down", "MB"): down,
    }


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
