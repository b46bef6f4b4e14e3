"""The firewall's one entry: a version that may leave passes, any other is refused with all that is wrong."""

import os
from collections.abc import Iterator, Sequence
from itertools import chain
from mmap import ACCESS_READ, mmap
from pathlib import Path

from huggingface_hub import constants

from train.recipe import Recipe
from train.release.firewall.code import strange_code
from train.release.firewall.disguise import disguised
from train.release.firewall.documents import search_document
from train.release.firewall.drawings import strange_in_drawing
from train.release.firewall.evidence import unproven
from train.release.firewall.found import Leak, named, refuse
from train.release.firewall.gguf_file import search_gguf
from train.release.firewall.owned import owned
from train.release.firewall.rows import search_rows
from train.release.firewall.seals import PROVENANCE
from train.release.firewall.sizes import oversized
from train.release.firewall.texts import Rules, tells
from train.release.firewall.weights import search_weights
from train.release.payload import Payload
from train.release.report import Bundle
from train.run import ROOT, Run

HEAD = 64  # bytes that tell one kind of file from another
OPENED = {".parquet": search_rows, ".safetensors": search_weights, ".gguf": search_gguf}


def check(
    payload: Payload, recipe: Recipe, run: Run, bundle: Bundle, token: str | bool | None = None
) -> None:
    """Refuse a bundle that holds what must not leave this machine, or that does not belong together.

    `token` is the one that the release speaks with: it too must stand in no file.
    """
    rules = Rules(
        owned=owned((run.folder, ROOT, Path(constants.HF_HOME)), os.environ, token),
        allow=frozenset(recipe.scan.allow),
        forbids_personal=recipe.scan.personal != "keep",
    )
    parts = {"dataset": payload.dataset, "adapter": payload.adapter, "space": payload.space}
    found = chain.from_iterable(
        _of_part(run.bundle / part, sorted(files), rules) for part, files in parts.items()
    )
    leaks = [*found, *_of_whole(payload, run, bundle)]
    refuse(leaks, lambda text: tells(text, rules), again=f"python -m train bundle {recipe.name}")


def _of_part(folder: Path, names: Sequence[str], rules: Rules) -> Iterator[Leak]:
    yield from named(folder.name, oversized({name: (folder / name).stat().st_size for name in names}))
    for name in names:
        yield from named(f"{folder.name}/{name}", search_file(name, folder / name, rules))


def search_file(name: str, path: Path, rules: Rules) -> Iterator[Leak]:
    """What must not leave in the file at `path`, which the repository will know by `name`."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if kind := disguised(name, head):
        yield Leak("", f"it is {kind}")
    elif path.suffix in OPENED:
        yield from OPENED[path.suffix](path, rules)
        yield from _as_it_lies(path, rules)
    else:
        yield from search_document(name, path.read_bytes(), rules)
        yield from strange_in_drawing(path.read_bytes()) if path.suffix == ".svg" else ()


def _as_it_lies(path: Path, rules: Rules) -> Iterator[Leak]:
    """This machine's secrets in a file that is no text."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        yield from (Leak("", what) for what in rules.owned.secrets_in_bytes(data))


def _of_whole(payload: Payload, run: Run, bundle: Bundle) -> Iterator[Leak]:
    yield from unproven(bundle, run.bundle, payload)
    yield from strange_code(payload.space, run.bundle / "adapter" / PROVENANCE)
