"""Jobs that come round on a schedule."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from train.rehearse.hub.cron import parse_schedule
from train.rehearse.hub.disk import write_json
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.eventlog import exact_date
from train.rehearse.hub.job import Job, Spec, spec_from
from train.rehearse.hub.jobs import JobBoard

_LOOK_EVERY_S = 1.0


@dataclass(frozen=True)
class Scheduled:
    """What is to run when; times are seconds since 1970, 0 for what has not happened or never will."""

    id: str
    namespace: str
    initiator: str
    schedule: str
    spec: Spec
    created_at: float
    is_suspended: bool = False
    may_overlap: bool = False
    last_job: str = ""
    last_at: float = 0.0
    next_at: float = 0.0

    def to_wire(self, owner: Mapping[str, object]) -> dict[str, object]:
        """As the client reads it."""
        last = {"id": self.last_job, "at": exact_date(self.last_at)} if self.last_job else None
        upcoming = exact_date(self.next_at) if self.next_at and not self.is_suspended else None
        return {
            "id": self.id,
            "createdAt": exact_date(self.created_at),
            "jobSpec": self.spec.to_wire(),
            "schedule": self.schedule,
            "suspend": self.is_suspended,
            "concurrency": self.may_overlap,
            "status": {"lastJob": last, "nextJobRunAt": upcoming},
            "owner": dict(owner),
        }


class ScheduleBoard:
    """Every scheduled Job; a thread looks once a second which are due."""

    def __init__(self, folder: Path, scratch: Path, jobs: JobBoard) -> None:
        self._folder, self._scratch, self._jobs = folder, scratch, jobs
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        files = sorted(folder.glob("*.json"))
        self._known = {each.id: each for each in map(_read, files)}
        threading.Thread(target=self._look_out, daemon=True).start()

    def create(self, new: Scheduled) -> Scheduled:
        """One more."""
        self._jobs.check_open()
        with self._lock:
            return self._keep(replace(new, next_at=_next(new.schedule)))

    def of(self, namespace: str) -> list[Scheduled]:
        """Those of a namespace, oldest first."""
        with self._lock:
            mine = [each for each in self._known.values() if each.namespace.lower() == namespace.lower()]
        return sorted(mine, key=lambda each: (each.created_at, each.id))

    def find(self, namespace: str, number: str) -> Scheduled:
        """One by its id."""
        found = next((each for each in self.of(namespace) if each.id == number), None)
        if found is None:
            raise HubError(404, f"Scheduled Job not found: {number}")
        return found

    def change(self, number: str, change: Callable[[Scheduled], Scheduled]) -> Scheduled:
        """Set something; the next time is reckoned anew."""
        with self._lock:
            changed = change(self._known[number])
            return self._keep(replace(changed, next_at=_next(changed.schedule)))

    def delete(self, number: str) -> None:
        """It comes round no more."""
        with self._lock:
            del self._known[number]
            (self._folder / f"{number}.json").unlink()

    def trigger(self, number: str) -> Job:
        """Run it now."""
        with self._lock:
            due = self._known[number]
            job = self._jobs.create(due.namespace, due.initiator, due.spec)
            self._keep(replace(due, last_job=job.id, last_at=job.created_at, next_at=_next(due.schedule)))
        return job

    def stop(self) -> None:
        """Nothing is run any more."""
        self._stopping.set()

    def _look_out(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY_S):
            with self._lock:
                for each in [each for each in self._known.values() if self._is_due(each)]:
                    self.trigger(each.id)

    def _is_due(self, each: Scheduled) -> bool:
        if each.is_suspended or not each.next_at or each.next_at > time.time() or not self._jobs.is_open:
            return False
        return each.may_overlap or not each.last_job or self._jobs.find(each.namespace, each.last_job).is_over

    def _keep(self, each: Scheduled) -> Scheduled:
        write_json(self._folder / f"{each.id}.json", asdict(each), self._scratch)
        self._known[each.id] = each
        return each


def new_id() -> str:
    """An id like the Hub's."""
    return secrets.token_hex(12)


def _next(schedule: str) -> float:
    return parse_schedule(schedule).next_after(time.time()) or 0.0


def _read(path: Path) -> Scheduled:
    values = json.loads(path.read_text(encoding="utf-8"))
    return Scheduled(**{**values, "spec": spec_from(values["spec"])})
