"""Where a run's files are, and how a file gets there: whole, or not at all."""

import dataclasses
import fcntl
import hashlib
import json
import math
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from train.errors import StageError

ROOT = Path(__file__).resolve().parent.parent
T = TypeVar("T")
_reader: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)  # making one takes longer than reading
Number = Annotated[float, BeforeValidator(lambda given: math.nan if given is None else given)]


@dataclass(frozen=True)
class Run:
    """The folder of one recipe's run; each stage owns one folder in it."""

    folder: Path

    @property
    def dataset(self) -> Path:
        """What `prepare` leaves: parquet splits and `report.json`."""
        return self.folder / "dataset"

    @property
    def adapter(self) -> Path:
        """What `tune` leaves: the adapter, its tokenizer, `writer.json` and `training.json`."""
        return self.folder / "adapter"

    @property
    def evidence(self) -> Path:
        """What `evaluate` leaves: `metrics.json`, `samples.jsonl` and `gate.json`."""
        return self.folder / "evidence"

    @property
    def bundle(self) -> Path:
        """What `bundle` leaves: exactly the files that will be uploaded."""
        return self.folder / "bundle"


def read_result(kind: type[T], path: Path, fix: str) -> T:
    """The result a stage left at `path`; the error names `fix`, the command that makes it."""
    try:
        data = path.read_bytes()
        result: T = _reader(kind).validate_json(data)
    except FileNotFoundError as error:
        raise StageError(f"{path} is missing.", fix=fix) from error
    except ValidationError as error:
        raise StageError(f"{path} is not what this version writes ({_first(error)}).", fix=fix) from error
    if not _keeps_its_seal(data):
        raise StageError(f"{path} was changed after its stage had written it.", fix=fix)
    return result


def finished(kind: type[T], path: Path, key: str) -> T | None:
    """The result at `path` if it was made from the inputs `key` stands for, and its files are untouched."""
    try:
        data = path.read_bytes()
        result: T = _reader(kind).validate_json(data)
        check_files(path.parent, getattr(result, "files", {}), fix="")
    except (FileNotFoundError, ValidationError, StageError):
        return None
    return result if getattr(result, "key", None) == key and _keeps_its_seal(data) else None


def check_files(folder: Path, files: Mapping[str, str], fix: str) -> None:
    """Refuse a folder in which one of a result's files is missing or has other bytes."""
    for name, digest in sorted(files.items()):
        path = folder / name
        if not path.is_file():
            raise StageError(f"{path} is missing.", fix=fix)
        if digest_of_file(path) != digest:
            raise StageError(f"{path} was changed since it was made.", fix=fix)


def _first(error: ValidationError) -> str:
    flaw = error.errors()[0]
    return ": ".join(filter(None, (".".join(map(str, flaw["loc"])), flaw["msg"])))  # broken JSON has no place


def as_json(value: Any) -> str:
    """The one way a value is written: sorted keys, two spaces, a final newline; no figure is null."""
    return json.dumps(_plain(value), sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_sealed_json(value: Any) -> str:
    """The same with a digest of all the rest as `seal`, by which a figure that somebody changed is known."""
    written = json.loads(as_json(value))
    return as_json(written | {"seal": digest_of(as_json(written))})


def _keeps_its_seal(data: bytes) -> bool:
    found = json.loads(data)
    if not isinstance(found, dict) or "seal" not in found:
        return True
    return bool(found.pop("seal") == digest_of(as_json(found)))


def as_line(value: Any) -> str:
    """A value as one line of a file that has many."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Path):
        return value.as_posix()
    return _plain(vars(value)) if dataclasses.is_dataclass(value) else value


def write_text(path: Path, text: str) -> None:
    """Write `path` so that a reader sees the old text or the new one, never a part; the same text stays."""
    if path.is_file() and path.read_bytes() == text.encode():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A fresh folder that takes the place of `folder` once the block has ended well."""
    fresh = folder.with_name(f".{folder.name}.making")
    stale = folder.with_name(f".{folder.name}.old")
    for leftover in (fresh, stale):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir(parents=True)
    yield fresh
    if folder.exists():
        folder.rename(stale)
    fresh.rename(folder)
    shutil.rmtree(stale, ignore_errors=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold `folder` for this process; while another has it, say who and wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            print(
                f"Process {lock.read().strip()} is at work in {folder}; waiting for its end.", file=sys.stderr
            )
            fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def digest_of(*parts: str | bytes) -> str:
    """One SHA-256 over several parts, each told from the next."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


def digest_of_file(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests(folder: Path) -> dict[str, str]:
    """Every file below `folder` with its SHA-256, sorted by path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest_of_file(path) for path in files}


def digest_of_all(files: Mapping[str, str]) -> str:
    """One SHA-256 for a set of files, from their paths and digests."""
    return digest_of(*(part for pair in sorted(files.items()) for part in pair))


def digest_of_code(*packages: str) -> str:
    """The SHA-256 of the project's own sources in `packages`: other code or words, other results."""
    kinds = (".py", ".txt", ".jinja")
    found = [path for package in packages for path in sorted((ROOT / package).rglob("*"))]
    sources = [path for path in found if path.suffix in kinds]
    return digest_of(
        *(part for path in sources for part in (path.relative_to(ROOT).as_posix(), path.read_bytes()))
    )
