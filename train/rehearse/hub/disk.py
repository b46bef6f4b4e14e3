"""Writes that survive a kill at any moment: a temporary name, fsync, then one rename."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import AsyncIterable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO


def write_json(path: Path, value: Mapping[str, object], scratch: Path) -> None:
    """Put a JSON file in place at once, or not at all."""
    with new_file(scratch) as file:
        file.write(json.dumps(value, indent=1, sort_keys=True).encode() + b"\n")
        keep(file, path)


def new_file(scratch: Path) -> IO[bytes]:
    """A file without a lasting name yet; what is not kept is swept away at the next start."""
    return tempfile.NamedTemporaryFile(dir=scratch, delete=False)


def keep(file: IO[bytes], path: Path) -> None:
    """Give a finished file its name, safe on disk."""
    file.flush()
    os.fsync(file.fileno())
    path.parent.mkdir(parents=True, exist_ok=True)
    Path(file.name).rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def receive(chunks: AsyncIterable[bytes], scratch: Path) -> Path:
    """Write a request's body to a scratch file; nothing is left of one that breaks off."""
    with ExitStack() as undo, new_file(scratch) as file:
        undo.callback(Path(file.name).unlink)
        async for chunk in chunks:
            file.write(chunk)
        undo.pop_all()
    return Path(file.name)


def join_files(parts: Iterable[Path], scratch: Path) -> Path:
    """One scratch file made of several, which are removed."""
    with new_file(scratch) as whole:
        for part in parts:
            with part.open("rb") as file:
                while chunk := file.read(1 << 20):
                    whole.write(chunk)
            part.unlink()
    return Path(whole.name)
