"""One training in several processes (`accelerate launch`): the first one writes and speaks for all."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TypeVar

from train.errors import StageError
from train.run import alone

T = TypeVar("T")

A_MOMENT_S = 1.0  # in which a launcher ends the other processes, once one has failed
LEFT = r"closed by peer|reset by peer|remote process exited"


def number() -> int:
    """How many processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    """This process's place among them."""
    return int(os.environ.get("RANK", "0"))


def first() -> bool:
    """Whether this process is the one that writes and speaks."""
    return rank() == 0


def sharded() -> bool:
    """Whether the base's weights are shared out over the processes (FSDP)."""
    return os.environ.get("ACCELERATE_USE_FSDP", "").lower() == "true"


def meet() -> None:
    """Wait here until every process has come."""
    if number() > 1:
        from accelerate import PartialState

        PartialState(cpu=_on_cpu()).wait_for_everyone()


def _on_cpu() -> bool:
    return os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("true", "1", "yes")


def ahead(first_of_all: Callable[[], T], then: Callable[[], T]) -> T:
    """What the first process makes of it, and what the others find once it has."""
    if first():
        made = first_of_all()
    meet()
    if not first():
        made = then()
    return made


def check(verb: str, recipe: str, *, samples: bool) -> None:
    """Refuse to do in several processes what one does alone."""
    if number() > 1 and (verb != "tune" or samples):
        fix = f"python -m train {verb} {recipe}{' --samples' * samples}"
        what = "a rehearsal runs" if samples else f"`{verb}` runs"
        raise StageError(f"Only training runs in several processes; {what} in one.", fix=fix)


def check_same(before: int, recipe: str, folder: Path) -> None:
    """Refuse to go on in another number of processes than `before`: each would see other rows."""
    if before != number():
        launch = "python" if before == 1 else f"accelerate launch --num_processes {before}"
        what = f"This training began in {before} processes and cannot go on in {number()}"
        raise StageError(f"{what}; without {folder} it begins anew.", fix=f"{launch} -m train tune {recipe}")


@contextmanager
def together(folder: Path) -> Iterator[None]:
    """Hold `folder` for all processes of this training; what the others would say again is not said."""
    with ExitStack() as held:
        if first():
            held.enter_context(alone(folder))
        else:
            nowhere = held.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
            held.enter_context(redirect_stdout(nowhere))
            held.enter_context(redirect_stderr(nowhere))
        meet()
        try:
            yield
        except RuntimeError as error:
            _leave_it_to_the_one_that_failed(error)
            raise
        meet()


def _leave_it_to_the_one_that_failed(error: RuntimeError) -> None:
    if number() > 1 and re.search(LEFT, str(error)):
        time.sleep(A_MOMENT_S * 30)  # the launcher ends this process in the meantime
        what = "Another process of this training has ended; the reason is in its output."
        raise StageError(what, fix="accelerate launch … (the same command goes on)") from error


def may_speak() -> None:
    """Return when it is this process's turn to say what went wrong: never, if one before it has said it.

    Each waits its turn; meanwhile the launcher, which has seen the one before it fail, ends it.
    """
    if number() > 1:
        time.sleep(A_MOMENT_S * min(rank(), 8))
