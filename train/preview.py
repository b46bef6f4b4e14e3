"""The verb `card`: the three cards of a bundle, as pages to look at before anybody else does."""

import argparse
import base64
import webbrowser
from functools import partial
from pathlib import Path

from cards.page import page
from train import recipe as recipes
from train import stages
from train.errors import StageError
from train.run import Run, write_text

PARTS = {"model": "adapter", "dataset": "dataset", "space": "space"}  # a card -> its folder in the bundle
PICTURES = {".svg": "image/svg+xml", ".png": "image/png"}


def card(asked: argparse.Namespace) -> int:
    """show the cards of the version that is bundled, as the Hub would"""
    recipe = recipes.load(asked.recipe)
    for path in preview(Run(asked.runs / recipe.name), asked.recipe):
        print(path)
        if asked.open and path.stem == "model":
            webbrowser.open(path.resolve().as_uri())
    return 0


def preview(run: Run, recipe: str) -> tuple[Path, ...]:
    """The pages of a run's cards, written to its folder `preview`."""
    if not (run.folder / stages.RESULTS["bundle"]).exists():
        raise StageError(f"{run.folder} holds no bundle yet, so there are no cards.", fix=_next(run, recipe))
    others = {kind: f"{kind}.html" for kind in PARTS}
    return tuple(_written(run, kind, others) for kind in PARTS)


def _written(run: Run, kind: str, others: dict[str, str]) -> Path:
    folder, path = run.bundle / PARTS[kind], run.folder / "preview" / others[kind]
    text = (folder / "README.md").read_text(encoding="utf-8")
    path.parent.mkdir(exist_ok=True)
    write_text(path, page(text, kind, others, partial(_lead, folder)))
    return path


def _lead(folder: Path, address: str) -> str:
    """A picture as the page itself holds it; any other file where it lies."""
    path = folder / address
    if path.suffix in PICTURES and path.is_file():
        data = base64.b64encode(path.read_bytes()).decode()
        return f"data:{PICTURES[path.suffix]};base64,{data}"
    return path.resolve().as_uri()


def _next(run: Run, recipe: str) -> str:
    """The command of the first stage whose result is missing."""
    missing = (name for name, result in stages.RESULTS.items() if not (run.folder / result).exists())
    return f"python -m train {next(missing)} {recipe}"
