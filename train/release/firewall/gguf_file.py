"""A GGUF file, read by hand: the keys of an adapter, their texts, and no byte beside the tensors."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO

from train.release.firewall.documents import UnreadableError, decoded
from train.release.firewall.found import Leak
from train.release.firewall.texts import MACHINE, Piece, Rules, search

KEYS = re.compile(
    r"general\.(?:alignment|architecture|base_model\.(?:count|\d\.(?:name|repo_url|version))|file_type"
    r"|quantization_version|type)|adapter\.(?:type|lora\.alpha)"
)
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
TEXT, ALIGNMENT = 8, 32
WIDTHS = {0: 4, 1: 2, 30: 2}  # F32, F16, BF16
MOST_TENSORS, LONGEST, MOST_AXES = 100_000, 1000, 4


@dataclass(frozen=True)
class _Tensor:
    name: str
    start: int
    size: int


def search_gguf(path: Path, rules: Rules) -> Iterator[Leak]:
    """What a GGUF file holds beside the weights of an adapter."""
    try:
        with path.open("rb") as file:
            tensors, values = _counts(file)
            told = [_pair(file) for _ in range(values)]
            found = [_tensor(file) for _ in range(tensors)]
            start = _aligned(file.tell())
    except (struct.error, UnreadableError) as error:
        yield Leak("", f"it is no GGUF file of an adapter: {error}")
        return
    texts = [Piece(f"key {key}", f"{key}: {text}") for key, text in told]
    yield from search([*texts, *(Piece(f"tensor {each.name}", each.name) for each in found)], rules, MACHINE)
    yield from (Leak(f"key {key}", "a key that no adapter has") for key, _ in told if not KEYS.fullmatch(key))
    yield from _uncovered(found, path.stat().st_size - start)


def _counts(file: BinaryIO) -> tuple[int, int]:
    magic, version, tensors, values = struct.unpack("<4sIQQ", file.read(24))
    if magic != b"GGUF" or version != 3 or tensors > MOST_TENSORS or values > LONGEST:
        raise UnreadableError("its head is none")
    return tensors, values


def _one(file: BinaryIO, form: str) -> float:
    value: float = struct.unpack(f"<{form}", file.read(struct.calcsize(form)))[0]
    return value


def _text(file: BinaryIO) -> str:
    length = int(_one(file, "Q"))
    if length > LONGEST:
        raise UnreadableError(f"a text of {length} bytes")
    return decoded(file.read(length))


def _pair(file: BinaryIO) -> tuple[str, str]:
    """A key and its value; an adapter has no lists."""
    key, kind = _text(file), int(_one(file, "I"))
    if kind == TEXT:
        return key, _text(file)
    if kind not in SCALARS:
        raise UnreadableError(f"{key[:80]!r} is a list")
    return key, f"{_one(file, SCALARS[kind]):g}"


def _tensor(file: BinaryIO) -> _Tensor:
    name, axes = _text(file), int(_one(file, "I"))
    if axes > MOST_AXES:
        raise UnreadableError(f"{name[:80]!r} has {axes} axes")
    shape = [int(_one(file, "Q")) for _ in range(axes)]
    kind, start = int(_one(file, "I")), int(_one(file, "Q"))
    if kind not in WIDTHS:
        raise UnreadableError(f"{name[:80]!r} is of a type that no adapter has")
    return _Tensor(name, start, prod(shape) * WIDTHS[kind])


def _aligned(place: int) -> int:
    return -(-place // ALIGNMENT) * ALIGNMENT


def _uncovered(tensors: list[_Tensor], size: int) -> Iterator[Leak]:
    """The bytes that no tensor claims, or that two do."""
    at = 0
    for each in sorted(tensors, key=lambda each: each.start):
        if each.start != _aligned(at):
            yield Leak(
                f"tensor {each.name}", f"it begins at byte {each.start}, and the one before ends at {at}"
            )
        at = each.start + each.size
    if size not in (at, _aligned(at)):
        yield Leak(
            "",
            f"{size - at} bytes follow the last tensor"
            if size > at
            else "it breaks off before its last tensor ends",
        )
