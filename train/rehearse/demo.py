"""The Space as its own process, from the files that were released."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from train.errors import ImprintError
from train.leash import leashed
from train.rehearse.steps import Task, step
from train.release.report import Published

PROOFS = Path(__file__).parent / "proofs"
PATIENCE_S = 600  # two busy cores need half a minute to import and load, and there are busier machines


def check_free(port: int, fix: str) -> None:
    """Refuse a port that somebody listens on."""
    try:
        _try(port)
    except OSError as error:
        raise ImprintError(f"Port {port} is in use.", fix=fix) from error


def free_or_any(port: int) -> int:
    """This port, or 0, which is any, if somebody listens on it."""
    try:
        _try(port)
    except OSError:
        return 0
    return port


def _try(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


@contextmanager
def running_space(folder: Path, environment: Mapping[str, str], port: int) -> Iterator[str]:
    """Start `app.py` in `folder`, wait until it answers, and end it afterwards; its address."""
    log = folder / "space.log"
    settings = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port)}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=folder,
            env={**environment, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=leashed,
            process_group=0,
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        if _answers(url):
            return
        time.sleep(0.2)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise ImprintError(
        "The Space did not start. It said last:\n  " + "\n  ".join(said[-5:]), fix=f"cat {log}"
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/config", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def address(space: str, endpoint: str) -> str:
    """Where a Space that runs on the embedded Hub is to be found."""
    with urllib.request.urlopen(f"{endpoint}/api/spaces/{space}") as answer:
        return str(json.load(answer)["host"])


def only_run(space: str, environment: Mapping[str, str]) -> None:
    """Let this Space run on the embedded Hub, if it is there, and rest all others: they share one machine."""
    from huggingface_hub import HfApi  # its import takes a moment, which `make space` need not wait for

    api = HfApi(environment["HF_ENDPOINT"], token=environment["HF_TOKEN"])
    for each in api.list_spaces():
        is_paused = api.get_space_runtime(each.id).stage == "PAUSED"
        if each.id == space and is_paused:
            api.restart_space(each.id)
        if each.id != space and not is_paused:
            api.pause_space(each.id)


@contextmanager
def opened(space: Published, environment: Mapping[str, str], folder: Path, port: int) -> Iterator[str]:
    """A released Space, downloaded at its commit and started; its address."""
    command = (str(PROOFS / "space.py"), space.repo, space.commit, str(folder))
    step(Task("space", command, environment, folder.parent, lambda _: "downloaded"))
    with running_space(folder, environment, port) as url:
        yield url
