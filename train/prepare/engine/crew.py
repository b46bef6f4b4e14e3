"""Work done in processes of their own, which end when the one that asked for it ends."""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Generic, TypeVar

from train.errors import ImprintError, StageError
from train.leash import leashed

Job = TypeVar("Job")
Result = TypeVar("Result")
KILLED = -signal.SIGKILL


@dataclass
class _Worker(Generic[Job, Result]):
    process: SpawnProcess
    pipe: Connection
    again: str
    busy: bool = False

    def give(self, job: Job) -> None:
        """Hand over one piece of work."""
        try:
            self.pipe.send(job)
        except OSError as error:
            raise self.lost() from error
        self.busy = True

    def take(self) -> Result:
        """What came of it; its error, if it had one, is raised here."""
        try:
            result = self.pipe.recv()
        except (EOFError, ConnectionResetError) as error:
            raise self.lost() from error
        self.busy = False
        if isinstance(result, ImprintError | OSError):
            raise result
        return result  # type: ignore[no-any-return]

    def lost(self) -> StageError:
        """Why there is no worker any more."""
        self.process.join(timeout=5)
        if self.process.exitcode == KILLED:
            what = "A worker was killed, most likely because the machine has no memory left."
            return StageError(f"{what} What is finished is kept.", fix=self.again)
        return StageError("A worker stopped; its own error is above.", fix=self.again)


def each(
    work: Callable[[Job], Result], jobs: Iterable[Job], workers: int, again: str = ""
) -> Iterator[Result]:
    """The results of `work` as they are ready, in no order; with one worker, in this process.

    `again` is the command to type if a worker is lost.
    """
    if workers == 1:
        yield from map(work, jobs)
        return
    with _crew(work, workers, again) as crew:
        for job in jobs:
            if all(worker.busy for worker in crew):
                yield _next(crew)
            next(worker for worker in crew if not worker.busy).give(job)
        while any(worker.busy for worker in crew):
            yield _next(crew)


def _next(crew: "list[_Worker[Job, Result]]") -> Result:
    ready = wait([worker.pipe for worker in crew if worker.busy])
    return next(worker for worker in crew if worker.pipe in ready).take()


@contextmanager
def _crew(work: Callable[[Job], Result], workers: int, again: str) -> "Iterator[list[_Worker[Job, Result]]]":
    crew: list[_Worker[Job, Result]] = []
    try:
        with _deaf():
            crew.extend(_hired(work, again) for _ in range(workers))
        yield crew
    finally:
        for worker in crew:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C reaches a whole group of processes: those started here leave the answer to their parent."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _hired(work: Callable[[Job], Result], again: str) -> "_Worker[Job, Result]":
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(work, theirs), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours, again)


def _serve(work: Callable[[Job], Result], pipe: Connection) -> None:
    leashed()
    parent = parent_process()
    if parent is None or parent.pid != os.getppid():
        sys.exit()  # it was gone before the leash was on
    with suppress(EOFError):
        while True:
            pipe.send(_done(work, pipe.recv()))


def _done(work: Callable[[Job], Result], job: Job) -> "Result | ImprintError | OSError":
    try:
        return work(job)
    except (ImprintError, OSError) as error:
        return error
