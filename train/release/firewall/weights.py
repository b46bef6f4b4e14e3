"""A safetensors file, read by hand: a header that says what each byte is, and no byte beside it."""

from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any

from train.release.firewall.documents import UnreadableError, decoded, parsed
from train.release.firewall.found import Leak
from train.release.firewall.texts import MACHINE, Piece, Rules, search

WIDTHS = {"BF16": 2, "F16": 2, "F32": 4}  # what an adapter's weights are stored in
FORMATS = ("pt", "np")  # which library wrote it
MOST = 100_000_000  # bytes of a header, as the library has it
LONGEST = 300  # characters of a tensor's name


def search_weights(path: Path, rules: Rules) -> Iterator[Leak]:
    """What a safetensors file holds beside the weights of an adapter."""
    try:
        header, size = _header(path)
        pieces = [Piece(f"tensor {name[:LONGEST]}", name) for name in header]
        metadata = _metadata(header)
        tensors = {name: each for name, each in header.items() if name != "__metadata__"}
        ends = sorted(_span(name, each) for name, each in tensors.items())
    except UnreadableError as error:
        yield Leak("", f"it is {error}")
        return
    yield from search([*pieces, *metadata], rules, MACHINE)
    yield from _strange(metadata)
    yield from _uncovered(ends, size)


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """The header, and how many bytes follow it."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        text = file.read(length) if length <= MOST else b""
        size = path.stat().st_size - 8 - length
    if not text.startswith(b"{") or len(text) < length:
        raise UnreadableError("no safetensors file: it does not begin with a header")
    header = parsed(decoded(text))
    if not isinstance(header, dict) or not text.rstrip(b" ").endswith(b"}"):
        raise UnreadableError("no safetensors file: its header is no object")
    return header, size


def _metadata(header: Mapping[str, Any]) -> list[Piece]:
    found = header.get("__metadata__", {})
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise UnreadableError("no safetensors file: its metadata is no list of texts")
    return [Piece(f"metadata {name[:LONGEST]!r}", f"{name}: {text}") for name, text in found.items()]


def _strange(metadata: list[Piece]) -> Iterator[Leak]:
    known = {f"format: {name}" for name in FORMATS}
    return (
        Leak(piece.place, "metadata that no adapter of this project has")
        for piece in metadata
        if piece.text not in known
    )


def _span(name: str, told: Any) -> tuple[int, int, str]:
    """Where a tensor lies, if what is said of it agrees with itself."""
    match told:
        case {"dtype": str(kind), "shape": [*shape], "data_offsets": [int(start), int(end)]} if (
            len(told) == 3
        ):
            is_shape = all(isinstance(each, int) and each >= 0 for each in shape)
            if (
                kind in WIDTHS
                and is_shape
                and end - start == prod(shape) * WIDTHS[kind]
                and len(name) <= LONGEST
            ):
                return start, end, name
    raise UnreadableError(f"no adapter: what its header says of {name[:80]!r} cannot be so")


def _uncovered(spans: list[tuple[int, int, str]], size: int) -> Iterator[Leak]:
    """The bytes that no tensor claims, or that two do."""
    at = 0
    for start, end, name in spans:
        if start != at:
            yield Leak(
                f"tensor {name}", f"it begins at byte {start} of the data, and the one before ends at {at}"
            )
        at = end
    if at != size:
        yield Leak(
            "",
            f"{size - at} bytes follow the last tensor"
            if size > at
            else "it breaks off before its last tensor ends",
        )
