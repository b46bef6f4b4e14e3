"""In the Job: lay the bases out as the Hub's cache would hold them, work, leave what there is so far."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

POLL_S = 1.0
HOME = Path("home")


def main(verb: str, key: str, left: str, *words: str) -> int:
    """Do the work that this verb names, on what is here; the exit code of it."""
    return int(import_module(f"train.jobs.inside_{verb}").main(key, Path(left), *words))


def lay_out(repo: str, commit: str, folder: Path, revision: str = "main") -> None:
    """Make a folder what the Hub's cache holds at this commit: the repository keeps its name."""
    cache = HOME / "hub" / f"models--{repo.replace('/', '--')}"
    (cache / "snapshots").mkdir(parents=True, exist_ok=True)
    (cache / "snapshots" / commit).symlink_to(folder.absolute())
    asked = cache / "refs" / revision
    asked.parent.mkdir(parents=True, exist_ok=True)
    asked.write_text(commit, encoding="utf-8")


def deliver(source: Path, target: Path, record: str) -> None:
    """Leave a result where this side fetches it; its record, written last, says that it is whole."""
    (target / record).unlink(missing_ok=True)
    copy(source, target, record)


def copy(source: Path, target: Path, last: str) -> None:
    """Copy a folder's files one after the other: what is mounted takes whole files, and no renaming."""
    names = sorted(path.relative_to(source) for path in source.rglob("*") if path.is_file())
    for name in sorted(names, key=lambda name: name == Path(last)):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)


def watched(command: Sequence[str], now_and_then: Callable[[], None]) -> int:
    """The exit code of a command, while what it has so far is brought away."""
    process = subprocess.Popen(command, env=environment(os.environ))
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())  # training writes one more checkpoint
    while process.poll() is None:
        time.sleep(POLL_S)
        now_and_then()
    now_and_then()
    return process.returncode


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of the work: no Hub to ask, and no progress bars in a log."""
    quiet = {"PYTHONWARNINGS": "ignore::FutureWarning", "TOKENIZERS_PARALLELISM": "false"}
    return {**given, **quiet, "HF_HUB_OFFLINE": "1", "HF_HOME": str(HOME.resolve())}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
