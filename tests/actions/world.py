"""The repositories, the Hub and the recipe of a few seconds that the tests release."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml
from huggingface_hub import HfApi

from tests import toy
from tests.actions.site import Event, Site
from tests.actions.workflow import Run, start
from tests.rented import processes_of
from tests.waiting import wait_for
from train.rehearse import corpora
from train.rehearse.hub.process import LocalHub, running_hub
from train.run import ROOT, write_text
from train.sections import Gate

OWN, STRANGER = "acme/imprint", "zoe/letters"
SOURCES = (".github", ".gitignore", "cards", "constraints.txt", "pyproject.toml", "space", "train")
POSTS = 120
REPOSITORIES = {
    "dataset": "rehearsal/tiny-posts",
    "model": "rehearsal/tiny-writer",
    "space": "rehearsal/tiny-space",
}
PREFIX = {"dataset": "datasets/", "model": "", "space": "spaces/"}
PUBLISH, SPACE = ".github/workflows/publish.yml", ".github/workflows/space.yml"
TUNE = {
    "dtype": "float32",
    "lora_r": 2,
    "lora_alpha": 4,
    "lora_target_modules": ["q_proj", "v_proj"],
    "max_length": 64,
    "max_steps": 2,
    "logging_steps": 1,
    "per_device_train_batch_size": 1,
    "use_cpu": True,
    "bf16": False,
    "seed": 1,
}

CALLER = """\
name: letters
on: {push: {tags: ["v*"]}}
permissions: {}
jobs:
  release:
    permissions: {attestations: write, contents: write, id-token: write}
    uses: acme/imprint/.github/workflows/release.yml@COMMIT
    with: {tag: "${{ github.ref_name }}", recipe: writer.yaml}
"""


@dataclass
class World:
    """GitHub with two repositories, and a Hub that trusts them."""

    site: Site
    hub: LocalHub

    @property
    def api(self) -> HfApi:
        return HfApi(self.hub.url, token=self.hub.token)

    def push(self, tag: str, **again: Run) -> Run:
        """Tag what is on main, and what came of the workflow that this sets off."""
        self.tag(tag)
        return start(self.site, PUBLISH, self.event("push", f"refs/tags/{tag}"), **again)

    def dispatch(self, file: str = PUBLISH, again: Run | None = None, **inputs: str) -> Run:
        return start(self.site, file, self.event("workflow_dispatch", "refs/heads/main", inputs), again)

    def event(
        self, name: str, ref: str, inputs: Mapping[str, str] | None = None, repository: str = OWN
    ) -> Event:
        return Event(repository, name, ref, self.site.commit(repository, ref), inputs or {})

    def tag(self, tag: str, at: str = "main", repository: str = OWN) -> None:
        git(self.site.path(repository), "tag", "--force", tag, at)

    def hold_jobs(self) -> None:
        """Stop what the Jobs run, or a short one would be done before anybody can cancel it."""
        for job in self.api.list_jobs(namespace="rehearsal"):
            for process in wait_for(partial(processes_of, job.id)):
                os.kill(process, signal.SIGSTOP)

    def refs(self, kind: str) -> dict[str, str]:
        found = self.api.list_repo_refs(REPOSITORIES[kind], repo_type=kind)
        return {ref.name: ref.target_commit for ref in (*found.branches, *found.tags)}


@contextmanager
def world(folder: Path, *arguments: str) -> Iterator[World]:
    """A Hub with a toy base and three empty repositories, and GitHub with the project as it is now."""
    trust = [f"{PREFIX[kind]}{repo} repository={own} environment=hugging-face"
             for own in (OWN, STRANGER) for kind, repo in REPOSITORIES.items()]  # fmt: skip
    options = [*arguments, *(word for each in trust for word in ("--trust", each))]
    with running_hub(folder / "hub", arguments=options) as hub:
        recipe = _recipe(_base(hub, folder / "base"))
        own = repository(folder / "imprint", {"train/recipes/tiny.yaml": recipe})
        site = Site(folder / "github", hub, {OWN: own}, machine(hub, folder / "cache"))
        yield World(site, hub)


def machine(hub: LocalHub, cache: Path) -> dict[str, str]:
    """What a runner has beside what a workflow gives it: this Hub for the real one, and no token."""
    return {
        **hub.environment(cache),
        "HF_TOKEN": "",
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def repository(folder: Path, files: Mapping[str, str], project: bool = True) -> Path:
    """A git repository with the project, the posts and more files on its branch main."""
    corpora.write_blog(folder)
    for post in sorted((folder / "_posts").iterdir())[POSTS:]:
        post.unlink()
    (folder / "_posts").rename(folder / "posts")
    for source in SOURCES if project else ():
        _copy(ROOT / source, folder / source)
    for name, text in files.items():
        write_text(folder / name, text)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    commit(folder, "The project")
    return folder


def commit(folder: Path, words: str) -> str:
    git(folder, "add", "--all")
    git(
        folder, "-c", "user.name=Mara", "-c", "user.email=mara@acme.example", "commit", "--quiet", "-m", words
    )
    return git(folder, "rev-parse", "HEAD")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        shutil.copyfile(source, target)
    else:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def _base(hub: LocalHub, folder: Path) -> str:
    toy.base(folder)
    api = HfApi(hub.url, token=hub.token)
    for kind, repo in REPOSITORIES.items():
        sdk = "gradio" if kind == "space" else None
        api.create_repo(repo, repo_type=kind, space_sdk=sdk)
    api.create_repo("rehearsal/toy-base")
    done = api.upload_folder(repo_id="rehearsal/toy-base", folder_path=folder, ignore_patterns="README.md")
    return str(done.oid)


def _recipe(base: str, **changes: object) -> str:
    publish = dict(zip(("dataset", "adapter", "space"), REPOSITORIES.values(), strict=True))
    tree = {
        "name": "tiny",
        "title": "Title to blog post",
        "language": "en",
        "publish": {**publish, "dataset_license": "mit", "adapter_license": "mit", "private": False},
        "sources": [{"kind": "folder", "path": "caller/posts", "license": "mit"}],
        "prompt": {"user": "{{ title }}"},
        "inputs": {"title": {"label": "Blog title", "examples": ["How to keep a paper notebook"]}},
        "keep": {"words": [20, 400]},
        "split": {"validation": 0.05, "test": 0.07, "leakage": 1.0},
        "decoding": {"max_new_tokens": 96, "temperature": 1.0, "seed": 1},
        "tune": {"model_name_or_path": "rehearsal/toy-base", "model_revision": base, **TUNE},
        "gate": {name: None for name, value in vars(Gate()).items() if not isinstance(value, bool)},
    }
    return yaml.safe_dump({**tree, **changes}, sort_keys=False)
