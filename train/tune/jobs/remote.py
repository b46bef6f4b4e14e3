"""Training on a rented machine, seen from here: send, start or find, watch, take home."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub import BucketFile, JobInfo
from huggingface_hub._jobs_api import JobHardwareInfo
from huggingface_hub.errors import BucketNotFoundError

from train.client import connect
from train.errors import RecipeError, StageError
from train.patience import asked as patiently
from train.patience import explained
from train.recipe import Recipe, path_of
from train.run import ROOT, Run, finished
from train.tune.jobs.board import Board, machine
from train.tune.jobs.order import Order, Place
from train.tune.jobs.pack import check_may_leave, packed
from train.tune.jobs.start import strangers
from train.tune.jobs.watch import Watch, cost, failure, most
from train.tune.key import ingredients
from train.tune.report import TrainingReport
from train.tune.reuse import RECORD, take_in

NOTE = "What a training has left here: its newest checkpoints, and in the end its adapter.\n"


@dataclass(frozen=True)
class Asked:
    """What was typed: where to train, for how long, at whose cost."""

    recipe: str
    runs: str
    flavor: str
    timeout: str
    namespace: str  # empty: the owner of the adapter's repository
    options: tuple[str, ...]

    @classmethod
    def of(cls, asked: argparse.Namespace) -> "Asked":
        """What the command line says."""
        words = tuple(asked.options)
        return cls(asked.recipe, str(asked.runs), asked.flavor, asked.timeout, asked.namespace, words)

    @property
    def again(self) -> str:
        """The same command once more."""
        return self._command("--on", "hf-jobs", "--flavor", self.flavor, "--timeout", self.timeout)

    @property
    def cancel(self) -> str:
        """The command that ends what this one began."""
        return self._command("--cancel")

    def _command(self, *words: str) -> str:
        whose = ("--namespace", self.namespace) if self.namespace else ()
        where = ("--runs", self.runs) if self.runs != "runs" else ()
        given = (*words, *whose, *where, *self.options)
        return shlex.join(["python", "-m", "train", "tune", self.recipe, *given])


def tune_there(recipe: Recipe, run: Run, asked: Asked) -> TrainingReport:
    """Train in a Job and leave the adapter in `run.adapter`; one that is finished is only fetched."""
    check_may_leave(recipe)
    board = _board(recipe, run, asked)
    with explained(board.api.endpoint, asked.again):
        if done := _here(run, board.place) or _left_before(run, board):
            return done
        price = machine(board.api, asked.flavor)
        try:
            job = _found(board) or _started(recipe, run, asked, board, price)
            return _trained(run, asked, board, job, price)
        except KeyboardInterrupt:
            print("".join(_goes_on(asked, job) for job in board.running()), file=sys.stderr)
            raise


def cancel(recipe: Recipe, run: Run, asked: Asked) -> str:
    """End the Jobs of this training; what was done, in a line."""
    board = _board(recipe, run, asked)
    with explained(board.api.endpoint, asked.cancel):
        ended = board.cancel()
    return "\n".join(f"cancelled: {job.url}" for job in ended) or "no Job of this training is running"


def _board(recipe: Recipe, run: Run, asked: Asked) -> Board:
    owner = asked.namespace or recipe.publish.adapter.partition("/")[0]
    if owner == "OWNER":
        what = f"{recipe.name} publishes to {recipe.publish.adapter}; a Job needs an account that pays."
        raise RecipeError(what, fix=f"edit its publish section ({recipe.name}), or add --namespace NAME")
    return Board(connect(), Place(owner, recipe.name, ingredients(recipe, run).key))


def _here(run: Run, place: Place) -> TrainingReport | None:
    return finished(TrainingReport, run.adapter / RECORD, place.key)


def _left_before(run: Run, board: Board) -> TrainingReport | None:
    """The adapter of a Job that ended while nobody looked on; a Job that left a part of it did not finish."""
    files = _adapter(board)
    try:
        done = _left(run, board, files) if RECORD in files else None
    except StageError as flaw:
        print(f"note: what an earlier Job left is of no use: {flaw}", file=sys.stderr)
        return None
    if done:
        print(f"found in {board.place.bucket}, nothing to train", file=sys.stderr)
    return done


def _left(run: Run, board: Board, files: dict[str, BucketFile]) -> TrainingReport:
    """The adapter that a Job has left in the bucket, taken home."""
    with TemporaryDirectory() as folder:
        _download(board, files, [RECORD], Path(folder))
        record = (Path(folder) / RECORD).read_bytes()
    return take_in(run, board.place.key, record, lambda names, into: _download(board, files, names, into))


def _adapter(board: Board) -> dict[str, BucketFile]:
    api, place, below = board.api, board.place, f"{board.place.left}/adapter/"
    try:
        found = patiently(lambda: list(api.list_bucket_tree(place.bucket, below, recursive=True)))
    except BucketNotFoundError:
        return {}
    return {each.path.removeprefix(below): each for each in found if isinstance(each, BucketFile)}


def _download(board: Board, files: dict[str, BucketFile], names: Sequence[str], folder: Path) -> None:
    if missing := sorted(set(names) - files.keys()):
        raise StageError(f"{board.place.bucket}/{board.place.left} lacks files: {', '.join(missing)}.")
    wanted: list[tuple[str | BucketFile, str | Path]] = [(files[name], folder / name) for name in names]
    patiently(lambda: board.api.download_bucket_files(board.place.bucket, wanted))


def _found(board: Board) -> JobInfo | None:
    found = next(iter(board.running()), None)
    if found:
        print(f"this training runs already: {found.url}", file=sys.stderr)
    return found


def _started(recipe: Recipe, run: Run, asked: Asked, board: Board, price: JobHardwareInfo) -> JobInfo:
    if others := strangers(ROOT):
        what = f"Other packages are installed here than constraints.txt pins ({', '.join(others)})"
        raise StageError(f"{what}: a Job would train something else.", fix="make setup")
    limit, commit = most(asked.timeout, price), _checked_base(recipe)
    pack = _sent(recipe, run, path_of(asked.recipe), board)
    order = Order(board.place, asked.flavor, asked.timeout, recipe.base, commit, pack, asked.options)
    job = board.started(order)
    print(f"started, {limit}: {job.url}", file=sys.stderr)
    return job


def _checked_base(recipe: Recipe) -> str:
    """The base's commit; a base or a licence that training would refuse is refused before it costs."""
    from train.tune.model import license_of, pinned  # torch takes seconds: only if there is something to do
    from train.tune.papers import take_papers

    commit = pinned(recipe)
    with TemporaryDirectory() as folder:
        take_papers(recipe, commit, license_of(recipe.base, commit), Path(folder))
    return commit


def _sent(recipe: Recipe, run: Run, path: Path, board: Board) -> str:
    """The digest of the pack, which lies in the bucket then."""
    api, place = board.api, board.place
    patiently(lambda: api.create_bucket(place.bucket, private=True, exist_ok=True))
    if not patiently(lambda: api.bucket_info(place.bucket)).private:
        what = f"The bucket {place.bucket} is public, and rows would lie in it."
        raise StageError(what, fix=f"make it private: {api.endpoint}/buckets/{place.bucket}/settings")
    with TemporaryDirectory() as folder:
        pack = packed(recipe, path, run, Path(folder))
        add: list[tuple[str | Path | bytes, str]] = [
            (pack, f"{place.sent}/{pack.name}"),
            (NOTE.encode(), f"{place.left}/README.txt"),  # a folder that holds nothing is none to mount
        ]
        patiently(lambda: api.batch_bucket_files(place.bucket, add=add))
        print(f"sent {pack.stat().st_size / 1e6:,.1f} MB of code and rows to {place.bucket}", file=sys.stderr)
    return pack.stem


def _trained(run: Run, asked: Asked, board: Board, job: JobInfo, price: JobHardwareInfo) -> TrainingReport:
    watch = Watch(board)
    job = watch.until_over(job)
    while job.status.stage == "CANCELED" and (other := _found(board)):
        watch = Watch(board)  # two machines had started the same, and one Job was ended for the other
        job = watch.until_over(other)
    if job.status.stage != "COMPLETED":
        raise failure(job, price, watch.last, asked.again)
    print(f"the Job {cost(job, price)}", file=sys.stderr)
    try:
        return _left(run, board, _adapter(board))
    except StageError as error:
        what = f"The Job {job.id} is COMPLETED, but left no whole adapter: {error} {job.url}"
        raise StageError(what, fix=asked.again) from error


def _goes_on(asked: Asked, job: JobInfo) -> str:
    return f"\nThe Job goes on, and costs: {job.url}\n  look on:  {asked.again}\n  end it:   {asked.cancel}"
