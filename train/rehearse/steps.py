"""One step of a rehearsal: a process of its own, timed, with what it says last kept."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from train.errors import ImprintError
from train.leash import leashed
from train.run import ROOT

QUIET = {  # what the libraries would say between a rehearsal's own lines
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_VERBOSITY": "error",
    "DO_NOT_TRACK": "1",
    "PYTHONWARNINGS": "ignore::FutureWarning",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
}


@dataclass(frozen=True)
class Step:
    """What one step did, in a line, and how long it took."""

    name: str
    came_out: str
    seconds: float


class StepFailedError(ImprintError):
    """A step's process ended badly; it has said why itself."""


def passed_on(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one of our own verbs for its output, which goes to the terminal; its exit code."""
    command = [sys.executable, "-m", "train", *arguments]
    return subprocess.run(command, env=dict(environment), cwd=ROOT, check=False).returncode


def step(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path = ROOT,
    read: Callable[[str], str] = str,
) -> Step:
    """Run a command as a step: stderr goes to the terminal, `read` turns its last line into a sentence."""
    print(f"\n▸ {name}", file=sys.stderr, flush=True)
    began = time.monotonic()
    process = subprocess.run(
        [sys.executable, *command],
        env=dict(environment),
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=leashed,
        process_group=0,  # Ctrl-C is for the rehearsal, which then ends what it has begun
        check=False,
    )
    if process.returncode:
        raise StepFailedError(f"{name} did not finish (exit code {process.returncode}).")
    last = (process.stdout.strip().splitlines() or [""])[-1]
    done = Step(name, read(last), round(time.monotonic() - began, 1))
    print(f"  {done.came_out} · {done.seconds:.1f} s", file=sys.stderr, flush=True)
    return done
