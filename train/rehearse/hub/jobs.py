"""Jobs: kept as records, run as processes of this machine, a few at a time."""

from __future__ import annotations

import json
import secrets
import shutil
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from train.rehearse.hub import children
from train.rehearse.hub.children import Around, Child, Usage
from train.rehearse.hub.disk import write_json
from train.rehearse.hub.errors import HubError, bad_request, forbidden
from train.rehearse.hub.eventlog import EventLog, exact_date
from train.rehearse.hub.job import Job, Spec, Stage, read_job, runnable
from train.rehearse.hub.volumes import Mount, Mounts, allow_removing, place

_AT_ONCE = 2
_ROOM_POLL_S = 0.2
_STOPPED = "The Hub was stopped while this Job was running."
_CLOSED = "This Hub runs no Jobs: start it with `python -m train hub --run-jobs`."


class JobBoard:
    """Every Job of one Hub; those that a Hub left unfinished are errors to the next one."""

    def __init__(self, folder: Path, scratch: Path, mounts: Mounts, around: Around, *, is_open: bool) -> None:
        self.mounts = mounts
        self._folder, self._scratch, self._around, self.is_open = folder, scratch, around, is_open
        self._lock = threading.RLock()
        self._room = threading.Semaphore(_AT_ONCE)
        self._stopping = False
        self._children: dict[str, Child] = {}
        self._logs: dict[str, EventLog] = {}
        self._jobs: dict[str, Job] = {}
        for path in sorted(folder.glob("*/job.json")):
            job = read_job(json.loads(path.read_text(encoding="utf-8")))
            self._jobs[job.id] = job
            if not job.is_over:
                self._finish(job.id, "ERROR", _STOPPED)

    def create(self, namespace: str, initiator: str, spec: Spec) -> Job:
        """A Job that begins as soon as there is room."""
        self.check_open()
        job = Job(secrets.token_hex(12), namespace, initiator, spec, time.time())
        with self._lock:
            self._keep(job)
        threading.Thread(target=self._run, args=(job,), daemon=True).start()
        return job

    def check_open(self) -> None:
        """Refuse to run anything if this Hub was not asked to."""
        if not self.is_open:
            raise forbidden(_CLOSED)

    def of(self, namespace: str) -> list[Job]:
        """The Jobs of a namespace, newest first."""
        with self._lock:
            jobs = [job for job in self._jobs.values() if job.namespace.lower() == namespace.lower()]
        return sorted(jobs, key=lambda job: (job.created_at, job.id), reverse=True)

    def find(self, namespace: str, job_id: str) -> Job:
        """A Job by its id."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None or job.namespace.lower() != namespace.lower():
            raise HubError(404, f"Job not found: {job_id}")
        return job

    def log(self, job: Job) -> EventLog:
        """What it said."""
        with self._lock:
            return self._logs.setdefault(job.id, EventLog(self._folder / job.id / "log.jsonl"))

    def usage(self, job: Job) -> Usage | None:
        """What it takes of the machine; None if it is not running."""
        with self._lock:  # held while it starts: its first words can be heard before it is known here
            child = self._children.get(job.id)
        return child.usage() if child else None

    def set_labels(self, job: Job, labels: Mapping[str, str]) -> Job:
        """Other labels."""
        with self._lock:
            current = self._jobs[job.id]
            return self._keep(replace(current, spec=replace(current.spec, labels=labels)))

    def cancel(self, job: Job) -> None:
        """End a Job with all that it started."""
        with self._lock:
            if self._jobs[job.id].is_over:
                raise bad_request(f"The Job {job.id} is over: {self._jobs[job.id].stage}.")
            self._finish(job.id, "CANCELED", "")
            child = self._children.get(job.id)
        if child:
            child.end()

    def stop(self) -> None:
        """End all Jobs, because the Hub ends."""
        with self._lock:
            self._stopping = True
            running = list(self._children.values())
            for job in [job for job in self._jobs.values() if not job.is_over]:
                self._finish(job.id, "ERROR", _STOPPED)
        for child in running:
            child.end()

    def _run(self, job: Job) -> None:
        while not self._room.acquire(timeout=_ROOM_POLL_S):
            if self._is_over(job):
                return
        folder = self._folder / job.id / "disk"
        try:
            self._run_in(job, folder)
        except (HubError, OSError) as error:
            self._finish(job.id, "ERROR", f"The Job could not be started: {error}")
        finally:
            self._room.release()
            allow_removing(folder)
            shutil.rmtree(folder, ignore_errors=True)

    def _run_in(self, job: Job, folder: Path) -> None:
        work = folder / "work"
        work.mkdir(parents=True)
        mounts = [self.mounts.mount(volume, folder / "volumes") for volume in job.spec.volumes]
        code: int | None = 0
        for _ in range(job.spec.attempts):
            code = self._attempt(job, work, mounts)
            if not code or self._is_over(job):
                break
        for mount in mounts:
            self.mounts.take_back(mount, int(time.time()))
        if code is None:
            self._finish(job.id, "ERROR", f"Job timeout: it ran for more than {job.spec.timeout_s} seconds")
        elif code:
            self._finish(job.id, "ERROR", f"Job failed with exit code: {code}")
        else:
            self._finish(job.id, "COMPLETED", "")

    def _attempt(self, job: Job, work: Path, mounts: list[Mount]) -> int | None:
        """The exit code, or None if it took too long."""
        log, command = self.log(job), place(runnable(job.spec.command), mounts)
        with self._lock:
            if self._is_over(job):
                return None
            started = self._jobs[job.id].started_at or time.time()
            self._keep(replace(self._jobs[job.id], stage="RUNNING", started_at=started))
            log.add(f"===== Job started at {exact_date(time.time())} =====")
            child = children.start(command, work, self._environment(job, work, mounts), log.add)
            self._children[job.id] = child
        try:
            code = child.wait(job.spec.timeout_s)
            if code is None:
                child.end()
                child.wait()
        finally:
            self._children.pop(job.id, None)
        return code

    def _environment(self, job: Job, work: Path, mounts: list[Mount]) -> dict[str, str]:
        known = {"HF_ENDPOINT": self._around.url, "JOB_ID": job.id, "ACCELERATOR": job.spec.flavor}
        asked = {**job.spec.environment, **job.spec.secrets}
        placed = dict(zip(asked, place(list(asked.values()), mounts), strict=True))
        return {**children.bare_environment(work, self._around.mark), **known, **placed}

    def _is_over(self, job: Job) -> bool:
        return self._jobs[job.id].is_over

    def _finish(self, job_id: str, stage: Stage, message: str) -> None:
        with self._lock:
            job = self._jobs[job_id]
            if not job.is_over:
                self._keep(replace(job, stage=stage, message=message, finished_at=time.time()))

    def _keep(self, job: Job) -> Job:
        with suppress(FileNotFoundError):  # the data folder is taken away under a Hub that ends
            write_json(self._folder / job.id / "job.json", job.to_json(), self._scratch)
        self._jobs[job.id] = job
        return job
