"""The files below a folder, without leaving it, and the day the newest of them is of."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from train.prepare.sources.decode import LARGEST_BYTES
from train.run import digest_of_file

CLOCK_WAS_SET = "2000-01-01"  # older files have a placeholder for a day: an archive's 1980, the epoch


@dataclass(frozen=True)
class File:
    """A file by its path below the folder, in POSIX letters, and why it is not opened, if so."""

    origin: str
    refused: str = ""


def files(root: Path, enters: Callable[[str], bool]) -> Iterator[File]:
    """Every file below `root`, part by part of its path, in the folders that `enters` wants."""
    found = list(_walk(root, enters))
    yield from sorted(found, key=lambda each: each.origin.split("/"))


def legible(origin: str) -> str:
    """A path as it may be written: a name that is no UTF-8 shows its bytes."""
    return origin.encode("utf-8", "backslashreplace").decode()


def _walk(root: Path, enters: Callable[[str], bool]) -> Iterator[File]:
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=unreadable.append):
        below = Path(folder).relative_to(root)
        inside = sorted(each for each in folders if enters((below / each).as_posix()))
        folders[:] = inside
        for each in inside:
            if (root / below / each).is_symlink():
                yield File((below / each).as_posix(), "a link to a folder")
        for each in names:
            yield File((below / each).as_posix(), _link(root, root / below / each))
    for error in unreadable:
        yield File(Path(error.filename).relative_to(root).as_posix(), "unreadable")


def _link(root: Path, path: Path) -> str:
    if not path.is_symlink():
        return ""
    try:
        inside = path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return "a link to nothing"
    return "" if inside else "a link out of the folder"


def digest(path: Path) -> str:
    """A file's digest; what cannot or need not be read has its reason for one."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            return "no file"
        return f"{state.st_size} bytes" if state.st_size > LARGEST_BYTES else digest_of_file(path)
    except OSError as error:
        return f"unreadable: {error.strerror}"


def newest(paths: Iterable[Path]) -> str:
    """The day the newest file is of: no clock is asked, and the same files say the same on any day."""
    days = max((_changed(path) for path in paths), default=0.0)
    day = datetime.fromtimestamp(days, UTC).date().isoformat()
    return day if day >= CLOCK_WAS_SET else ""


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
