"""A small training that is sent to a Job of the embedded Hub, in a client process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

from huggingface_hub import CommitOperationAdd, HfApi

from tests import toy
from tests.judged import BLOG
from tests.stopped import SMALL, leave_dataset
from train.recipe import Recipe
from train.rehearse.scale import TUNE, as_yaml
from train.run import Run, write_text
from train.sections import Option, Publish, Source

ME, BASE = "rehearsal", "rehearsal/notebook-base"
PATIENCE_S = 300  # a machine may be busy; nothing waits that long on one that is not
CARD = b"---\nlicense: mit\n---\n\n# A base of two layers\n"


def push_base(folder: Path) -> str:
    """The commit of a toy base on the Hub."""
    api = HfApi()
    toy.base(folder)
    api.create_repo(BASE, exist_ok=True)
    files = [CommitOperationAdd(path.name, path) for path in sorted(folder.iterdir())]
    card = CommitOperationAdd("README.md", CARD)
    return str(api.create_commit(BASE, [*files, card], commit_message="A base").oid)


def leave_run(folder: Path, title: str, **options: Option) -> Path:
    """The recipe's file; beside it lies the run with its rows. Another title, another key."""
    mine: dict[str, Option] = {"model_name_or_path": BASE, "load_in_4bit": False, "max_steps": 4}
    write_text(folder / "recipe.yaml", as_yaml(recipe(title, **(mine | options))))
    leave_dataset(Run(folder / "runs" / BLOG.name))
    return folder / "recipe.yaml"


def recipe(title: str, **options: Option) -> Recipe:
    publish = Publish(f"{ME}/rows", f"{ME}/notebook-writer", f"{ME}/page", "mit", "mit")
    sources = (Source(kind="folder", path="posts", license="mit"),)
    tuned = BLOG.tune | TUNE | SMALL | options
    return replace(BLOG, title=title, publish=publish, sources=sources, tune=tuned)


def tune(path: Path, *words: str) -> tuple[int, str]:
    """What `python -m train tune` answers and says, in this process."""
    from train.__main__ import main

    said = StringIO()
    with redirect_stderr(said):
        code = main(["tune", str(path), "--runs", str(path.parent / "runs"), *words])
    return code, said.getvalue()


def wait_for(look: Callable[[], Any]) -> Any:
    """What it finds, once it finds something."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def processes_of(job: str, word: str = "") -> list[int]:
    """The processes of a Job that have this word in their command."""
    mark = f"JOB_ID={job}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "cmdline").read_bytes().split(b"\0")
            if mark in (folder / "environ").read_bytes().split(b"\0") and word.encode() in said:
                found.append(int(folder.name))
        except OSError:  # it has just ended, or is somebody else's
            continue
    return sorted(found)
