"""The data folder: every repository, found by type and id whatever the case, and safe from a kill."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dulwich.repo import Repo

from train.rehearse.hub.commit import Draft, first_commit
from train.rehearse.hub.copying import copy_files, copy_history
from train.rehearse.hub.defaults import initial_commit
from train.rehearse.hub.disk import sync_folder, write_json
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.home import Home, Settings
from train.rehearse.hub.names import Kind
from train.rehearse.hub.objects import ObjectStore
from train.rehearse.hub.records import Records
from train.rehearse.hub.repository import MAIN, Repository, Signature


class Store:
    """All repositories of one Hub; a repository exists as long as its settings file does."""

    def __init__(self, data: Path) -> None:
        self._repositories = data / "repos"
        self.scratch = _emptied(data / "scratch")
        self.objects = ObjectStore(data / "lfs")
        self.lock = threading.RLock()
        self._homes: dict[tuple[Kind, str], Home] = {}
        self._moved: dict[tuple[Kind, str], str] = {}
        for path in sorted(self._repositories.glob("*/*/*.json")):
            self._take_in(_read_settings(path))

    def close(self) -> None:
        """Let every write end; nothing is served from here any more."""
        with self.lock:
            for home in self._homes.values():
                home.repository.close()

    def find(self, kind: Kind, repo_id: str) -> Home | None:
        """The repository of that id, or of the id it was moved to."""
        key = (kind, repo_id.lower())
        with self.lock:
            while key in self._moved and key not in self._homes:
                key = (kind, self._moved[key])
            return self._homes.get(key)

    def all(self, kind: Kind) -> list[Home]:
        """Every repository of a type, by id."""
        with self.lock:
            homes = [home for home in self._homes.values() if home.kind is kind]
        return sorted(homes, key=lambda home: home.id)

    def create(self, settings: Settings, sdk: str, by: Signature) -> Home:
        """A new repository with its first commit."""
        self._check_free(settings)
        built = self._build(initial_commit(settings.kind, settings.id.partition("/")[2], sdk), by)
        with self.lock:
            return self._settle(built, settings)

    def duplicate(self, source: Home, settings: Settings, by: Signature) -> Home:
        """A new repository that holds what another does: a Space with its history, others without."""
        self._check_free(settings)
        built = self._build_copy(source, by)
        with self.lock:
            return self._settle(built, settings)

    def change(self, home: Home, *, visibility: str, gated: str) -> None:
        """Show or hide a repository; open or gate its files."""
        with self.lock:
            home.settings = replace(home.settings, visibility=visibility, gated=gated)
            self._write(home.settings)

    def delete(self, home: Home) -> None:
        """Remove a repository; it is gone the moment its settings file is."""
        with self.lock:
            self._retire(home)
            self._settings_path(home.settings).unlink()
            grave = self._put_aside(self._git_path(home.settings))
        shutil.rmtree(grave)

    def move(self, home: Home, new_id: str) -> None:
        """Give a repository another id; the old one keeps leading to it."""
        with self.lock:
            if (home.kind, new_id.lower()) in self._homes:
                raise HubError(409, f"A {home.kind} repository called {new_id} already exists")
            self._retire(home)
            left_behind = replace(home.settings, moved_to=new_id)
            self._write(left_behind)
            self._take_in(left_behind)

    def _retire(self, home: Home) -> None:
        """Serve a repository no more; what is being written to it is finished first, nothing begins after."""
        home.repository.close()
        del self._homes[home.kind, home.id.lower()]

    def _take_in(self, settings: Settings) -> None:
        if not settings.moved_to:
            self._open(settings)
            return
        self._moved[settings.kind, settings.id.lower()] = settings.moved_to.lower()
        if self._git_path(settings).exists():  # the move was decided, but not finished
            arrived = replace(settings, id=settings.moved_to, moved_to="")
            self._place(self._git_path(settings), self._git_path(arrived))
            self._write(arrived)
            self._open(arrived)

    def _open(self, settings: Settings) -> Home:
        path = self._git_path(settings)
        _sweep(path)
        home = Home(settings, Repository(path), self.objects, Records(path / "hub", self.scratch))
        self._homes[settings.kind, settings.id.lower()] = home
        return home

    def _check_free(self, settings: Settings) -> None:
        if (settings.kind, settings.id.lower()) in self._homes:
            raise HubError(409, f"You already created this {settings.kind} repo: {settings.id}")

    def _settle(self, built: Path, settings: Settings) -> Home:
        self._check_free(settings)
        self._place(built, self._git_path(settings))
        self._write(settings)
        self._moved.pop((settings.kind, settings.id.lower()), None)
        return self._open(settings)

    def _build(self, draft: Draft, by: Signature) -> Path:
        with self._new_repository() as repository:
            first_commit(repository, MAIN, draft, by)
        return repository.path

    def _build_copy(self, source: Home, by: Signature) -> Path:
        with self._new_repository() as repository:
            if source.kind is Kind.SPACE:
                copy_history(source.repository, repository)
            else:
                copy_files(source.repository, repository, f"Duplicate from {source.id}", by)
        return repository.path

    @contextmanager
    def _new_repository(self) -> Iterator[Repository]:
        path = Path(tempfile.mkdtemp(dir=self.scratch))
        Repo.init_bare(str(path), default_branch=MAIN.encode()).close()
        repository = Repository(path)
        yield repository
        repository.close()
        path.chmod(0o755)

    def _place(self, built: Path, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():  # of a creation or deletion that was killed: nothing refers to it
            shutil.rmtree(self._put_aside(path))
        built.rename(path)
        sync_folder(path.parent)

    def _put_aside(self, path: Path) -> Path:
        return path.rename(tempfile.mkdtemp(dir=self.scratch))

    def _write(self, settings: Settings) -> None:
        write_json(self._settings_path(settings), settings.to_json(), self.scratch)

    def _settings_path(self, settings: Settings) -> Path:
        return self._repositories / settings.kind.plural / f"{settings.id}.json"

    def _git_path(self, settings: Settings) -> Path:
        return self._repositories / settings.kind.plural / f"{settings.id}.git"


def _emptied(folder: Path) -> Path:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def _read_settings(path: Path) -> Settings:
    values = json.loads(path.read_text())
    return Settings(**{**values, "kind": Kind(values["kind"])})


def _sweep(git: Path) -> None:
    """Remove what a killed write left: locks nobody holds, packs that were never finished."""
    packs = git / "objects" / "pack"
    unfinished = [pack for pack in packs.glob("*.pack") if not pack.with_suffix(".idx").exists()]
    for leftover in (*git.rglob("*.lock"), *unfinished):
        leftover.unlink()
