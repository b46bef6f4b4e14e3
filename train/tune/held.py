"""What a base holds at a commit: asked of the Hub, or read from its cache where there is no Hub to ask."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import HfApi, hf_hub_download, is_offline_mode, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.repocard import metadata_load

from train.errors import SAME, StageError, first_line
from train.recipe import Recipe
from train.tune import checks

CARD = "README.md"
ANOTHER = "name another base in the recipe (model_name_or_path)"


@dataclass(frozen=True)
class Held:
    """A repository at one commit."""

    commit: str
    files: tuple[str, ...]
    license: str  # as its own card states it; empty: it states none


def pinned(recipe: Recipe) -> str:
    """The commit of the base that the recipe names, or the newest one; refused if it is no base."""
    wanted = str(recipe.tune.get("model_revision") or "") or None
    if flaw := checks.local(recipe.base):
        raise StageError(flaw, fix="hf upload OWNER/NAME FOLDER, then model_name_or_path: OWNER/NAME")
    with _reached(recipe.base, wanted):
        found = held(recipe.base, wanted)
        config = _config(recipe.base, found.commit) if "config.json" in found.files else {}
    if flaw := checks.unfit(recipe.base, config, found.files):
        raise StageError(flaw, fix=ANOTHER)
    length = int(str(recipe.tune.get("max_length", checks.LENGTH)))
    if flaw := checks.too_long(recipe.base, config, length):
        raise StageError(flaw, fix=f"python -m train tune {recipe.name} --max_length {checks.reads(config)}")
    if checks.pickled(found.files):
        print(f"note: {recipe.base} has pickled weights alone; only their tensors are read", file=sys.stderr)
    return found.commit


def license_of(base: str, revision: str) -> str:
    """The licence that the base's own card states at this commit; empty if it states none."""
    with _reached(base, revision):
        return held(base, revision).license


def held(base: str, revision: str | None) -> Held:
    """What the base holds at this revision, or at its newest commit."""
    if is_offline_mode():
        return _cached(Path(snapshot_download(base, revision=revision, local_files_only=True)))
    info = HfApi().model_info(base, revision=revision)
    stated = info.card_data.get("license") if info.card_data else None
    return Held(str(info.sha), tuple(each.rfilename for each in info.siblings or ()), _license(stated))


@contextmanager
def _reached(base: str, wanted: str | None) -> Iterator[None]:
    try:
        yield
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        at = f" at {wanted}" if wanted else ""
        what = f"The base {base} is not on the Hub{at}, or not open to this account."
        fix = f"hf auth login (and accept the licence on https://huggingface.co/{base})"
        raise StageError(what, fix=fix) from error
    except (HfHubHTTPError, httpx2.TransportError, OSError, RuntimeError) as error:
        what = f"The base {base} cannot be reached: {first_line(error)}"
        raise StageError(what, fix=SAME) from error


def _config(base: str, commit: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        Path(hf_hub_download(base, "config.json", revision=commit)).read_text()
    )
    return found


def _cached(folder: Path) -> Held:
    files = tuple(sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()))
    card = (metadata_load(folder / CARD) if CARD in files else None) or {}
    return Held(folder.name, files, _license(card.get("license")))


def _license(stated: object) -> str:
    return ", ".join(map(str, stated)) if isinstance(stated, list) else str(stated or "")
