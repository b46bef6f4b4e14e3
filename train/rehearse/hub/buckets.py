"""Buckets: files by path, without history, each content kept under its Xet hash."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from train.rehearse.hub.accounts import Account
from train.rehearse.hub.contents import Contents
from train.rehearse.hub.disk import write_json
from train.rehearse.hub.errors import HubError, bad_request, forbidden, repository_not_found
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.names import check_repo_id, path_parts

_LATEST_MS = 253_402_300_799_000  # the end of the year 9999, after which Python knows no date


@dataclass(frozen=True)
class Stored:
    """A file of a bucket; `mtime_ms` is its owner's, `uploaded_at` the Hub's."""

    path: str
    xet_hash: str
    size: int
    mtime_ms: int
    uploaded_at: int


@dataclass(frozen=True)
class Bucket:
    """A bucket as it is at one moment."""

    id: str
    visibility: str
    created_at: int
    files: Mapping[str, Stored]

    @property
    def is_private(self) -> bool:
        """Whether only its owner may know of it."""
        return self.visibility != "public"

    @property
    def size(self) -> int:
        """The length of all files together."""
        return sum(file.size for file in self.files.values())

    def below(self, prefix: str) -> list[Stored]:
        """The files whose path begins so, by path."""
        return [file for path, file in sorted(self.files.items()) if path.startswith(prefix)]

    def listing(self, path: str) -> tuple[str, list[Stored]]:
        """The files in a folder and what their paths begin with; if there is none, those that begin so."""
        folder = f"{path.rstrip('/')}/" if path else ""
        files = self.below(folder)
        return (folder, files) if files else (path[: path.rfind("/") + 1], self.below(path))


@dataclass(frozen=True)
class Failure:
    """An operation of a batch that was not done, and why."""

    path: str
    error: str


class BucketStore:
    """Every bucket; each is one small JSON file, put in place whole."""

    def __init__(self, folder: Path, scratch: Path, contents: Contents) -> None:
        self.contents = contents
        self._folder, self._scratch = folder, scratch
        self._lock = threading.RLock()
        self._buckets = {bucket.id.lower(): bucket for bucket in map(_read, sorted(folder.glob("*/*.json")))}

    def all(self) -> list[Bucket]:
        """Every bucket, by id."""
        with self._lock:
            return sorted(self._buckets.values(), key=lambda bucket: bucket.id)

    def find(self, bucket_id: str, account: Account | None) -> Bucket:
        """A bucket, if this account may know of it."""
        with self._lock:
            bucket = self._buckets.get(bucket_id.lower())
        if bucket is None or (bucket.is_private and not (account and account.sees(bucket.id))):
            raise repository_not_found(signed_in=account is not None)
        return bucket

    def writable(self, bucket_id: str, account: Account | None) -> Bucket:
        """A bucket, if this account may change it."""
        bucket = self.find(bucket_id, account)
        if account is None or not account.changes(bucket.id):
            raise forbidden(f"You don't have the rights to write to the bucket {bucket.id}")
        return bucket

    def create(self, bucket_id: str, visibility: str, now: int) -> Bucket:
        """A new, empty bucket."""
        check_repo_id(bucket_id)
        with self._lock:
            if bucket_id.lower() in self._buckets:
                raise HubError(409, f"You already created this bucket: {bucket_id}")
            return self._keep(Bucket(bucket_id, visibility, now, {}))

    def delete(self, bucket: Bucket) -> None:
        """The bucket is gone; its contents may be in others, and stay."""
        with self._lock:
            self._path(bucket.id).unlink()
            del self._buckets[bucket.id.lower()]

    def move(self, bucket: Bucket, new_id: str) -> None:
        """Give a bucket another id."""
        check_repo_id(new_id)
        with self._lock:
            if new_id.lower() in self._buckets:
                raise HubError(409, f"A bucket called {new_id} already exists")
            self._keep(replace(self._buckets[bucket.id.lower()], id=new_id))
            self.delete(bucket)

    def set_visibility(self, bucket: Bucket, visibility: str) -> None:
        """Show or hide a bucket."""
        with self._lock:
            self._keep(replace(self._buckets[bucket.id.lower()], visibility=visibility))

    def change(self, bucket_id: str, operations: Iterable[Fields], now: int) -> list[Failure]:
        """Do each operation that can be done; those that cannot."""
        with self._lock:
            bucket, failures = self._buckets[bucket_id.lower()], list[Failure]()
            files = dict(bucket.files)
            for operation in operations:
                try:
                    self._apply(files, operation, now)
                except HubError as error:
                    failures.append(Failure(operation.text("path"), str(error)))
            self._keep(replace(bucket, files=files))
        return failures

    def store(self, bucket_id: str, files: Mapping[str, Path], gone: Sequence[str], now: int) -> None:
        """Take in files from this machine's disk, and let others go."""
        added = {path: _stored(path, file, self.contents.copy_in(file), now) for path, file in files.items()}
        with self._lock:
            bucket = self._buckets.get(bucket_id.lower())
            if bucket is not None:
                kept = {path: file for path, file in bucket.files.items() if path not in gone}
                self._keep(replace(bucket, files={**kept, **added}))

    def _apply(self, files: dict[str, Stored], operation: Fields, now: int) -> None:
        kind, path = operation.text("type"), operation.text("path")
        path_parts(path)
        if kind == "deleteFile":
            if files.pop(path, None) is None:
                raise bad_request("File not found")
        elif kind in ("addFile", "copyFile"):
            xet_hash = operation.text("xetHash")
            size = self.contents.size(xet_hash)
            if size is None or (kind == "copyFile" and not size and not self._holds(operation)):
                raise bad_request(f"The content {xet_hash} was never uploaded to a bucket")
            mtime_ms = operation.number("mtime")
            if not 0 <= mtime_ms <= _LATEST_MS:
                raise bad_request(f"No date has {mtime_ms} milliseconds")
            files[path] = Stored(path, xet_hash, size, mtime_ms, now)
        else:
            raise bad_request(f"Unknown operation: {kind!r}")

    def _holds(self, copy: Fields) -> bool:
        """Whether the source has this content: an empty one is not kept anywhere else."""
        source = self._buckets.get(copy.text("sourceRepoId").lower())
        return source is not None and any(
            file.xet_hash == copy.text("xetHash") for file in source.files.values()
        )

    def _keep(self, bucket: Bucket) -> Bucket:
        files = [asdict(file) for file in bucket.below("")]
        facts = {"id": bucket.id, "visibility": bucket.visibility, "created_at": bucket.created_at}
        write_json(self._path(bucket.id), {**facts, "files": files}, self._scratch)
        self._buckets[bucket.id.lower()] = bucket
        return bucket

    def _path(self, bucket_id: str) -> Path:
        return self._folder / f"{bucket_id}.json"


def _stored(path: str, file: Path, xet_hash: str, now: int) -> Stored:
    facts = file.stat()
    return Stored(path, xet_hash, facts.st_size, facts.st_mtime_ns // 1_000_000, now)


def _read(path: Path) -> Bucket:
    values = json.loads(path.read_text(encoding="utf-8"))
    files = {row["path"]: Stored(**row) for row in values["files"]}
    return Bucket(values["id"], values["visibility"], values["created_at"], files)
