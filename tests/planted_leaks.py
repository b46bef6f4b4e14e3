"""Bundles with one leak each: what somebody could plant by hand, by mistake, or out of spite."""

import json
import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy
import pyarrow
from pyarrow import parquet
from safetensors.numpy import save_file

from tests.bundles import Candidate, write_list
from train.release.firewall.owned import owned
from train.release.firewall.texts import Rules

TOKEN = "hf_" + "qNvXwTzKbLdRfGhJmPsYcUeAiO" + "kZtWxQ"
KEY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKjMzEfYyjiWA4R4"
PEM = f"{'-' * 5}BEGIN PRIVATE KEY{'-' * 5}\n{KEY}\n{'-' * 5}END PRIVATE KEY{'-' * 5}"
MAIL = "leonie.brandt" + "@brandt-keramik.de"
PHONE = "+49 171 " + "8834 2957"
TRAIN = "dataset/data/train-00000-of-00001.parquet"
WEIGHTS = "adapter/adapter_model.safetensors"
GGUF = "adapter/adapter.gguf"
HOME = "/home/leonie/models/base"
RULES = Rules(owned((), {}, None), frozenset(), forbids_personal=True)  # of a machine without secrets
Plant = Callable[[Path], object]


@dataclass(frozen=True)
class Leak:
    """Something planted in a file, and what the refusal says of it; `value` must not be repeated."""

    name: str
    file: str
    plant: Plant
    says: str
    value: str = ""


def planted(made: Candidate, leak: Leak, version: str = "v0.1.0") -> Candidate:
    """The candidate with the leak in it, sealed and listed as if nothing had happened."""
    path = made.run.bundle / leak.file
    path.parent.mkdir(parents=True, exist_ok=True)
    leak.plant(path)
    write_list(made.recipe, made.run, version)
    return made


def put(content: str | bytes) -> Plant:
    data = content.encode() if isinstance(content, str) else content
    return lambda path: path.write_bytes(data)


def add(text: str | bytes) -> Plant:
    data = text.encode() if isinstance(text, str) else text
    return lambda path: path.write_bytes(path.read_bytes() + data)


def replace(old: str, new: str) -> Plant:
    def plant(path: Path) -> None:
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return plant


def value(*place: str, to: Any) -> Plant:
    """Another value at a place of a JSON file."""

    def plant(path: Path) -> None:
        found = held = json.loads(path.read_text()) if path.exists() else {}
        for name in place[:-1]:
            held = held.setdefault(name, {})
        held[place[-1]] = to
        path.write_text(json.dumps(found))

    return plant


def cell(column: str, text: str) -> Plant:
    """Another text in the second row of a split, or in the first if it has no other."""

    def plant(path: Path) -> None:
        table = parquet.read_table(path)
        cells = table[column].to_pylist()
        cells[len(cells) > 1] = text
        place = table.schema.get_field_index(column)
        write(path, table.set_column(place, table.schema.field(column), pyarrow.array(cells)))

    return plant


def write(path: Path, table: Any, **settings: Any) -> None:
    parquet.write_table(table, path, compression="zstd", **settings)


def column(name: str) -> Plant:
    def plant(path: Path) -> None:
        table = parquet.read_table(path)
        write(path, table.append_column(name, pyarrow.array(["0"] * len(table))))

    return plant


def noted(key: str, text: str) -> Plant:
    def plant(path: Path) -> None:
        table = parquet.read_table(path)
        write(path, table.replace_schema_metadata({key: text}))

    return plant


def noted_beside_a_column(path: Path) -> None:
    table = parquet.read_table(path)
    noted = table.schema.field("id").with_metadata({"from": HOME})
    write(path, table.cast(table.schema.set(0, noted)))


def without_schema(path: Path) -> None:
    table = parquet.read_table(path)
    write(path, table.cast(pyarrow.schema([*list(table.schema)[:-1], ("kind", pyarrow.large_string())])))


def hidden_before_the_footer(path: Path) -> None:
    """Bytes between the last column and the footer, which every reader passes over."""
    data = path.read_bytes()
    footer = struct.unpack("<I", data[-8:-4])[0] + 8
    path.write_bytes(data[:-footer] + TOKEN.encode() + data[-footer:])


def tensors(metadata: dict[str, str] | None = None, named: dict[str, Any] | None = None) -> Plant:
    arrays = named or {"lora_A": numpy.zeros((2, 2), dtype="float32")}
    return lambda path: save_file(arrays, path, metadata)


def header(edit: Callable[[dict[str, Any]], Any], tail: bytes = b"") -> Plant:
    """Another header over the same weights."""

    def plant(path: Path) -> None:
        data = path.read_bytes()
        length = int.from_bytes(data[:8], "little")
        told = json.loads(data[8 : 8 + length])
        edit(told)
        text = json.dumps(told).encode()
        path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + length :] + tail)

    return plant


def gguf_file(key: str = "general.name", text: str = "", tail: bytes = b"") -> Plant:
    """A small adapter for llama.cpp, with one more key."""

    def plant(path: Path) -> None:
        writer = gguf.GGUFWriter(path, "llama")
        if text:
            writer.add_string(key, text)
        writer.add_tensor("blk.0.attn_q.weight.lora_a", numpy.zeros((4, 8), dtype="float32"))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        path.write_bytes(path.read_bytes() + tail)

    return plant


def drawing(inside: str, before: str = "", on: str = "") -> Plant:
    return put(f'{before}<svg xmlns="http://www.w3.org/2000/svg" {on}>{inside}</svg>\n')


PICKLE = pickle.dumps({"hub_token": TOKEN})
