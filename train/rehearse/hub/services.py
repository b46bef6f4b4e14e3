"""What a Hub does beside keeping repositories: it fails on demand, counts, trusts, stores and runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from train.rehearse.hub.buckets import BucketStore
from train.rehearse.hub.children import Around, sweep
from train.rehearse.hub.contents import Contents
from train.rehearse.hub.faults import Faults
from train.rehearse.hub.jobs import JobBoard
from train.rehearse.hub.limits import Limits, Quotas
from train.rehearse.hub.oidc import Exchange, Issuer
from train.rehearse.hub.publishers import Publisher
from train.rehearse.hub.scheduled import ScheduleBoard
from train.rehearse.hub.signing import Signer
from train.rehearse.hub.spaces import SpaceBoard
from train.rehearse.hub.store import Store
from train.rehearse.hub.volumes import Mounts


@dataclass(frozen=True)
class Asked:
    """What the command line asks for beside the repositories; by itself nothing fails, counts or runs."""

    url: str = ""
    faults: tuple[str, ...] = ()
    quotas: Quotas | None = None
    publishers: tuple[Publisher, ...] = ()
    run_jobs: bool = False
    run_spaces: bool = False


@dataclass(frozen=True)
class Services:
    """Everything of that kind."""

    faults: Faults
    limits: Limits
    exchange: Exchange
    buckets: BucketStore
    jobs: JobBoard
    scheduled: ScheduleBoard
    spaces: SpaceBoard
    around: Around

    def stop(self) -> None:
        """End every process that was started here."""
        self.scheduled.stop()
        self.jobs.stop()
        self.spaces.stop()
        sweep(self.around.mark)


def open_services(data: Path, store: Store, store_id: str, signer: Signer, asked: Asked) -> Services:
    """The services over a data folder; what an earlier Hub there left running is ended."""
    around = Around(asked.url, store_id)
    sweep(around.mark)
    contents = Contents(data / "bucket-files", store.scratch)
    buckets = BucketStore(data / "buckets", store.scratch, contents)
    mounts = Mounts(store, buckets)
    jobs = JobBoard(data / "jobs", store.scratch, mounts, around, is_open=asked.run_jobs)
    issuer = Issuer(data / "issuer-key.json", store.scratch)
    return Services(
        Faults(asked.faults),
        Limits(asked.quotas),
        Exchange(issuer, signer, asked.publishers),
        buckets,
        jobs,
        ScheduleBoard(data / "scheduled", store.scratch, jobs),
        SpaceBoard(data / "spaces", store, mounts, around, is_open=asked.run_spaces),
        around,
    )
