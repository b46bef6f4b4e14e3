"""Which code made a version: its commit, and a digest that needs no git."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from train.run import ROOT, digest_of_all, digest_of_file

SOURCES = ("train", "cards", "space", "constraints.txt")


@dataclass(frozen=True)
class Code:
    """The project's own sources; no commit where there is no git, or it does not hold them as they are."""

    commit: str | None
    tree: str
    dirty: bool


def identity(root: Path = ROOT) -> Code:
    """The code in `root`: the last commit that touched it, if nothing has changed since, and its digest."""
    changes = _git(root, "status", "--porcelain", "--untracked-files=normal", "--", *SOURCES)
    commit = _git(root, "rev-list", "-1", "HEAD", "--", *SOURCES)  # `log` says what its user's settings add
    return Code(commit=None if changes else commit or None, tree=_tree(root), dirty=bool(changes))


def _tree(root: Path) -> str:
    found = [path for source in SOURCES for path in (root / source, *(root / source).rglob("*"))]
    files = {path.relative_to(root).as_posix(): path for path in found if path.is_file()}
    return digest_of_all({name: digest_of_file(path) for name, path in files.items() if _is_source(name)})


def _is_source(name: str) -> bool:
    return not any(part == "__pycache__" or part.startswith(".") for part in name.split("/"))


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(root), *arguments],  # noqa: S607 - whichever git the user has
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
