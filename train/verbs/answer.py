"""What a verb hands back, and what its exit code means."""

from dataclasses import dataclass
from typing import Literal

DONE = 0
MISHAP = 1
MISUSED = 2
WRONG = 3
STOPPED = 130
CLOSED = 141  # as of any program that a closed pipe ends
TERMINATED = 143  # and of one that was told to end
CODES = {
    DONE: "done",
    MISHAP: "a mishap; the message names the next command",
    MISUSED: "a wrong command line",
    WRONG: "it looked, and found something wrong (verify, doctor, check-card, release --dry-run)",
    STOPPED: "stopped by Ctrl-C; the same command goes on from there",
    TERMINATED: "ended by SIGTERM, likewise; 141 if whoever read its output went away",
}


@dataclass(frozen=True)
class Answer:
    """What a verb found or made: sentences for people, a value for programs."""

    told: str
    value: object
    code: int = DONE
    shown: Literal["at once", "by the page", "while it serves"] = "at once"


@dataclass(frozen=True)
class Mishap:
    """What a program is told in place of a result."""

    error: str
    next: str
    exit: int
