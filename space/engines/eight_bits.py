"""An adapter's GGUF in 8 bits, for a base that is rounded itself: llama.cpp reads it in half the time.

Its products run over 32 numbers at once, or over one: a smaller rank is filled up with zeros.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
KEPT: dict[int, type[np.generic]] = {0: np.float32, 1: np.float16}  # kinds of weights that are read here
WHOLE, EIGHT_BITS = 0, 8
BLOCK, ALIGNMENT = 32, 32  # numbers with one scale, and bytes
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # of a value, by its type
TEXT = 8


@dataclass(frozen=True)
class _Tensor:
    name: bytes
    weights: Numbers  # outputs first


def in_8_bits(path: Path) -> bytes:
    """The same adapter as another file; raises `ValueError` if it holds what only llama.cpp can read."""
    read = path.read_bytes()
    magic, version, tensors, values = struct.unpack_from("<4sIQQ", read)
    if magic != b"GGUF" or version != 3:
        raise ValueError("it is no GGUF file of version 3.")
    end = _values_end(read, values)
    if b"general.alignment" in read[:end] or b"adapter.lora.alpha" not in read[:end]:
        raise ValueError("its weights lie or count otherwise.")
    return _written(read[:end], [_filled(each) for each in _tensors(read, end, tensors)])


def _values_end(read: bytes, values: int) -> int:
    """Where the keys and their values end."""
    at = 24
    for _ in range(values):
        at = _text_end(read, at)
        (kind,) = struct.unpack_from("<I", read, at)
        if kind not in (TEXT, *SIZES):
            raise ValueError("it holds a list.")
        at = _text_end(read, at + 4) if kind == TEXT else at + 4 + SIZES[kind]
    return at


def _text_end(read: bytes, at: int) -> int:
    (length,) = struct.unpack_from("<Q", read, at)
    return at + 8 + int(length)


def _tensors(read: bytes, at: int, count: int) -> Iterator[_Tensor]:
    found: list[tuple[bytes, tuple[int, ...], int, int]] = []
    for _ in range(count):
        name, at = read[at + 8 : _text_end(read, at)], _text_end(read, at)
        (axes,) = struct.unpack_from("<I", read, at)
        *sizes, kind, start = struct.unpack_from(f"<{axes}QIQ", read, at + 4)
        at += 16 + 8 * axes
        found.append((name, tuple(sizes[::-1]), kind, start))
    first = _aligned(at)
    for name, shape, kind, start in found:
        if kind not in KEPT or len(shape) != 2:
            raise ValueError("it is rounded already.")
        flat = np.frombuffer(read, KEPT[kind], math.prod(shape), first + start)
        yield _Tensor(name, flat.reshape(shape).astype(np.float32))


def _filled(tensor: _Tensor) -> _Tensor:
    """Zeros behind the rank; llama.cpp divides by it, so that B grows with it."""
    is_a = tensor.name.endswith(b".lora_a")
    rank = tensor.weights.shape[0 if is_a else 1]
    more = -rank % BLOCK
    zeros = ((0, more), (0, 0)) if is_a else ((0, 0), (0, more))
    return _Tensor(tensor.name, np.pad(tensor.weights, zeros) * np.float32(1 if is_a else 1 + more / rank))


def _written(head: bytes, tensors: list[_Tensor]) -> bytes:
    infos, data = bytearray(), bytearray()
    for each in tensors:
        kind = WHOLE if each.weights.shape[1] % BLOCK else EIGHT_BITS
        sizes = each.weights.shape[::-1]
        infos += struct.pack("<Q", len(each.name)) + each.name
        infos += struct.pack("<IQQIQ", len(sizes), *sizes, kind, len(data))
        data += each.weights.tobytes() if kind == WHOLE else _rounded(each.weights)
        data += bytes(-len(data) % ALIGNMENT)
    return head + infos + bytes(-(len(head) + len(infos)) % ALIGNMENT) + data


def _rounded(weights: Numbers) -> bytes:
    """Each 32 numbers as a scale in 16 bits and 32 steps of it."""
    blocks = weights.reshape(-1, BLOCK)
    scales = np.abs(blocks).max(axis=1, keepdims=True) / np.float32(127)
    steps = np.rint(blocks / np.where(scales == 0, np.float32(1), scales)).astype(np.int8)
    return np.hstack([scales.astype(np.float16).view(np.int8), steps]).tobytes()


def _aligned(place: int) -> int:
    return -(-place // ALIGNMENT) * ALIGNMENT
