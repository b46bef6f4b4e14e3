"""How long a first and a second rehearsal take: python -m tests.benchmarks.rehearsal"""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from train.run import ROOT

RECORD = Path(__file__).parent / "rehearsal.md"
HEAD = """\
# Rehearsal times

Seconds for `python -m train rehearse blog` in an empty folder (the base is trained first) and once more.
`python -m tests.benchmarks.rehearsal` measures both and adds a row; packages are installed beforehand.

| date | machine | base | prepare | tune | evaluate | bundle | release | proofs | first | second |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"""
STEPS = ("base", "prepare", "tune", "evaluate", "bundle", "release")


def main() -> None:
    """Rehearse twice in an empty folder, print the seconds and add them to the record."""
    with TemporaryDirectory(prefix="imprint-bench-") as runs:
        first, second = rehearsed(Path(runs)), rehearsed(Path(runs))
    row = f"| {datetime.now(UTC):%Y-%m-%d} | {machine()} | {columns(first)} | {second['seconds']:.0f} |"
    text = RECORD.read_text(encoding="utf-8") if RECORD.exists() else HEAD
    RECORD.write_text(f"{text}{row}\n", encoding="utf-8")
    print(row)


def rehearsed(runs: Path) -> dict[str, float]:
    """The seconds of each step of one rehearsal, and of the whole."""
    command = [sys.executable, "-m", "train", "rehearse", "blog", "--runs", str(runs)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    rehearsal = json.loads((runs / "blog" / "rehearsal.json").read_text(encoding="utf-8"))
    return {step["name"]: step["seconds"] for step in rehearsal["steps"]} | {"seconds": rehearsal["seconds"]}


def columns(seconds: dict[str, float]) -> str:
    """One rehearsal's steps as cells; what strangers do afterwards is one of them."""
    steps = [seconds[name] for name in STEPS]
    proofs = seconds["seconds"] - sum(steps)
    return " | ".join(f"{each:.0f}" for each in (*steps, proofs, seconds["seconds"]))


def machine() -> str:
    """The processor and how many cores of it this process may use."""
    source = Path("/proc/cpuinfo")
    lines = source.read_text(encoding="utf-8").splitlines() if source.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} cores, {names[0] if names else platform.machine()}"


if __name__ == "__main__":
    main()
