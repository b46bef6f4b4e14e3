"""The command line: python -m train VERB RECIPE."""

import argparse
import errno
import os
import re
import shlex
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from threading import Timer, get_ident
from types import FrameType

from train.advice import AGAIN, advice
from train.errors import SAME, ImprintError, RecipeError, StepFailedError
from train.verbs.answer import CLOSED, DONE, MISHAP, MISUSED, STOPPED, TERMINATED, Answer
from train.verbs.parser import PROGRAM, MisusedError, check_verb, parser, retyped
from train.verbs.voice import Manner, OutputError, Voice, written

_parser = parser  # as those know it who read its words
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
AGAIN_S = 0.05
NO_LEAVE = (errno.EACCES, errno.EPERM, errno.EROFS)
NO_PLACE = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG)


class Terminated(KeyboardInterrupt):
    """SIGTERM: it ends like Ctrl-C, with another exit code."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; the exit codes are those that `--help` lists."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    voice = Voice(Manner.of(words))
    _speak_legibly(voice)
    try:
        with voice.libraries():  # they read it as soon as they are loaded
            code = _followed(words, voice)
        written(sys.stdout)
    except BrokenPipeError:
        return _let_go()
    except OutputError as error:  # of help
        return voice.complain(str(error), error.fix)
    except KeyboardInterrupt as stopped:  # before anything was begun
        return _code(stopped)
    return code


def _speak_legibly(voice: Voice) -> None:
    """What a terminal cannot show is a question mark; programs get JSON in UTF-8 from any."""
    if isinstance(voice.out, TextIOWrapper):
        voice.out.reconfigure(encoding="utf-8" if voice.manner.json else None, errors="replace")


def _followed(words: list[str], voice: Voice) -> int:
    try:
        asked = _asked(words)
    except MisusedError as error:
        return voice.complain(str(error), retyped(words, error.meant) if error.meant else error.fix, MISUSED)
    except SystemExit:  # of --help
        return DONE
    asked.give = voice.give
    with voice.alone():
        try:
            answer = asked.act(asked)
            return voice.give(answer) if isinstance(answer, Answer) else int(answer)
        except (ImprintError, OSError) as error:
            return _complain(error, asked, words, voice)
        except KeyboardInterrupt as stopped:
            return _stop(stopped, asked, words, voice)


def _asked(words: list[str]) -> argparse.Namespace:
    """What was typed; a wrong command line is a MisusedError."""
    check_verb(words)
    asked, rest = _parser(words).parse_known_args(words)
    if asked.quiet and asked.verbose:
        raise MisusedError("--quiet and --verbose contradict each other.", fix=f"{PROGRAM} --help")
    if asked.verb != "tune":
        asked.parser.check_known(rest)
    asked.options = rest
    return asked


def _complain(
    error: ImprintError | OSError, asked: argparse.Namespace, words: list[str], voice: Voice
) -> int:
    """Say what went wrong, and what to type next; the exit code."""
    if isinstance(error, OSError):
        if error.errno not in (*NO_ROOM, *NO_LEAVE, *NO_PLACE):
            raise error
        error = _spoken(error, asked)
    if isinstance(error, StepFailedError):
        return voice.concede(str(error), _again(words))  # its process has said to people what is wrong
    if isinstance(error, RecipeError):
        asked.options = []  # they may be what is wrong
    if os.environ.get("RANK", "0") != "0":
        from train.tune.ranks import may_speak

        may_speak()
    is_own = error.meant is not None and AGAIN not in os.environ
    told = retyped(words, error.meant) if is_own and error.meant else _next(error.fix, asked, words)
    code = MISUSED if isinstance(error, MisusedError) else MISHAP
    return voice.complain("\n".join([str(error), *_notes(error)]), told, code)


def _spoken(error: OSError, asked: argparse.Namespace) -> ImprintError:
    """What the system refuses, with a look at the place, or at the folder in which it would be."""
    where = Path(error.filename or asked.runs)
    held = next(each for each in (where, *where.parents) if os.path.lexists(each))
    look = ["df", "-h"] if error.errno in NO_ROOM else ["ls", "-ld"]
    return ImprintError(f"{os.strerror(error.errno or 0)}: {where}.", fix=shlex.join([*look, str(held)]))


def _stop(stopped: KeyboardInterrupt, asked: argparse.Namespace, words: list[str], voice: Voice) -> int:
    """Say what is kept; the exit code. What serves until it is stopped has simply ended."""
    if voice.has_spoken:
        return DONE
    code = _code(stopped)
    if AGAIN in os.environ or os.environ.get("RANK", "0") != "0":
        return code  # the rehearsal, or the first process, says it
    if notes := _notes(stopped):
        again = _advised(f"{PROGRAM} {asked.verb} {shlex.quote(asked.recipe)}", asked)
        return voice.stop("\n".join(["Stopped.", *notes]), f"\nNext:  {again}", again, code)
    kept = "Stopped. What is finished is kept; the same command goes on from there."
    return voice.stop(kept, "", _again(words), code)


def _code(stopped: KeyboardInterrupt) -> int:
    return TERMINATED if isinstance(stopped, Terminated) else STOPPED


def _again(words: list[str]) -> str:
    """The same command once more."""
    return shlex.join([*PROGRAM.split(), *words])


def _notes(stopped: BaseException) -> list[str]:
    """What a release says of itself when it stops: what is published, what is not."""
    return list(getattr(stopped, "__notes__", ()))


def _next(fix: str, asked: argparse.Namespace, words: list[str]) -> str:
    """The next command; where it is the same once more, that is what was typed."""
    if fix != SAME or "RANK" in os.environ:  # who typed the launcher's words is not known here
        return _advised(fix, asked)
    again = os.environ.get(AGAIN)
    return again.format(verb=asked.verb) if again else _again(words)


def _advised(fix: str, asked: argparse.Namespace) -> str:
    """The next command for whoever typed this one, inside a rehearsal or alone."""
    again, recipe = os.environ.get(AGAIN), getattr(asked, "recipe", "") or ""
    if again is None and recipe:  # a rehearsal's own is none to edit
        fix = _placed(fix, recipe)
    return advice(fix, recipe, again, _typed(asked, fix, own_runs=again is None))


def _placed(fix: str, name: str) -> str:
    """The fix with the recipe's file in place of the word, if it is to be edited."""
    from train.recipe import names, shown

    is_known = name in names() or name.endswith((".yaml", ".yml"))  # it may be a repository
    return re.sub(r"\b(in|of|to) the recipe\b", lambda at: f"{at[1]} {shown(name)}", fix) if is_known else fix


def _typed(asked: argparse.Namespace, fix: str, *, own_runs: bool) -> list[str]:
    """What was typed behind the recipe, as far as the command in `fix` takes it too."""
    runs = ["--runs", str(asked.runs)] if own_runs and asked.runs != Path("runs") else []
    return [*runs, *(asked.options if f"-m train {asked.verb} " in fix else [])]


def _let_go() -> int:
    """Leave nothing to be written to a pipe that nobody reads; the exit code of a program that it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return CLOSED


def _lead_nowhere() -> None:
    """Streams that were closed before the start: a file opened later would stand in their place."""
    for number, (name, mode) in enumerate({"stdin": "r", "stdout": "w", "stderr": "w"}.items()):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))


def _end(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _again_soon(lost: "sys.UnraisableHookArgs") -> None:
    """Stop all the same where Python swallows it: while something is being freed."""
    if isinstance(lost.exc_value, KeyboardInterrupt):
        number = signal.SIGTERM if isinstance(lost.exc_value, Terminated) else signal.SIGINT
        timer = Timer(AGAIN_S, signal.pthread_kill, [get_ident(), number])
        timer.daemon = True
        timer.start()
    else:
        sys.__unraisablehook__(lost)


if __name__ == "__main__":
    _lead_nowhere()
    sys.unraisablehook = _again_soon
    if "RANK" not in os.environ:  # processes that train together are ended by their launcher, at once
        signal.signal(signal.SIGTERM, _end)
    sys.exit(main())
