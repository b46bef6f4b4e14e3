"""An export as it was downloaded: a zip, the folder it unpacks to, or one file; read without trusting it."""

import hashlib
import logging
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from train.errors import StageError
from train.prepare.sources import files
from train.run import digest_of_all, digest_of_file
from train.sections import Source

LOG = logging.getLogger(__name__)
LARGEST_BYTES = 1 << 30  # of one member, unpacked
LARGEST_TOTAL_BYTES = 16 << 30
MOST_MEMBERS = 500_000
STEEPEST = 200  # times smaller than it was: prose and tables stay far below, bombs are above
STEEP_FROM_BYTES = 1 << 20
ENCRYPTED = 0x1
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
CLUTTER = ("__MACOSX", ".DS_Store", "Thumbs.db")


class MemberError(ValueError):
    """A member that cannot be read; the message says why."""


@dataclass(frozen=True)
class Archive:
    """What may be read of an export, by name in sorted order, and what was refused, with the reason."""

    members: Mapping[str, Callable[[], IO[bytes]]]
    refused: Mapping[str, str]

    def read(self, name: str) -> bytes:
        """All bytes of a member."""
        with self.open(name) as member:
            try:
                data = member.read(LARGEST_BYTES + 1)
            except BROKEN as error:
                raise MemberError(str(error)) from error
        if len(data) > LARGEST_BYTES:
            raise MemberError(f"it is larger than {LARGEST_BYTES:,} bytes")
        return data

    def open(self, name: str) -> IO[bytes]:
        """A member as a stream."""
        LOG.info("%s", name)
        try:
            return self.members[name]()
        except BROKEN as error:
            raise MemberError(str(error)) from error


def pinned(source: Source, wanted: Callable[[str], bool]) -> Source:
    """The source with a digest of the file, or of a folder's wanted files: no other is opened."""
    place = files.place_of(source)
    try:
        if place.is_file():
            return replace(source, revision=digest_of_file(place))
        with opened(place) as archive:
            digests = {name: _digest(member) for name, member in archive.members.items() if wanted(name)}
    except OSError as error:
        raise files.unreadable(place, error) from error
    return replace(source, revision=digest_of_all(digests))


@contextmanager
def opened(place: Path) -> Iterator[Archive]:
    """The export at `place`; one that is no zip and no folder has itself for its only member."""
    if place.is_dir():
        yield _folder(place)
    elif not place.is_file():
        raise StageError(f"There is no file or folder {place}.", fix=files.EDIT)
    elif not _is_zip(place):
        yield Archive({place.name: partial(_bytes, place)}, {})
    else:
        try:
            with zipfile.ZipFile(place) as packed:
                yield _unpacked(packed, place)
        except zipfile.BadZipFile as error:
            what = f"{place} is a zip that breaks off or is damaged: {error}."
            raise StageError(what, fix="download the export again, then run this command again") from error


def _is_zip(place: Path) -> bool:
    try:
        with place.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError as error:
        raise files.unreadable(place, error) from error


def _bytes(path: Path) -> IO[bytes]:
    return path.open("rb")


def _digest(member: Callable[[], IO[bytes]]) -> str:
    with member() as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # it is open


def _folder(place: Path) -> Archive:
    found = {path.relative_to(place).as_posix(): path for path in sorted(place.rglob("*"))}
    refused = {name: "it is a link" for name, path in found.items() if path.is_symlink()}
    plain: dict[str, Callable[[], IO[bytes]]] = {
        name: partial(_bytes, path)
        for name, path in found.items()
        if name not in refused and not _is_clutter(name) and path.is_file()
    }
    return Archive(_from_the_top(plain), refused)


def _unpacked(packed: zipfile.ZipFile, place: Path) -> Archive:
    entries = [entry for entry in packed.infolist() if not entry.is_dir() and not _is_clutter(entry.filename)]
    total = sum(entry.file_size for entry in entries)
    if total > LARGEST_TOTAL_BYTES or len(entries) > MOST_MEMBERS:
        what = f"{place} would unpack to {len(entries):,} files of {total:,} bytes: no export is that large."
        raise StageError(what, fix=files.EDIT)
    refused: dict[str, str] = {}
    members: dict[str, Callable[[], IO[bytes]]] = {}
    for entry in entries:
        why = "there are two of this name" if entry.filename in members else _why_not(entry)
        if why:
            refused[entry.filename] = why
        else:
            members[entry.filename] = partial(packed.open, entry)
    return Archive(_from_the_top(members), dict(sorted(refused.items())))


def _why_not(entry: zipfile.ZipInfo) -> str:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or entry.filename[1:2] == ":":
        return "its path leads out of the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link"
    if entry.flag_bits & ENCRYPTED:
        return "it is encrypted"
    if path.suffix.lower() == ".zip":
        return "it is an archive within the archive"
    steep = entry.file_size > STEEP_FROM_BYTES and entry.file_size > STEEPEST * entry.compress_size
    if steep or entry.file_size > LARGEST_BYTES:
        return f"it would unpack to {entry.file_size:,} bytes from {entry.compress_size:,}"
    return ""


def _is_clutter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and (parts[0] in CLUTTER or parts[-1] in CLUTTER or parts[-1].startswith("._"))


def _from_the_top(members: dict[str, Callable[[], IO[bytes]]]) -> dict[str, Callable[[], IO[bytes]]]:
    """The members by name, without the one folder that all of them are in, if they are."""
    tops = {name.partition("/")[0] for name in members}
    only = f"{next(iter(tops))}/" if len(tops) == 1 and all("/" in name for name in members) else ""
    if only in ("posts/", "") or not members:
        return dict(sorted(members.items()))
    return _from_the_top({name.removeprefix(only): member for name, member in members.items()})
