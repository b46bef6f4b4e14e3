"""Adapters as versions on a Hub, over toy bases."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi

from tests.judged import Made, leave_adapter, sign
from train.recipe import Recipe
from train.run import Run, write_text


def another(folder: Path, base: Path) -> Made:
    leave_adapter(Run(folder), base, "d" * 64)
    scale(folder / "adapter" / "adapter_model.safetensors", 0.5)
    sign(Run(folder), base, "d" * 64)
    return Made(base, Run(folder), "d" * 64)


def scale(weights: Path, factor: float) -> None:
    from safetensors.torch import load_file, save_file

    save_file({name: each * factor for name, each in load_file(weights).items()}, weights)


def publish(api: HfApi, recipe: Recipe, made: Made, tag: str) -> str:
    """The commit of a version that holds the run's adapter, and what is no business of anybody else's."""
    repo = recipe.publish.adapter
    api.create_repo(repo, exist_ok=True)
    paths = sorted(path for path in made.run.adapter.iterdir() if path.name != "README.md")
    files = [CommitOperationAdd(path.name, path.read_bytes()) for path in paths]
    strange = CommitOperationAdd("training_args.bin", tag.encode())
    commit = api.create_commit(repo, [*files, strange], commit_message=tag).oid
    api.create_tag(repo, tag=tag, revision=commit)
    return str(commit)


def without(name: str) -> Callable[[Made], None]:
    return lambda made: (made.run.adapter / name).unlink()


def damage_prompt(made: Made) -> None:
    writer = made.writer()
    made.rewrite(replace(writer, golden=(replace(writer.golden[0], ids=(1, 2)),)))


def damage_shape(made: Made) -> None:
    config = made.run.adapter / "adapter_config.json"
    write_text(config, json.dumps(json.loads(config.read_text()) | {"r": 8}))


def damage_base(made: Made) -> None:
    made.rewrite(replace(made.writer(), base=str(made.base / "gone")))
