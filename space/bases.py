"""A release's base: its files at their commit, in the form that an engine reads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hub
from engines.model import Base
from engines.opening import Kind
from release import BaseGguf, Served

CONTEXT = 4096  # tokens that a prompt and its text may have; some bases read more, at the price of memory
INDEX, WEIGHTS, OLD_WEIGHTS = "model.safetensors.index.json", "model.safetensors", "pytorch_model.bin"


def fetched(served: Served, kind: Kind, training: Mapping[str, Any], told: hub.Told) -> Base:
    """The base below a writer; `training` are the options that it was trained with."""
    repo, commit = served.base, served.base_revision
    folder = hub.fetched(repo, commit, ["config.json"])
    config = json.loads((folder / "config.json").read_bytes())
    known = config.get("max_position_embeddings") or config.get("n_positions") or CONTEXT
    gguf = _gguf(served.base_gguf, told) if kind == "llama.cpp" and served.base_gguf else None
    if gguf is None:
        hub.fetched(repo, commit, _weights(repo, commit), told)
    return Base(folder, _stops(served, config), min(known, CONTEXT), training, gguf)


def _gguf(pinned: BaseGguf, told: hub.Told) -> Path:
    return hub.fetched(pinned.repo, pinned.revision, [pinned.file], told) / pinned.file


def _weights(repo: str, commit: str) -> list[str]:
    index = hub.found(repo, commit, INDEX)
    if index:
        return [INDEX, *sorted(set(json.loads(index.read_bytes())["weight_map"].values()))]
    return [WEIGHTS if hub.has(repo, commit, WEIGHTS) else OLD_WEIGHTS]


def _stops(served: Served, config: Mapping[str, Any]) -> frozenset[int]:
    """The tokens with which the base ends its texts; an adapter's tokenizer may know another one."""
    path = hub.found(served.base, served.base_revision, "generation_config.json")
    known = {**config, **(json.loads(path.read_bytes()) if path else {})}.get("eos_token_id")
    return frozenset([known] if isinstance(known, int) else known or [])
