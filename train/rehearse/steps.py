"""One step of a rehearsal: a process of its own, timed, with what it says last kept."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from train.errors import StepFailedError
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


@dataclass(frozen=True)
class Task:
    """What one step runs; `read` turns the last line that it says into a sentence."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path = ROOT
    read: Callable[[str], str] = str

    @property
    def arguments(self) -> list[str]:
        """The whole command."""
        return [sys.executable, *self.command]

    def done(self, code: int, said: str, seconds: float) -> Step:
        """The step that it was; an error if its process ended badly."""
        if code:
            raise StepFailedError(f"{self.name} did not finish (exit code {code}).")
        last = (said.strip().splitlines() or [""])[-1]
        return Step(self.name, self.read(last), round(seconds, 1))


def passed_on(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one of our own verbs for its output, which goes to the terminal; its exit code."""
    command = [sys.executable, "-m", "train", *arguments]
    return subprocess.run(command, env=dict(environment), cwd=ROOT, check=False).returncode


def step(task: Task) -> Step:
    """Do a task; its stderr goes to the terminal."""
    print(f"\n▸ {task.name}", file=sys.stderr, flush=True)
    began = time.monotonic()
    process = subprocess.run(
        task.arguments,
        env=dict(task.environment),
        cwd=task.folder,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=leashed,
        process_group=0,  # Ctrl-C is for the rehearsal, which then ends what it has begun
        check=False,
    )
    done = task.done(process.returncode, process.stdout, time.monotonic() - began)
    print(f"  {done.came_out} · {done.seconds:.1f} s", file=sys.stderr, flush=True)
    return done


async def aside(task: Task, log: IO[bytes]) -> Step:
    """Do a task beside others; its stderr goes into a log, and it ends with whoever waits for it."""
    began = time.monotonic()
    starting = asyncio.ensure_future(_started(task, log))  # also ended if it is stopped while it starts
    try:
        process = await asyncio.shield(starting)
        said, _ = await process.communicate()
    except asyncio.CancelledError:
        process = await starting
        process.kill()
        await process.communicate()  # to the end of its pipe, which is closed only then
        raise
    return task.done(process.returncode or 0, said.decode(), time.monotonic() - began)


async def _started(task: Task, log: IO[bytes]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *task.arguments,
        env=dict(task.environment),
        cwd=task.folder,
        stdout=subprocess.PIPE,
        stderr=log,
        preexec_fn=leashed,
        process_group=0,
    )
