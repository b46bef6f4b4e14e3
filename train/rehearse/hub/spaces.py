"""Every Space of a Hub: what is set for it, and its process at the commit that is `main` now."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from train.rehearse.hub.app_process import AppProcess, Place
from train.rehearse.hub.children import Around
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.eventlog import EventLog
from train.rehearse.hub.home import Home
from train.rehearse.hub.names import Kind
from train.rehearse.hub.repository import MAIN
from train.rehearse.hub.space import Stage, Wishes, app_of, read_wishes, write_wishes
from train.rehearse.hub.store import Store
from train.rehearse.hub.volumes import Mounts
from train.rehearse.ports import free_port

_AT_ONCE = 3
_LOOK_EVERY_S = 0.2
_CLOSED = "This Hub starts no Spaces: start it with `python -m train hub --run-spaces`."


@dataclass
class Tenant:
    """A Space that is, or was, a process here."""

    place: Place
    now: AppProcess
    before: AppProcess | None = None

    @property
    def shown(self) -> AppProcess:
        """The process that serves: the old one for as long as the new one is being built."""
        return self.before if self.now.stage == "BUILDING" and self.before else self.now

    def stop(self) -> None:
        """End its processes."""
        for process in (self.before, self.now):
            if process:
                process.stop()


class SpaceBoard:
    """All Spaces; a thread looks for new commits and settings, as the real Hub's builders do."""

    def __init__(self, folder: Path, store: Store, mounts: Mounts, around: Around, *, is_open: bool) -> None:
        self.mounts = mounts
        self._folder, self._store, self._around, self._is_open = folder, store, around, is_open
        self._lock = threading.RLock()
        self._room = threading.Semaphore(_AT_ONCE)
        self._tenants: dict[str, Tenant] = {}
        self._stopping = threading.Event()
        if is_open:
            threading.Thread(target=self._look_out, daemon=True).start()

    def wishes(self, home: Home) -> Wishes:
        """What is set for a Space."""
        with self._lock:
            return read_wishes(home)

    def change(self, home: Home, change: Callable[[Wishes], Wishes]) -> Wishes:
        """Set something for a Space; its process follows."""
        with self._lock, home.repository.lock:
            wishes = change(read_wishes(home))
            write_wishes(home, wishes)
        return wishes

    def restart(self, home: Home) -> None:
        """Begin anew, also if it was paused."""
        self.change(home, lambda old: replace(old, is_paused=False, restarts=old.restarts + 1))
        self._look_at(home)

    def pause(self, home: Home) -> None:
        """End its process until it is restarted."""
        self.change(home, lambda old: replace(old, is_paused=True))
        self._look_at(home)

    def runtime(self, home: Home) -> dict[str, object]:
        """How it does, as the client reads it; `sha` is the commit that is being served."""
        wishes, stage, tenant = self.wishes(home), self._stage(home), self._tenants.get(home.number)
        flavor = wishes.flavor
        runtime: dict[str, object] = {
            "stage": stage,
            "hardware": {"current": flavor if stage == "RUNNING" else None, "requested": flavor},
            "storage": None,
            "gcTimeout": wishes.sleep_s or None,
            "replicas": {"current": int(stage == "RUNNING"), "requested": 1},
            "devMode": False,
            "volumes": [volume.to_wire() for volume in wishes.volumes],
        }
        if tenant and not wishes.is_paused:
            runtime["sha"] = tenant.shown.commit
            runtime["errorMessage"] = tenant.shown.error or None
        elif not self._is_open:
            runtime["errorMessage"] = _CLOSED
        return runtime

    def host(self, home: Home, origin: str) -> str | None:
        """Where its page is; None if this Hub does not serve it."""
        if app_of(home.at()).sdk == "static":
            return f"{origin}/_spaces/{home.id}"
        tenant = self._tenants.get(home.number)
        return f"http://{tenant.place.host}" if tenant else None

    def log(self, home: Home, which: str) -> tuple[EventLog, Callable[[], bool]]:
        """What its build or its program says, and whether that is all."""
        tenant = self._tenants.get(home.number)
        if tenant is None:
            raise HubError(404, _CLOSED if not self._is_open else f"{home.id} has not been built yet.")
        process = tenant.now
        log = process.build_log if which == "build" else process.run_log
        return log, lambda: process.is_over or (which == "build" and process.stage != "BUILDING")

    def stop(self) -> None:
        """End every process, because the Hub ends."""
        self._stopping.set()
        with self._lock:
            for tenant in self._tenants.values():
                tenant.stop()

    def _stage(self, home: Home) -> Stage:
        tenant, wishes = self._tenants.get(home.number), self.wishes(home)
        if wishes.is_paused:
            return "PAUSED"
        if tenant is None:
            return self._stage_of_stopped(home)
        building = tenant.now.stage == "BUILDING" and tenant.shown is tenant.before
        serves = tenant.shown.stage == "RUNNING"
        return "RUNNING_BUILDING" if building and serves else tenant.now.stage

    def _stage_of_stopped(self, home: Home) -> Stage:
        app = app_of(home.at())
        if app.problem:
            return app.problem
        if app.sdk == "static":
            return "RUNNING"
        return "BUILDING" if self._is_open else "STOPPED"

    def _look_out(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY_S):
            homes = {home.number: home for home in self._store.all(Kind.SPACE)}
            for home in homes.values():
                with suppress(HubError, OSError):  # it may be deleted or moved at this very moment
                    self._look_at(home)
            with self._lock:
                for number in self._tenants.keys() - homes.keys():
                    self._tenants.pop(number).stop()

    def _look_at(self, home: Home) -> None:
        """Let the process be what `main` and the settings say."""
        with self._lock:
            if not self._is_open or self._stopping.is_set():
                return
            wishes, tenant = read_wishes(home), self._tenants.get(home.number)
            if wishes.is_paused:
                if tenant:
                    tenant.stop()
                return
            commit = home.repository.branch_head(MAIN)
            if tenant is None or not tenant.now.is_as(commit, wishes):
                self._begin(home, commit, wishes, tenant)

    def _begin(self, home: Home, commit: str, wishes: Wishes, tenant: Tenant | None) -> None:
        folder = self._folder / home.id
        place = tenant.place if tenant else Place(folder, free_port(), self._around, self._room, self.mounts)
        before = None
        if tenant:
            before, other = tenant.now, tenant.before
            if before.stage == "BUILDING":  # overtaken by a newer commit
                before.stop()
                before = other
        process = AppProcess(home, commit, wishes, place, before.stop if before else lambda: None)
        self._tenants[home.number] = Tenant(place, process, before)
