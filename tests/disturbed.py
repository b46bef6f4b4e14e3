"""A release among mishaps: every request known, anything done to it, the Hub watched and put back after."""

import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any
from unittest import mock

import httpx2
from dulwich.objects import Commit, ObjectID, Tag
from dulwich.refs import DiskRefsContainer
from dulwich.repo import Repo
from huggingface_hub import constants, set_client_factory
from huggingface_hub.utils._http import default_client_factory
from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars

from train import patience
from train.rehearse.hub.process import LocalHub
from train.release import pins
from train.release.order import Order
from train.release.publish import carried_out

Send = Callable[[], httpx2.Response]
Fate = Callable[[int, httpx2.Request, Send], httpx2.Response]
Refs = dict[str, dict[str, str]]
READS = ("GET", "HEAD")
LISTED = "/paths-info/"  # a read that is a POST
ASIDE = ("/api/validate-yaml", "/api/agent-harnesses", "/v1/telemetry")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class KilledError(BaseException):
    """Nothing of this process runs after this; no `except` of the code under test catches it."""


def is_write(request: httpx2.Request) -> bool:
    return request.method not in READS and LISTED not in request.url.path


def route_of(request: httpx2.Request) -> str:
    return f"{request.method} {_COMMIT.sub('*', request.url.path)}"


@dataclass
class Line(httpx2.BaseTransport):
    """The only way to the Hub; each request is numbered, and its fate decided elsewhere."""

    fate: Fate
    number: int = 0
    lock: Any = field(default_factory=Lock)
    inner: httpx2.HTTPTransport = field(default_factory=httpx2.HTTPTransport)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        def send() -> httpx2.Response:
            return self.inner.handle_request(request)

        if request.url.path.startswith(ASIDE):
            return send()
        with self.lock:
            self.number += 1
            number = self.number
        return self.fate(number, request, send)


@contextmanager
def on_the_line(fate: Fate) -> Iterator[Line]:
    """Everything in this block that speaks to the Hub does so on one line; nobody waits."""
    disable_progress_bars()
    line = Line(fate)
    set_client_factory(lambda: httpx2.Client(transport=line, follow_redirects=True, timeout=60))
    quick = mock.patch.object(patience, "sleep", return_value=None)
    client = mock.patch("huggingface_hub.utils._http.time.sleep", return_value=None)
    plain = mock.patch.object(constants, "HF_HUB_DISABLE_XET", True)  # Xet has a line of its own
    try:
        with quick, client, plain:
            yield line
    finally:
        set_client_factory(default_client_factory)
        enable_progress_bars()


@dataclass(frozen=True)
class Place:
    """One repository of a version as it lies on the Hub's disk."""

    name: str
    git: Path

    def refs(self) -> dict[str, str]:
        held = DiskRefsContainer(str(self.git)).as_dict()
        return {name.decode(): _peeled(self.git, value) for name, value in held.items() if name != b"HEAD"}

    def tree(self, commit: str) -> str:
        return _tree(self.git, commit)

    def file(self, commit: str, path: str) -> bytes | None:
        return _file(self.git, self.tree(commit), path)


@cache  # an object never changes, and a reader looks at the same ones thousands of times
def _peeled(git: Path, value: bytes) -> str:
    with Repo(str(git)) as repo:
        found = repo[ObjectID(value)]
        return str((found.object[1] if isinstance(found, Tag) else value).decode())


@cache
def _tree(git: Path, commit: str) -> str:
    with Repo(str(git)) as repo:
        made = repo[ObjectID(commit.encode())]
        assert isinstance(made, Commit)
        return str(made.tree.decode())


@cache
def _file(git: Path, tree: str, path: str) -> bytes | None:
    with Repo(str(git)) as repo:
        listed: Any = repo[ObjectID(tree.encode())]
        found: Any = repo[listed[path.encode()][1]] if path.encode() in listed else None
        return found and bytes(found.data)


@dataclass(frozen=True)
class Arena:
    """A Hub with one version out, and the next one to be released again and again."""

    hub: LocalHub
    new: Order

    @property
    def places(self) -> tuple[Place, ...]:
        publish = self.new.bundle.publish
        kinds = (("dataset", "datasets"), ("adapter", "models"), ("space", "spaces"))
        folder = self.hub.data / "repos"
        return tuple(
            Place(part, folder / kind / f"{repo}.git")
            for (part, kind), repo in zip(kinds, publish.repositories, strict=True)
        )

    def refs(self) -> Refs:
        return {place.name: place.refs() for place in self.places}

    def trees(self) -> Refs:
        return {
            place.name: {ref: place.tree(commit) for ref, commit in place.refs().items()}
            for place in self.places
        }

    def release(self) -> None:
        carried_out(self.new)

    def keep(self) -> "Kept":
        """What is there now, to come back to."""
        stored = {path for path in (self.hub.data / "lfs").rglob("*") if path.is_file()}
        return Kept({place.git: _ref_files(place.git) for place in self.places}, frozenset(stored))

    def put_back(self, kept: "Kept") -> None:
        """Forget what was written since, large files too, so that they have to be sent again."""
        for git, held in kept.refs.items():
            shutil.rmtree(git / "refs")
            for path, content in held.items():
                (git / path).parent.mkdir(parents=True, exist_ok=True)
                (git / path).write_bytes(content)
            (git / "refs" / "tags").mkdir(parents=True, exist_ok=True)
        for path in (self.hub.data / "lfs").rglob("*"):
            if path.is_file() and path not in kept.stored:
                path.unlink()


@dataclass(frozen=True)
class Kept:
    """The refs of three repositories, and the large files that are stored."""

    refs: Mapping[Path, Mapping[Path, bytes]]
    stored: frozenset[Path]


def _ref_files(git: Path) -> dict[Path, bytes]:
    loose = [path for path in (git / "refs").rglob("*") if path.is_file()]
    packed = [git / "packed-refs"] if (git / "packed-refs").exists() else []
    return {path.relative_to(git): path.read_bytes() for path in (*loose, *packed)}


@dataclass
class Watch:
    """A reader who looks at every tag, every `main` and the Space's pins after every write."""

    arena: Arena
    before: Refs
    after: Refs
    looks: int = 0

    def look(self) -> None:
        self.looks += 1
        trees, refs = self.arena.trees(), self.arena.refs()
        for part, held in trees.items():
            for ref, tree in held.items():
                if ref.startswith("refs/heads/release/"):
                    continue
                whole = {self.before[part].get(ref), self.after[part].get(ref)}
                assert tree in whole, f"{ref} of {part} is neither the old version nor the new one"
        new = f"refs/tags/{self._tag}"
        if any(trees[part]["refs/heads/main"] != self.before[part]["refs/heads/main"] for part in trees):
            assert {part for part in ("dataset", "adapter") if new in refs[part]} == {"dataset", "adapter"}
        self._check_pins(refs)

    @property
    def _tag(self) -> str:
        return next(ref for ref in self.after["adapter"] if ref not in self.before["adapter"]).split("/")[-1]

    def _check_pins(self, refs: Refs) -> None:
        space = self.arena.places[2]
        held = space.file(refs["space"]["refs/heads/main"], pins.NAME)
        for writer in pins.parse(held).writers if held else ():
            tag = f"refs/tags/{writer.version}"
            assert writer.dataset_revision == refs["dataset"].get(tag), "the Space pins what is not tagged"
            assert writer.adapter_revision == refs["adapter"].get(tag), "the Space pins what is not tagged"


def lag_since(moment: float) -> float:
    """For how long a replica must lag to show nothing of what came after this moment."""
    return time.monotonic() - moment + 0.01
