"""Work on a rented machine, seen from here: send, start or find, watch, take home."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub import BucketFile, JobInfo
from huggingface_hub._jobs_api import JobHardwareInfo

from train.client import connect
from train.errors import StageError
from train.jobs.board import Board, machine
from train.jobs.bucket import clear, lying, removal
from train.jobs.cli import Asked
from train.jobs.errand import Errand, R
from train.jobs.order import Order
from train.jobs.pack import check_may_leave, packed
from train.jobs.start import strangers
from train.jobs.watch import Watch, cost, failure, most
from train.patience import asked as patiently
from train.patience import explained
from train.recipe import path_of
from train.run import ROOT

NOTE = "What a Job has left here: what it had so far, and in the end its result.\n"


@dataclass(frozen=True)
class Ended:
    """A Job that was ended."""

    id: str
    url: str


@dataclass(frozen=True)
class Cancelled:
    """The Jobs that were ended; none if none was running."""

    work: str  # training or evaluation
    jobs: tuple[Ended, ...] = ()
    why_none: str = ""  # if none can have been running

    @property
    def told(self) -> str:
        """The same in a line for each."""
        if not self.jobs:
            return f"no Job of this {self.work} is running" + (f": {self.why_none}" if self.why_none else "")
        return "\n".join(f"cancelled: {job.url}" for job in self.jobs)


def there(errand: Errand[R]) -> R:
    """Do it in a Job and take the result home; one that is finished is only fetched."""
    check_may_leave(errand.recipe, errand.asked.verb)
    board = Board(connect(), errand.place)
    with explained(board.api.endpoint, errand.asked.again):
        if done := errand.here() or _left_before(errand, board):
            return done
        price = machine(board.api, errand.asked.flavor)
        try:
            job = _found(errand, board) or _started(errand, board, price)
            return _done(errand, board, job, price)
        except KeyboardInterrupt:
            print("".join(_goes_on(errand.asked, job) for job in board.running()), file=sys.stderr)
            raise


def cancel(errand: Errand[R]) -> Cancelled:
    """End the Jobs of this errand."""
    board = Board(connect(), errand.place)
    with explained(board.api.endpoint, errand.asked.cancel):
        ended = board.cancel()
        is_empty = not lying(board, board.place.folder)
    if not is_empty:
        told = "note: what is there is kept for the same command; this removes it"
        print(f"{told}: {removal(board.place)}", file=sys.stderr)
    return Cancelled(errand.name, tuple(Ended(job.id, job.url) for job in ended))


def _left_before(errand: Errand[R], board: Board) -> R | None:
    """What a Job left that ended while nobody looked on; one that left a part of it did not finish."""
    files = _files(errand, board)
    try:
        done = _left(errand, board, files) if errand.record in files else None
    except StageError as flaw:
        print(f"note: what an earlier Job left is of no use: {flaw}", file=sys.stderr)
        return None
    if done:
        print(f"found in {board.place.bucket}, nothing to {errand.does}", file=sys.stderr)
        clear(board, errand.left)
    return done


def _left(errand: Errand[R], board: Board, files: dict[str, BucketFile]) -> R:
    """The result that a Job has left in the bucket, taken home."""
    with TemporaryDirectory() as folder:
        _download(board, files, [errand.record], Path(folder))
        record = (Path(folder) / errand.record).read_bytes()
    return errand.take(record, lambda names, into: _download(board, files, names, into))


def _files(errand: Errand[R], board: Board) -> dict[str, BucketFile]:
    return lying(board, f"{board.place.left}/{errand.left}")


def _download(board: Board, files: dict[str, BucketFile], names: Sequence[str], folder: Path) -> None:
    if missing := sorted(set(names) - files.keys()):
        raise StageError(f"{board.place.bucket}/{board.place.left} lacks files: {', '.join(missing)}.")
    wanted: list[tuple[str | BucketFile, str | Path]] = [(files[name], folder / name) for name in names]
    patiently(lambda: board.api.download_bucket_files(board.place.bucket, wanted))


def _found(errand: Errand[R], board: Board) -> JobInfo | None:
    found = next(iter(board.running()), None)
    if found:
        print(f"this {errand.name} runs already: {found.url}", file=sys.stderr)
    return found


def _started(errand: Errand[R], board: Board, price: JobHardwareInfo) -> JobInfo:
    if others := strangers(ROOT):
        what = f"Other packages are installed here than constraints.txt pins ({', '.join(others)})"
        raise StageError(f"{what}: a Job would make something else.", fix="make setup")
    asked = errand.asked
    limit, bases = most(asked.timeout, price), errand.bases()
    pack = _sent(errand, board)
    job = board.started(Order(board.place, asked.flavor, asked.timeout, bases, pack, errand.words(bases)))
    print(f"started, {limit}: {job.url}", file=sys.stderr)
    return job


def _sent(errand: Errand[R], board: Board) -> str:
    """The digest of the pack, which lies in the bucket then."""
    api, place = board.api, board.place
    patiently(lambda: api.create_bucket(place.bucket, private=True, exist_ok=True))
    if not patiently(lambda: api.bucket_info(place.bucket)).private:
        what = f"The bucket {place.bucket} is public, and rows would lie in it."
        raise StageError(what, fix=f"make it private: {api.endpoint}/buckets/{place.bucket}/settings")
    with TemporaryDirectory() as folder, TemporaryDirectory() as scratch:
        pack = packed(path_of(errand.asked.recipe), errand.files(Path(scratch)), Path(folder))
        add: list[tuple[str | Path | bytes, str]] = [
            (pack, f"{place.sent}/{pack.name}"),
            (NOTE.encode(), f"{place.left}/README.txt"),  # a folder that holds nothing is none to mount
        ]
        patiently(lambda: api.batch_bucket_files(place.bucket, add=add))
        print(f"sent {pack.stat().st_size / 1e6:,.1f} MB of code and rows to {place.bucket}", file=sys.stderr)
    return pack.stem


def _done(errand: Errand[R], board: Board, job: JobInfo, price: JobHardwareInfo) -> R:
    watch = Watch(board)
    job = watch.until_over(job)
    while job.status.stage == "CANCELED" and (other := _found(errand, board)):
        watch = Watch(board)  # two machines had started the same, and one Job was ended for the other
        job = watch.until_over(other)
    if job.status.stage != "COMPLETED":
        raise failure(job, price, watch.last, errand.asked.again)
    print(f"the Job {cost(job, price)}", file=sys.stderr)
    try:
        done = _left(errand, board, _files(errand, board))
    except StageError as error:
        what = f"The Job {job.id} is COMPLETED, but left no whole {errand.result}: {error} {job.url}"
        raise StageError(what, fix=errand.asked.again) from error
    clear(board, errand.left)
    print(f"its result stays for other machines, until {removal(board.place)}", file=sys.stderr)
    return done


def _goes_on(asked: Asked, job: JobInfo) -> str:
    return f"\nThe Job goes on, and costs: {job.url}\n  look on:  {asked.again}\n  end it:   {asked.cancel}"
