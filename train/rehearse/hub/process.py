"""The Hub as a process of its own, for rehearsals and tests."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from train.errors import SAME, ImprintError
from train.leash import leashed
from train.rehearse.hub import control
from train.rehearse.hub.faults import Armed
from train.rehearse.hub.logged import Logged, read_log

_REPOSITORY_ROOT = Path(__file__).resolve().parents[3]
_READY = "Hub ready at "
_ERROR = "Error: "  # as every verb says what went wrong
_READY_TIMEOUT_S = 120.0
_END_TIMEOUT_S = 20.0
_SHOWN_LOG_LINES = 20


@dataclass(frozen=True)
class LocalHub:
    """A Hub that answers."""

    url: str
    account: str
    token: str
    data: Path
    pid: int

    def environment(self, home: Path) -> dict[str, str]:
        """What a client process needs to see this Hub and no other, with its cache in `home`."""
        return {
            "HF_ENDPOINT": self.url,
            "HF_TOKEN": self.token,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "DO_NOT_TRACK": "1",
        }

    def arm(self, *faults: str) -> None:
        """Let requests go wrong from now on, as these say and in no other way; none at all is well again."""
        control.arm(self.url, self.token, faults)

    def armed(self) -> list[Armed]:
        """The faults in force, and how many requests they matched and struck."""
        return control.armed(self.url, self.token)

    def requests(self) -> list[Logged]:
        """Every request so far, in the order in which they were answered."""
        return read_log(self.data)

    def workflow(self, **claims: str) -> dict[str, str]:
        """The environment of a step in a workflow with these claims, which may ask for its identity."""
        return control.workflow(self.url, self.token, claims)


@contextmanager
def running_hub(
    data: Path,
    *,
    account: str = "rehearsal",
    token: str = "hf_rehearsal",  # noqa: S107 (known to this machine only)
    port: int = 0,
    epoch: int | None = None,
    log: Path | None = None,
    arguments: Sequence[str] = (),
) -> Iterator[LocalHub]:
    """A Hub for as long as the block lasts; it dies with this process, however that ends."""
    command = [sys.executable, "-m", "train", "hub", "--port", str(port), "--data", str(data.absolute())]
    command += ["--account", f"{account}:{token}", *arguments]
    with log.open("w+b") if log else TemporaryFile() as errors, _started(command, epoch, errors) as process:
        url = _wait_until_ready(process, errors)
        yield LocalHub(url, account, token, data, process.pid)


@contextmanager
def _started(command: list[str], epoch: int | None, errors: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    date = {} if epoch is None else {"SOURCE_DATE_EPOCH": str(epoch)}
    process = subprocess.Popen(
        command,
        cwd=_REPOSITORY_ROOT,
        env={**os.environ, **date},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        preexec_fn=leashed,
        process_group=0,  # Ctrl-C is for the parent, which ends the Hub last
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def _wait_until_ready(process: subprocess.Popen[bytes], errors: IO[bytes]) -> str:
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read_lines, args=(process, lines), daemon=True).start()
    with suppress(queue.Empty):
        first = lines.get(timeout=_READY_TIMEOUT_S)
        if first.startswith(_READY):
            return first.removeprefix(_READY).strip()
    errors.seek(0)
    raise _not_started(errors.read().decode(errors="replace").splitlines())


def _not_started(said: list[str]) -> ImprintError:
    """The Hub's own sentence, if it had one for people; else the end of all that it left."""
    sentences = [line.removeprefix(_ERROR) for line in said if line.startswith(_ERROR)]
    if sentences:
        return ImprintError(f"The embedded Hub did not start. {sentences[-1]}", fix=SAME)
    what = "\n".join(["The embedded Hub did not start. It said:", *said[-_SHOWN_LOG_LINES:]])
    return ImprintError(what, fix="python -m train hub")


def _read_lines(process: subprocess.Popen[bytes], lines: queue.Queue[str]) -> None:
    """Keep reading after the first line too: a full pipe would stop the Hub."""
    if process.stdout:
        with suppress(ValueError):  # closed from the other side when the Hub is ended
            for line in process.stdout:
                lines.put(line.decode())
    lines.put("")
