"""The one place that writes results and mishaps: for people or as JSON, quietly or with all there is."""

import io
import logging
import os
import pydoc
import sys
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from types import TracebackType
from typing import TextIO, cast

from train.errors import ImprintError
from train.verbs.answer import MISHAP, Answer, Mishap
from train.verbs.colour import painted

MANNER = "IMPRINT_MANNER"  # how the processes that one of ours starts have to speak
NO_BARS = {
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TQDM_DISABLE": "1",
}
CALM = {"HF_HUB_VERBOSITY": "error", "TRANSFORMERS_VERBOSITY": "error"}
LOUD = {"DATASETS_VERBOSITY": "info", "HF_HUB_VERBOSITY": "info", "TRANSFORMERS_VERBOSITY": "info"}


@dataclass(frozen=True)
class Manner:
    """How to speak, as it was asked for."""

    json: bool = False
    quiet: bool = False
    verbose: bool = False

    @classmethod
    def of(cls, words: Sequence[str], environment: Mapping[str, str] = os.environ) -> "Manner":
        """What the words ask for, also those of a wrong command line; else what the environment does."""
        given = {word for word in ("--quiet", "--verbose") if word in words}
        given = given or {f"--{environment.get(MANNER)}"}
        return cls("--json" in words, "--quiet" in given, "--verbose" in given)

    @property
    def inherited(self) -> dict[str, str]:
        """The same for the processes that are started."""
        return {MANNER: "quiet"} if self.quiet else {MANNER: "verbose"} if self.verbose else {}


class Hush(io.StringIO):
    """A stream that says nothing; what must be heard goes to the one behind it."""

    def __init__(self, behind: TextIO) -> None:
        super().__init__()
        self.behind = behind

    def write(self, text: str) -> int:
        """Say nothing."""
        return len(text)


def aloud() -> TextIO:
    """Where a person is asked, also when all else is quiet."""
    return sys.stderr.behind if isinstance(sys.stderr, Hush) else sys.stderr


class OutputError(ImprintError):
    """What was said could not be written."""


def written(out: TextIO, text: str = "") -> None:
    """Write all that there is to say; a full disk behind it is said to whoever looks on."""
    try:
        out.write(text)
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())  # or it is tried again at the end
        raise OutputError(f"The result cannot be written: {error.strerror}.", fix="df -h") from error


class Voice:
    """Where a verb's answer is written, or what went wrong, in the manner that was asked for."""

    def __init__(self, manner: Manner) -> None:
        self.manner, self.out, self.err = manner, sys.stdout, sys.stderr
        self.has_spoken = False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep everything else off the streams that are spoken for."""
        with ExitStack() as held:
            if self.manner.verbose:
                logging.basicConfig(level=logging.INFO)
            elif not sys.warnoptions:
                held.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore", FutureWarning)  # for who writes programs with the libraries
            if self.manner.quiet:
                held.enter_context(redirect_stderr(Hush(self.err)))
            if self.manner.json:
                held.enter_context(redirect_stdout(sys.stderr))
            held.push(self._last_word)
            yield

    def libraries(self) -> AbstractContextManager[None]:
        """What the environment tells libraries, and the processes that are started, until this is left."""
        bars = {} if self.err.isatty() and not self.manner.quiet else NO_BARS
        own = {name: os.environ.get(name, value) for name, value in CALM.items()}
        return _environment(bars | (LOUD if self.manner.verbose else own) | self.manner.inherited)

    def give(self, answer: Answer) -> int:
        """Write an answer; its exit code."""
        self.has_spoken = True
        if not self.manner.json:
            self._tell(answer)
            return answer.code
        from train.run import as_json, as_line

        as_text = as_line if answer.shown == "while it serves" else as_json
        written(self.out, as_text(answer.value))
        return answer.code

    def complain(self, what: str, next_: str = "", code: int = MISHAP) -> int:
        """Say what went wrong, and what to type next; the exit code."""
        if self.manner.verbose and sys.exc_info()[0]:
            traceback.print_exc(file=self.err)
        told = f"Error: {what}" + (f"\nNext:  {next_}" if next_ else "")
        print(painted(told, self.err), file=self.err)
        return self.concede(what, next_, code)

    def stop(self, what: str, more: str, next_: str, code: int) -> int:
        """Say what is kept, now that somebody has stopped it; the exit code."""
        print(painted(f"\n{what}{more}", self.err), file=self.err)
        return self.concede(what, next_, code)

    def concede(self, what: str, next_: str, code: int = MISHAP) -> int:
        """Tell a program what went wrong; people were told already."""
        if self.manner.json and not self.has_spoken:
            self.give(Answer(what, Mishap(what, next_, code)))
        return code

    def _tell(self, answer: Answer) -> None:
        text = answer.told.rstrip("\n") + "\n"
        if answer.shown == "by the page" and self.out.isatty():
            pydoc.pager(text)
        else:
            written(self.out, painted(text, self.out))

    def _last_word(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """A mistake of ours ends with its traceback, and on stdout as a mishap like others."""
        if error is not None and not isinstance(error, BrokenPipeError):
            self.concede(f"{cast(type[BaseException], kind).__name__}: {error}", "", MISHAP)
        return False


@contextmanager
def _environment(more: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
