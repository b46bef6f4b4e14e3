"""A GGUF file, written tensor by tensor: whole, or not at all."""

import math
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Kind
from tqdm import tqdm

from train.errors import StageError


@dataclass(frozen=True)
class Planned:
    """A tensor that is to be written, and how to come by it."""

    name: str
    shape: tuple[int, ...]
    kind: Kind
    read: Callable[[], np.ndarray]  # as float32

    @property
    def size(self) -> int:
        """The bytes it takes in the file."""
        block, width = gguf.GGML_QUANT_SIZES[self.kind]
        return math.prod(self.shape) // block * width


def write(path: Path, writer: gguf.GGUFWriter, tensors: Sequence[Planned]) -> int:
    """Write head and tensors to `path`; how many bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _refuse_a_full_disk(path, sum(each.size for each in tensors))
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    for each in tensors:
        writer.add_tensor_info(each.name, each.shape, np.dtype(np.float32), each.size, each.kind)
    try:
        _write(temporary, writer, tensors, path.name)
        temporary.replace(path)
    finally:
        writer.close()
        temporary.unlink(missing_ok=True)
    return path.stat().st_size


def _write(path: Path, writer: gguf.GGUFWriter, tensors: Sequence[Planned], name: str) -> None:
    writer.write_header_to_file(path)
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    total = sum(each.size for each in tensors)
    with tqdm(total=total, desc=name, unit="B", unit_scale=True, disable=None, delay=2) as bar:
        for each in tensors:
            data = np.ascontiguousarray(gguf.quants.quantize(each.read(), each.kind))
            try:
                writer.write_tensor_data(data)
            except OSError as error:
                what = f"The disk was full before {name} was whole; what there was of it is removed."
                raise StageError(what, fix=f"df -h {path.parent}") from error
            bar.update(each.size)
    writer.flush()


def _refuse_a_full_disk(path: Path, size: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if free < size:
        what = f"{path.name} takes {size / 1e9:.1f} GB, and {path.parent} has {free / 1e9:.1f} GB left."
        raise StageError(what, fix=f"df -h {path.parent}")
