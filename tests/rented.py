"""A small training that is sent to a Job of the embedded Hub, in a client process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import replace
from io import StringIO
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi, JobInfo

from tests import judged, toy
from tests.judged import BLOG
from tests.stopped import SMALL, leave_dataset
from train import recipe as recipes
from train.recipe import Recipe
from train.rehearse.hub.process import LocalHub
from train.rehearse.scale import TUNE, as_yaml
from train.run import ROOT, Run, write_text
from train.sections import Option, Publish, Source
from train.tune.key import ingredients

ME, BASE = "rehearsal", "rehearsal/notebook-base"
BUCKET = f"{ME}/imprint-training"
RENT = ("--on", "hf-jobs", "--flavor", "cpu-basic", "--timeout", "5m")
SLEEP = "import time; print('awake', flush=True); time.sleep(300)"
HELD_OUT = judged.rows(judged.TITLES[:3])
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


def run_of(path: Path) -> Run:
    return Run(path.parent / "runs" / BLOG.name)


def key_of(path: Path) -> str:
    return ingredients(recipes.load(str(path)), run_of(path)).key


def jobs_of(api: HfApi, path: Path) -> list[JobInfo]:
    labels = {"train-key": key_of(path)}
    return sorted(api.list_jobs(labels=labels, namespace=ME), key=lambda job: str(job.created_at))


def tune(path: Path, *words: str) -> tuple[int, str]:
    """What `python -m train tune` answers and says, in this process."""
    from train.__main__ import main

    said = StringIO()
    with redirect_stderr(said):
        code = main(["tune", str(path), "--runs", str(path.parent / "runs"), *words])
    return code, said.getvalue()


def tune_with_start(path: Path, script: str) -> tuple[int, str]:
    """The same command, whose Job begins otherwise."""
    with beginning(path, script):
        return tune(path, *RENT)


def command_line(running: LocalHub, path: Path, *words: str) -> subprocess.Popen[str]:
    """The same command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "train", "tune", str(path), "--runs", str(path.parent / "runs"), *words],
        cwd=ROOT,
        env={**os.environ, **running.environment(path.parent / "home")},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def beginning(path: Path, script: str) -> Iterator[None]:
    """Jobs that are started meanwhile begin with a script beside the recipe: what Jobs can come to."""
    from train.jobs import order

    before, order.START = order.START, path.with_name("start.py")
    order.START.write_text(script)
    try:
        yield
    finally:
        order.START = before


def start_with_pack(path: Path, commit: str, name: str) -> str:
    """The Job whose pack was replaced after it had been sent."""
    from train.jobs.board import Board
    from train.jobs.order import BASE as AT
    from train.jobs.order import Base, Order, Place

    place, api = Place(ME, BLOG.name, key_of(path)), HfApi()
    api.create_bucket(place.bucket, private=True, exist_ok=True)
    api.batch_bucket_files(place.bucket, add=[(b"other bytes", f"{place.sent}/{name}.tar")])
    return Board(api, place).started(Order(place, "cpu-basic", "5m", (Base(BASE, commit, AT),), name, ())).id


def start_twice(path: Path, commit: str) -> list[str]:
    """The Jobs that two machines are told of, which start the same training at the same moment."""
    from train.jobs import order
    from train.jobs.board import Board

    place = order.Place(ME, BLOG.name, key_of(path))
    HfApi().create_bucket(place.bucket, private=True, exist_ok=True)
    bases = (order.Base(BASE, commit, order.BASE),)
    wanted = order.Order(place, "cpu-basic", "5m", bases, "0" * 64, ())
    ids = list[str]()

    def start() -> None:
        ids.append(Board(HfApi(), place).started(wanted).id)

    both = [threading.Thread(target=start) for _ in "ab"]
    with beginning(path, SLEEP):
        for each in both:
            each.start()
        for each in both:
            each.join()
    return ids


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
