"""One Space at one commit, as a process: its files laid out, its program started, waited for, watched."""

from __future__ import annotations

import shutil
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from train.rehearse.hub import children
from train.rehearse.hub.children import Around, Child
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.eventlog import EventLog, exact_date
from train.rehearse.hub.home import Home
from train.rehearse.hub.snapshot import Snapshot
from train.rehearse.hub.space import App, Stage, Wishes, app_of
from train.rehearse.hub.volumes import Mount, Mounts, allow_removing, lay_out, place

_POLL_S = 0.1
_PATIENCE_S = 1800.0
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Place:
    """Where a Space lives on this machine, and which Hub it asks.

    Everybody on this machine can open its port: a private Space is hidden in the Hub, its page is not.
    """

    folder: Path
    port: int
    around: Around
    room: threading.Semaphore
    mounts: Mounts

    @property
    def host(self) -> str:
        """Its address."""
        return f"{_LOOPBACK}:{self.port}"


class AppProcess:
    """A Space's program from its build to its end; it lives in a thread of its own."""

    def __init__(
        self, home: Home, commit: str, wishes: Wishes, place: Place, end_before: Callable[[], None]
    ) -> None:
        self.commit, self.wishes, self.place = commit, wishes, place
        self.stage: Stage = "BUILDING"
        self.error = ""
        self.build_log = EventLog(place.folder / f"build-{commit[:7]}-{wishes.restarts}.jsonl")
        self.run_log = EventLog(place.folder / f"run-{commit[:7]}-{wishes.restarts}.jsonl")
        self._home, self._end_before = home, end_before
        self._lock = threading.Lock()
        self._stopping = False
        self._child: Child | None = None
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def is_as(self, commit: str, wishes: Wishes) -> bool:
        """Whether nothing has changed that would make it begin anew."""
        return self.commit == commit and self.wishes.restarted_by == wishes.restarted_by

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be said."""
        return not self._thread.is_alive()

    def stop(self) -> None:
        """End it, and whatever it started."""
        with self._lock:
            self._stopping = True
            child = self._child
        if child:
            child.end()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _live(self) -> None:
        snapshot = self._home.at(self.commit)
        app = app_of(snapshot)
        self.build_log.add(f"===== Build of {self._home.id} at {self.commit} =====")
        try:
            if self._can_start(app, snapshot):
                self._end_before()
                self._start(app)
        except (HubError, OSError) as error:
            self._fail("BUILD_ERROR", str(error))

    def _can_start(self, app: App, snapshot: Snapshot) -> bool:
        if app.problem:
            self._fail(app.problem, f"The README asks for {app.file or 'no known sdk'}, which is not there.")
            return False
        if app.sdk == "docker":
            self._fail("BUILD_ERROR", "This Hub builds no Docker images.")
            return False
        if app.sdk == "static":
            self.stage = "RUNNING"
            return False
        fresh = self.place.folder / f"app-{self.commit[:7]}"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        lay_out(snapshot, fresh)
        self.build_log.add(f"--> {sum(path.is_file() for path in fresh.rglob('*'))} files laid out")
        self.build_log.add("--> requirements.txt is not installed: the program runs in this Hub's own Python")
        return True

    def _start(self, app: App) -> None:
        """Begin once the one before has ended and there is room on this machine."""
        if not self._find_room():
            return
        try:
            mounts = self._take_files()
            with self._lock:
                if self._stopping:
                    return
                self.stage = "APP_STARTING"
                self.run_log.add(f"===== Application Startup at {exact_date(time.time())} =====")
                command = [sys.executable, app.file]
                environment = self._environment(app, mounts)
                self._child = children.start(command, self._files, environment, self.run_log.add)
            self._watch(self._child)
            for mount in mounts:
                self.place.mounts.take_back(mount, int(time.time()))
        finally:
            self.place.room.release()

    def _find_room(self) -> bool:
        if self.place.room.acquire(blocking=False):
            return True
        self.build_log.add("--> waiting: as many Spaces run as this Hub runs at once; pause or delete one")
        while not self.place.room.acquire(timeout=_POLL_S):
            if self._stopping:
                return False
        return True

    @property
    def _files(self) -> Path:
        return self.place.folder / "app"

    def _take_files(self) -> list[Mount]:
        volumes = self.place.folder / "volumes"
        allow_removing(volumes)
        for old in (self._files, volumes):
            shutil.rmtree(old, ignore_errors=True)
        (self.place.folder / f"app-{self.commit[:7]}").rename(self._files)
        return [self.place.mounts.mount(volume, volumes) for volume in self.wishes.volumes]

    def _watch(self, child: Child) -> None:
        ends_at = time.monotonic() + _PATIENCE_S
        while self.stage == "APP_STARTING" and (code := child.wait(_POLL_S)) is None:
            if answers(self.place.port):
                self.stage = "RUNNING"
            elif time.monotonic() > ends_at:
                child.end()
        code = child.wait()
        if not self._stopping:
            self._fail("RUNTIME_ERROR", f"Exit code: {code}.")

    def _fail(self, stage: Stage, reason: str) -> None:
        self.build_log.add(reason) if self._child is None else self.run_log.add(reason)
        self.error, self.stage = reason, stage

    def _environment(self, app: App, mounts: list[Mount]) -> dict[str, str]:
        owner, _, name = self._home.id.partition("/")
        known = {
            "HF_ENDPOINT": self.place.around.url,
            "HF_HOME": str(self.place.folder / "cache"),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "GRADIO_ANALYTICS_ENABLED": "False",
            "GRADIO_SERVER_NAME": _LOOPBACK,
            "GRADIO_SERVER_PORT": str(self.place.port),
            "SYSTEM": "spaces",
            "SPACE_ID": self._home.id,
            "SPACE_HOST": self.place.host,
            "SPACE_AUTHOR_NAME": owner,
            "SPACE_REPO_NAME": name,
            "SPACE_TITLE": app.title,
        }
        asked = self.wishes.environment()
        placed = dict(zip(asked, place(list(asked.values()), mounts), strict=True))
        return {**children.bare_environment(self.place.folder, self.place.around.mark), **known, **placed}


def answers(port: int) -> bool:
    """Whether something speaks HTTP on this port, be it to refuse."""
    try:
        urllib.request.urlopen(f"http://{_LOOPBACK}:{port}/", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True
