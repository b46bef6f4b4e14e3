"""Puts onto the embedded Hub what a rehearsal finds there: the base and the sample posts."""

import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi

from train import recipe as recipes
from train.recipe import Source
from train.rehearse import samples
from train.rehearse.scale import BASE, POSTS, as_yaml, scaled
from train.release.hub import connect
from train.run import ROOT, digest_of, digest_of_file, write_text

HERE = Path(__file__).parent
COLUMNS = {"title": "title", "text": "full_text", "origin": "source"}


def seed(name: str, runs: Path) -> str:
    """Make what is missing, publish it and write the scaled recipe; which base there is now."""
    api = connect()
    folder = runs / "base" / _base_key()[:12]
    if not folder.exists():
        from train.rehearse import base  # torch takes seconds: only if there is something to do

        base.build(folder)
    revision = _publish(api, BASE, "model", {path.name: path for path in sorted(folder.iterdir())})
    posts = _publish(api, POSTS, "dataset", {"train.jsonl": samples.HUB_POSTS})
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


def _publish(api: HfApi, repo: str, kind: str, files: Mapping[str, Path]) -> str:
    """The commit that holds `files`; one that is there already is found, not made again."""
    api.create_repo(repo, repo_type=kind, exist_ok=True)
    added = [CommitOperationAdd(name, path.read_bytes()) for name, path in files.items()]
    return api.create_commit(repo, added, repo_type=kind, commit_message=f"Seed {repo}").oid
