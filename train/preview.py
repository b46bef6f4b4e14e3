"""The verb `card`: the three cards of a bundle, as pages to look at before anybody else does."""

import argparse
import base64
import webbrowser
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cards.page import page
from train import recipe as recipes
from train import stages
from train.errors import StageError
from train.run import Run, write_text
from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_recipe

PARTS = {"model": "adapter", "dataset": "dataset", "space": "space"}  # a card -> its folder in the bundle
PICTURES = {".svg": "image/svg+xml", ".png": "image/png"}


PAGE = Page(
    does="Makes pages of the bundled version's three cards, to look at before anybody else does.",
    reads="runs/RECIPE/bundle",
    leaves="runs/RECIPE/preview: model.html, dataset.html, space.html",
    examples=(
        ("python -m train card blog", "where the pages are"),
        ("python -m train card blog --open", "and the adapter's in the browser"),
        ("python -m train card blog --json | jq -r '.pages[0]'", "the first one's path alone"),
    ),
)


@dataclass(frozen=True)
class Pages:
    """Where the pages lie."""

    pages: tuple[Path, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    take_recipe(parser)
    parser.add_argument("--open", action="store_true", help="in the browser")


def run(asked: argparse.Namespace) -> Answer:
    """Make the pages."""
    pages = preview(Run(asked.runs / recipes.load(asked.recipe).name), asked.recipe)
    if asked.open:
        webbrowser.open(next(path for path in pages if path.stem == "model").resolve().as_uri())
    return Answer("\n".join(map(str, pages)), Pages(pages))


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
