"""Repositories and buckets as folders for a Job or a Space."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath

from train.rehearse.hub.accounts import Account
from train.rehearse.hub.buckets import BucketStore
from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.names import Kind, kind_named
from train.rehearse.hub.rights import check_may_read, check_may_see
from train.rehearse.hub.snapshot import Snapshot
from train.rehearse.hub.store import Store

_BUCKET = "bucket"
_TYPES = (_BUCKET, *(kind.value for kind in Kind))


@dataclass(frozen=True)
class Volume:
    """What is to be mounted where; `commit` is what the revision stood for when it was asked for."""

    type: str
    source: str
    mount_path: str
    revision: str = ""
    read_only: bool = False
    path: str = ""
    commit: str = ""

    def to_json(self) -> dict[str, object]:
        """As a file holds it."""
        return asdict(self)

    def to_wire(self) -> dict[str, object]:
        """As the client reads it."""
        facts = {"type": self.type, "source": self.source, "mountPath": self.mount_path}
        more = {"revision": self.revision, "readOnly": self.read_only, "path": self.path}
        return {**facts, **{name: value for name, value in more.items() if value != ""}}


@dataclass(frozen=True)
class Mount:
    """A volume that is mounted, and what its files were then."""

    volume: Volume
    folder: Path
    before: Mapping[str, tuple[int, int]] = field(repr=False)

    def place(self, text: str) -> str:
        """A text in which the path that was asked for is the folder that was made."""
        asked = re.escape(self.volume.mount_path.rstrip("/"))
        return re.sub(rf"(?<![\w./-]){asked}(?![\w.-])", lambda _: str(self.folder), text)


@dataclass(frozen=True)
class Mounts:
    """Makes folders of what repositories and buckets hold."""

    store: Store
    buckets: BucketStore

    def checked(self, rows: Iterable[Fields], account: Account) -> tuple[Volume, ...]:
        """The volumes asked for, pinned to commits; refused if this account may not have them."""
        volumes = tuple(self._pinned(_read(row), account) for row in rows)
        if len({volume.mount_path for volume in volumes}) < len(volumes):
            raise bad_request("Two volumes have the same mount path.")
        return volumes

    def mount(self, volume: Volume, root: Path) -> Mount:
        """A volume as a folder below the root."""
        folder = root / volume.mount_path.strip("/")
        folder.mkdir(parents=True, exist_ok=True)
        if volume.type == _BUCKET:
            self._lay_out_bucket(volume, folder)
        else:
            home = self.store.find(kind_named(volume.type), volume.source)
            if home is None:
                raise HubError(404, f"The {volume.type} {volume.source} is gone.")
            lay_out(home.at(volume.commit), folder, volume.path)
        if volume.read_only:
            _forbid_writing(folder)
        return Mount(volume, folder, _state(folder))

    def take_back(self, mount: Mount, now: int) -> None:
        """What was written to a bucket's folder goes into the bucket."""
        volume, after = mount.volume, _state(mount.folder)
        if volume.type != _BUCKET or volume.read_only:
            return
        prefix = f"{volume.path}/" if volume.path else ""
        changed = [path for path, state in after.items() if mount.before.get(path) != state]
        gone = [prefix + path for path in mount.before.keys() - after.keys()]
        files = {prefix + path: mount.folder / path for path in sorted(changed)}
        self.buckets.store(volume.source, files, gone, now)

    def _pinned(self, volume: Volume, account: Account) -> Volume:
        if volume.type == _BUCKET:
            find = self.buckets.find if volume.read_only else self.buckets.writable
            return replace(volume, source=find(volume.source, account).id)
        home = check_may_see(self.store.find(kind_named(volume.type), volume.source), account)
        snapshot = check_may_read(home, account).at(volume.revision or "main")
        return replace(volume, source=home.id, commit=snapshot.commit_id, read_only=True)

    def _lay_out_bucket(self, volume: Volume, folder: Path) -> None:
        prefix = f"{volume.path}/" if volume.path else ""
        bucket = next((each for each in self.buckets.all() if each.id == volume.source), None)
        if bucket is None:
            raise HubError(404, f"The bucket {volume.source} is gone.")
        for file in bucket.below(prefix):
            target = folder / file.path.removeprefix(prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            if file.size:
                shutil.copyfile(self.buckets.contents.path(file.xet_hash), target)
            else:
                target.touch()


def lay_out(snapshot: Snapshot, folder: Path, below: str = "") -> None:
    """The files of a commit in a folder."""
    for entry in snapshot.listing(below, recursive=True):
        target = folder / (entry.path.removeprefix(f"{below}/") if below else entry.path)
        if entry.is_folder:
            target.mkdir(parents=True, exist_ok=True)
        elif entry.pointer:
            shutil.copyfile(snapshot.objects.path(entry.pointer.sha256), target)
        else:
            target.write_bytes(snapshot.blob(entry))


def read_volume(values: Mapping[str, object]) -> Volume:
    """A volume from the file that holds it."""
    texts = {name: str(value) for name, value in values.items() if name != "read_only"}
    return Volume(**texts, read_only=bool(values.get("read_only")))


def place(texts: Sequence[str], mounts: Sequence[Mount]) -> list[str]:
    """Texts in which every path that was asked for is the folder that was made."""
    for mount in mounts:
        texts = [mount.place(text) for text in texts]
    return list(texts)


def _read(row: Fields) -> Volume:
    kind, path = row.text("type", "model"), PurePosixPath(row.text("mountPath"))
    if kind not in _TYPES:
        raise bad_request(f'"type" of a volume must be one of [{", ".join(_TYPES)}]')
    if not path.is_absolute() or ".." in path.parts or len(path.parts) < 2 or "\0" in str(path):
        raise bad_request(f'"mountPath" must be an absolute path below /, not {path}')
    read_only = row.values.get("readOnly") is True
    inside = row.text("path").strip("/")
    return Volume(kind, row.text("source"), str(path), row.text("revision"), read_only, inside)


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    """Length and last change of each file, by its path in the folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return {str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def _forbid_writing(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


def allow_removing(folder: Path) -> None:
    """Let a folder with read-only mounts be deleted."""
    for path in (folder, *folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
