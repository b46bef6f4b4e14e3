"""The Space as a process: copied alone into a folder, started as Hugging Face starts it."""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.waiting import PATIENCE_S
from train.rehearse.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
READY = "Running on "


@dataclass
class Served:
    """A page that answers, and what its process has said so far."""

    url: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)


def copied(folder: Path, release: Mapping[str, Any] | None) -> Path:
    """The Space's own files and its release.json, and nothing else of this repository."""
    shutil.copytree(ROOT / "space", folder, ignore=shutil.ignore_patterns("__pycache__"))
    if release:
        (folder / "release.json").write_text(json.dumps(release))
    return folder


def environment(hub: Mapping[str, str]) -> dict[str, str]:
    """What the process sees: the Hub it is given, a free port, and no way to this repository."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return inherited | {"GRADIO_SERVER_PORT": str(free_port()), "PYTHONUNBUFFERED": "1"} | dict(hub)


def heed_ctrl_c() -> None:
    """In a new child: tests that run in the background have it ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def serving(folder: Path, hub: Mapping[str, str]) -> Iterator[Served]:
    """The page that a Space opens, for as long as the block lasts."""
    with starting(folder, hub) as process:
        yield wait_until_ready(process, folder / "stderr.txt")


@contextmanager
def starting(folder: Path, hub: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The process of a Space, which is ended with the block; its errors are in the folder."""
    with (folder / "stderr.txt").open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=folder,
            env=environment(hub),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            preexec_fn=heed_ctrl_c,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until_ready(process: subprocess.Popen[str], errors: Path) -> Served:
    served, ready = Served("", process), queue.Queue[str]()
    threading.Thread(target=listen, args=(served, ready), daemon=True).start()
    served.url = ready.get(timeout=PATIENCE_S)
    assert served.url, f"the Space did not start: {errors.read_text()}"
    return served


def listen(served: Served, ready: queue.Queue[str]) -> None:
    for line in served.process.stdout or ():
        served.said.append(line.strip())
        if line.startswith(READY):
            ready.put(line.removeprefix(READY).strip())
    ready.put("")


def health(served: Served) -> dict[str, Any]:
    """What the service says of itself."""
    found: dict[str, Any] = httpx2.get(f"{served.url}/health", timeout=PATIENCE_S).json()
    return found
