"""The licence files of a base: whoever passes an adapter of it on passes them on too."""

import shutil
from dataclasses import replace
from pathlib import Path

import httpx2
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import HfHubHTTPError

from train.errors import StageError, first_line
from train.licensing import PAPERS, check_licenses, combination, lacking, sources_of
from train.recipe import Recipe
from train.tune import ranks
from train.tune.held import held


def take_papers(recipe: Recipe, revision: str, license_: str, folder: Path) -> None:
    """Copy the base's licence files at its commit to `folder`, before a GPU works on what may not go out."""
    if not ranks.first():
        return
    check_licenses(replace(combination(recipe, sources_of(recipe)), base_license=license_))
    try:
        papers = sorted(PAPERS.intersection(held(recipe.base, revision).files))
        if missing := lacking(recipe.base, license_, papers):
            raise _incomplete(recipe.base, revision, missing)
        for name in papers:
            shutil.copyfile(hf_hub_download(recipe.base, name, revision=revision), folder / name)
    except (HfHubHTTPError, httpx2.TransportError, OSError) as error:
        what = f"The licence files of {recipe.base} cannot be fetched: {first_line(error)}"
        raise StageError(what, fix=f"python -m train tune {recipe.name}") from error


def _incomplete(base: str, revision: str, missing: str) -> StageError:
    what = f"{base} at {revision[:7]} has no {missing} file, which its licence wants to go with an adapter."
    return StageError(what, fix="name a base in the recipe that comes with its licence (model_name_or_path)")
