"""A base's weights where they lie: each with its shape, read only when asked for."""

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import safe_open

from train.errors import StageError

WEIGHTS = ("model.safetensors", "pytorch_model.bin")  # the first that is there is read, whole or in shards


@dataclass(frozen=True)
class Stored:
    """One tensor on the disk."""

    name: str
    shape: tuple[int, ...]
    read: Callable[[], torch.Tensor]


def stored(folder: Path) -> list[Stored]:
    """Every tensor of the model in `folder`, in the order of layers and names."""
    for name in WEIGHTS:
        files = _files(folder, name)
        if files:
            read = _safetensors if name.endswith(".safetensors") else _pickled
            return sorted((each for file in files for each in read(file)), key=lambda each: _order(each.name))
    raise StageError(f"{folder} holds no weights ({' or '.join(WEIGHTS)}).")


def _files(folder: Path, name: str) -> list[Path]:
    index = folder / f"{name}.index.json"
    if index.is_file():
        return [folder / each for each in sorted(set(json.loads(index.read_text())["weight_map"].values()))]
    return [folder / name] if (folder / name).is_file() else []


def _order(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"[.]", name)]


def _safetensors(file: Path) -> list[Stored]:
    with safe_open(file, "pt") as opened:
        shapes = {name: tuple(opened.get_slice(name).get_shape()) for name in opened.keys()}  # noqa: SIM118
    return [Stored(name, shape, partial(_one, file, name)) for name, shape in shapes.items()]


def _one(file: Path, name: str) -> torch.Tensor:
    with safe_open(file, "pt") as opened:
        tensor: torch.Tensor = opened.get_tensor(name)
        return tensor


def _pickled(file: Path) -> list[Stored]:
    """Weights alone are unpickled, never code; files of before 2020 cannot be mapped and are read whole."""
    mapped = zipfile.is_zipfile(file)
    try:
        tensors: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True, mmap=mapped)
    except UnpicklingError as error:
        what = f"{file} holds more than weights, and is not opened."
        raise StageError(what, fix="python -m train gguf OWNER/BASE (one with safetensors)") from error
    return [Stored(name, tuple(each.shape), each.detach) for name, each in tensors.items()]
