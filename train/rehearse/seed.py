"""Puts onto the embedded Hub what a rehearsal finds there: the base and the sample posts."""

import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from huggingface_hub import HfApi

from train import recipe as recipes
from train.rehearse import samples
from train.rehearse.scale import BASE, POSTS, as_yaml, scaled
from train.release.hub import connect, ensure_commit, ensure_repo
from train.release.payload import file_at
from train.release.repository import MAIN, Note, Repository
from train.run import ROOT, digest_of, digest_of_all, digest_of_file, write_text
from train.sections import Source

HERE = Path(__file__).parent
COLUMNS = {"title": "title", "text": "full_text", "origin": "source"}


def seed(name: str, runs: Path) -> str:
    """Make what is missing, publish it and write the scaled recipe; which base there is now."""
    api = connect()
    folder = runs / "base" / _base_key()[:12]
    if not folder.exists():
        from train.rehearse import base  # torch takes seconds: only if there is something to do

        base.build(folder)
    revision = _publish(api, "model", BASE, {path.name: path for path in sorted(folder.iterdir())})
    posts = _publish(api, "dataset", POSTS, {"train.jsonl": samples.HUB_POSTS})
    blog = runs / "samples" / "blog"
    samples.write_blog(blog)
    sources = (
        Source(kind="jekyll", path=os.path.relpath(blog, ROOT), license="mit"),
        Source(kind="hub", path=POSTS, revision=posts, columns=COLUMNS, license="mit"),
    )
    recipe = scaled(recipes.load(name), revision, sources, samples.new_titles(4))
    write_text(runs / recipe.name / "recipe.yaml", as_yaml(recipe))
    return f"{BASE}@{revision[:7]}, recipe scaled to it"


def _base_key() -> str:
    sources = (HERE / "base.py", HERE / "grammar.py", HERE / "samples" / "grammar.yaml")
    packages = (version(name) for name in ("tokenizers", "torch", "transformers"))
    return digest_of(*map(digest_of_file, sources), *packages)


def _publish(api: HfApi, kind: Literal["dataset", "model"], repo: str, paths: Mapping[str, Path]) -> str:
    """The commit that holds these files; one that is there already is found, and nothing is sent."""
    repository = Repository(api, kind, repo)
    files = {name: file_at(path) for name, path in paths.items()}
    digest = digest_of_all({name: file.sha256 for name, file in files.items()})
    ensure_repo(repository, private=False)
    return ensure_commit(repository, MAIN, files, Note(f"Seed {repo}", repo, digest))
