"""The service before a scripted Studio: in this process, or with a page in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

import service
from engines.desk import CLOSED
from form import Decoding, Form, Input
from line import Line
from orders import Order, RefusedError, Studio, Text
from rates import Rates
from release import Release, Served
from tests.scripted_studio import ScriptedStudio
from tests.waiting import wait_for
from train.rehearse.ports import free_port

ROOT = Path(__file__).parent.parent
COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN, OTHER_TOKEN = "a-long-secret-word", "another-secret-word"
SECRETS = {"IMPRINT_TOKENS": f"{TOKEN},\n{OTHER_TOKEN}\n", "IMPRINT_RATE": "1000000"}
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
WORDS = "IMPRINT_TEST_WORDS"  # what the process writes
ASKED = "A text is asked for."  # what it says then
BLOG = Form(
    message="title",
    inputs={
        "title": Input("Blog title", 200, ("How to keep a paper notebook",)),
        "words": Input("Word limit", choices=(40, 80), default=80),
    },
    decoding=Decoding(40, 1.0, 0.9, 1.0, 7),
    golden=(),
)
HUMANIZER = Form(
    message="formal",
    inputs={"formal": Input("Formal text", 5_000, ("We are not able to attend.",))},
    decoding=Decoding(300, 0.7, 0.9, 1.0, 42),
    golden=(),
    rewrites=True,
)


class EchoingStudio(ScriptedStudio):
    """Every text, a rewritten one too, stands under what was asked, so that a mixed-up answer shows."""

    closed = False

    def write(self, order: Order) -> Iterator[Text]:
        self.orders.append(order)
        if self.refusal:
            raise self.refusal
        if order.version not in ("", *self.versions(order.writer)):
            raise RefusedError("unknown_version", f"{order.version!r} is no version of this writer.")
        words = f"# {order.inputs[self.forms[order.writer].message]}\n\n{self.text}".split(" ")
        try:
            for count in range(1, len(words) + 1):
                time.sleep(self.pause_s)
                if self.closed:
                    raise CLOSED
                yield Text(" ".join(words[:count]), count, "end" if count == len(words) else "")
        except GeneratorExit:
            self.stopped += 1
            raise

    def close(self) -> None:
        self.closed = True


def studio(*names: str, **changes: Any) -> EchoingStudio:
    """A Studio with these writers, a blog's and a humanizer's if none is named."""
    forms = {name: {"blog": BLOG, "humanizer": HUMANIZER}[name] for name in names or ("blog", "humanizer")}
    pins: dict[str, Any] = {f"{part}_revision": COMMIT for part in ("adapter", "base", "dataset")}
    repos: dict[str, Any] = {part: f"ann/{part}" for part in ("adapter", "base", "dataset")}
    writers = [Served(name=name, title=f"The {name}", version="v0.2.0", **repos, **pins) for name in forms]
    return EchoingStudio(Release(tuple(writers)), forms, **changes)


@contextmanager
def serving(studio: Studio) -> Iterator[str]:
    """The service's address, as long as the block lasts."""
    app = FastAPI()
    service.attach(app, studio, Rates.of(os.environ))
    with listening(app) as url:
        yield url


@contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    """The address of an application, over the Space's own connections."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, http=Line, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@dataclass(frozen=True)
class Process:
    """A page with the service, and what the process takes."""

    url: str
    pid: int
    said: Path

    def has_ended(self) -> bool:
        return Path(f"/proc/{self.pid}/stat").read_text().split()[2] == "Z"

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/task").iterdir()))

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def memory_mb(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def page_process(folder: Path, secrets: Mapping[str, str] = SECRETS) -> Iterator[Process]:
    """The page and the service, in a process of their own, behind a proxy that tells visitors apart."""
    said = folder / "said.txt"
    port = str(free_port())
    known = {"PYTHONPATH": f"{ROOT}:{ROOT / 'space'}", "GRADIO_SERVER_PORT": port, "SPACE_ID": "ann/space"}
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.serviced"],
            cwd=ROOT,
            env=os.environ | known | dict(secrets),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: "Running" in said.read_text() or process.poll() is not None)
        assert process.poll() is None, said.read_text()
        yield Process(f"http://127.0.0.1:{port}", process.pid, said)
    finally:
        process.kill()
        process.wait()


class _Forgetful(list[Order]):
    def append(self, _: Order) -> None:
        """Not kept, so that the process's memory is the service's, and only counted."""
        print(ASKED, flush=True)


def main() -> None:
    import serving

    serving.SESSIONS = 16  # reached soon, so that memory does not grow with each visitor any more
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    words = os.environ.get(WORDS, "Some plain words about this.")
    with suppress(KeyboardInterrupt):
        serving.serve(studio(pause_s=0.01, orders=_Forgetful(), text=words))


if __name__ == "__main__":
    main()
