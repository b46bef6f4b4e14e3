"""Puts onto the embedded Hub what a rehearsal finds there: the base and the sample posts."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from huggingface_hub import HfApi

from train import recipe as recipes
from train.client import connect
from train.loading import at_once
from train.recipe import Recipe
from train.rehearse import corpora, newswire
from train.rehearse.scale import CHATS, DIALOGUE, GPT2, LLAMA, POSTS, as_yaml, base_of, scaled
from train.release.hub import ensure_commit, ensure_repo
from train.release.payload import file_at
from train.release.repository import MAIN, Note, Repository
from train.run import ROOT, digest_of, digest_of_all, digest_of_file, write_text
from train.sections import BaseGguf, Source

HERE = Path(__file__).parent
ALL = ("base.py", "grammar.py", "samples/grammar.yaml")
TALK = ("gpt2.py", "talk.py", "samples/talk.yaml")
COPIED = ("coined.py", "dialogue.py", "wiring.py")
WORDING = sorted((HERE.parent / "prepare" / "wording").glob("*.py"))
MADE_OF: Mapping[str, Sequence[Path]] = {
    LLAMA: [HERE / name for name in (*ALL, "llama.py")],
    GPT2: [*(HERE / name for name in (*ALL, *TALK)), *WORDING],
    DIALOGUE: [*(HERE / name for name in (*ALL, *TALK, *COPIED)), *WORDING],
}
CHAT_FILE = "data/train_sft-00000-of-00001.parquet"
COLUMNS = {"title": "title", "text": "full_text", "origin": "source"}


@dataclass(frozen=True)
class Seeded:
    """The base that is on the Hub now."""

    base: str
    revision: str


def seed(name: str, runs: Path) -> Seeded:
    """Make what is missing, publish it and write the scaled recipe."""
    api, recipe = connect(), recipes.load(name)
    repo = base_of(recipe)
    folder = _base(repo, runs / "base")
    revision = _publish(api, "model", repo, {path.name: path for path in sorted(folder.iterdir())})
    sources = SAMPLES[like(recipe)](api, runs / "samples")
    examples = corpora.formal_texts(4) if recipe.pairs else corpora.new_titles(4)
    gguf = _as_gguf(api, repo, revision, folder)
    small = scaled(recipe, revision, sources, examples, gguf)
    write_text(runs / recipe.name / "recipe.yaml", as_yaml(small))
    return Seeded(repo, revision)


def _base(repo: str, runs: Path) -> Path:
    """The folder of an embedded base, which is made if it is not there."""
    packages = (version(name) for name in ("tokenizers", "torch", "transformers"))
    folder = runs / digest_of(*map(digest_of_file, MADE_OF[repo]), *packages)[:12]
    if not folder.exists():
        with at_once():  # torch takes seconds: only if there is something to do
            from train.rehearse import base, dialogue, gpt2, llama

        shapes = {LLAMA: llama.LLAMA, GPT2: gpt2.GPT2, DIALOGUE: dialogue.DIALOGUE}
        base.build(shapes[repo], folder)
    return folder


def _as_gguf(api: HfApi, repo: str, revision: str, folder: Path) -> BaseGguf:
    """The base once more, for llama.cpp; converted once and kept beside it."""
    path = folder.with_name(f"{folder.name}-{revision[:7]}.gguf")
    if not path.exists():
        from train.tune.gguf.base import convert
        from train.tune.gguf.origin import Origin

        convert(Origin(folder, repo, revision), path, "q8_0")
    name = f"{repo.rpartition('/')[2]}-q8_0.gguf"
    return BaseGguf(f"{repo}-gguf", _publish(api, "model", f"{repo}-gguf", {name: path}), name)


def _blog(api: HfApi, folder: Path) -> tuple[Source, ...]:
    posts = _publish(api, "dataset", POSTS, {"train.jsonl": corpora.HUB_POSTS})
    corpora.write_blog(folder / "blog")
    return (
        Source(kind="jekyll", path=_from_root(folder / "blog"), license="mit"),
        Source(kind="hub", path=POSTS, revision=posts, columns=COLUMNS, license="mit"),
    )


def _voice(api: HfApi, folder: Path) -> tuple[Source, ...]:
    corpora.write_voice(folder / "voice")
    site, own = (_from_root(folder / "voice" / name) for name in ("site", "private"))
    return (
        Source(kind="jekyll", path=site, take=("post", "page", "walks"), license="mit"),
        Source(kind="jekyll", path=own, take=("post", "draft"), private=True),
    )


def _news(api: HfApi, folder: Path) -> tuple[Source, ...]:
    return tuple(replace(each, path=newswire.ADDRESS, license="mit") for each in recipes.load("news").sources)


def _chats(api: HfApi, folder: Path) -> tuple[Source, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    corpora.write_chats(folder / "chats.parquet")
    commit = _publish(api, "dataset", CHATS, {CHAT_FILE: folder / "chats.parquet"})
    return (Source(kind="chat", path=CHATS, split="train_sft", revision=commit, license="mit"),)


def _articles(api: HfApi, folder: Path) -> tuple[Source, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    corpora.write_articles(folder / "medium_articles.csv")
    columns = {"origin": "url", "date": "timestamp", "author": "authors"}
    path = _from_root(folder / "medium_articles.csv")
    return (Source(kind="csv", path=path, columns=columns, license="mit"),)


SAMPLES: Mapping[str, Callable[[HfApi, Path], tuple[Source, ...]]] = {
    "blog": _blog,
    "humanizer": _chats,
    "medium": _articles,
    "news": _news,
    "voice": _voice,
}


def like(recipe: Recipe) -> str:
    """The recipe that ships whose samples suit this one: itself, or the nearest in kind."""
    if recipe.name in SAMPLES:
        return recipe.name
    if recipe.keep.structure == "required":
        return "blog"
    if recipe.pairs:
        return "humanizer"
    if recipe.gate.nearest:
        return "voice"
    return "news" if recipe.prompt.user.rstrip().endswith(":") else "medium"


def _from_root(path: Path) -> str:
    return os.path.relpath(path, ROOT)


def _publish(api: HfApi, kind: Literal["dataset", "model"], repo: str, paths: Mapping[str, Path]) -> str:
    """The commit that holds these files; one that is there already is found, and nothing is sent."""
    repository = Repository(api, kind, repo)
    files = {name: file_at(path) for name, path in paths.items()}
    digest = digest_of_all({name: file.sha256 for name, file in files.items()})
    ensure_repo(repository, private=False)
    return ensure_commit(repository, MAIN, files, Note(f"Seed {repo}", repo, digest))
