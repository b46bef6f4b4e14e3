"""Jobs: started, watched, ended."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.accounts import Account
from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.errors import HubError, forbidden
from train.rehearse.hub.eventlog import as_events, event_text, exact_date, follow
from train.rehearse.hub.fields import parse_number
from train.rehearse.hub.hardware import HARDWARE
from train.rehearse.hub.job import Job, labels_of, read_spec
from train.rehearse.hub.names import database_id
from train.rehearse.hub.paging import paged
from train.rehearse.hub.routing import Route

_PAGE_SIZE = 100
_SAMPLE_S = 1.0


async def hardware(_call: Call) -> Response:
    """The machines one can ask for."""
    return JSONResponse([each.to_wire() for each in HARDWARE])


async def run(call: Call) -> Response:
    """A Job that begins as soon as there is room."""
    account, fields = member(call), await call.fields()
    jobs = call.hub.services.jobs
    spec = read_spec(fields, await in_thread(jobs.mounts.checked, fields.rows("volumes"), account))
    return job_answer(call, await in_thread(jobs.create, call.params["namespace"], account.name, spec))


async def list_jobs(call: Call) -> Response:
    """The Jobs of a namespace, of certain stages and with certain labels if asked."""
    member(call)
    query = call.request.query_params
    stages, labels = query.getlist("stage"), [label.partition("=") for label in query.getlist("label")]
    jobs = [
        job
        for job in call.hub.services.jobs.of(call.params["namespace"])
        if (not stages or job.stage in stages)
        and all(job.spec.labels.get(name) == value for name, _, value in labels)
    ]
    return await paged(call, jobs, lambda page: [_row(call, job) for job in page], _PAGE_SIZE)


async def inspect(call: Call) -> Response:
    """A Job as it is now."""
    return job_answer(call, _find(call))


async def logs(call: Call) -> Response:
    """What it says, as it says it."""
    job, jobs = _find(call), call.hub.services.jobs
    log = jobs.log(job)
    start = max(0, len(log) - parse_number(call.request.query_params.get("tail", ""), len(log)))
    return follow(log, lambda: jobs.find(job.namespace, job.id).is_over, start)


async def metrics(call: Call) -> Response:
    """What it takes of the machine, once a second."""
    return as_events(_samples(call, _find(call)))


async def cancel(call: Call) -> Response:
    """The Job ends, with all that it started."""
    job = _find(call)
    await in_thread(call.hub.services.jobs.cancel, job)
    return job_answer(call, _find(call))


async def duplicate(call: Call) -> Response:
    """The same Job once more."""
    account, job = member(call), _find(call)
    create = call.hub.services.jobs.create
    return job_answer(call, await in_thread(create, job.namespace, account.name, replace(job.spec)))


async def set_labels(call: Call) -> Response:
    """The Job has other labels."""
    labels = labels_of(await call.fields())
    return job_answer(call, await in_thread(call.hub.services.jobs.set_labels, _find(call), labels))


async def _samples(call: Call, job: Job) -> AsyncIterator[str]:
    jobs, before, page = call.hub.services.jobs, 0.0, os.sysconf("SC_PAGE_SIZE")
    memory, cores = os.sysconf("SC_PHYS_PAGES") * page, os.cpu_count() or 1
    while (usage := await in_thread(jobs.usage, job)) is not None:
        used = max(0.0, usage.cpu_s - before) if before else 0.0
        before = usage.cpu_s or 1e-9
        yield event_text(
            {
                "cpu_usage_pct": round(100 * used / _SAMPLE_S / cores, 2),
                "cpu_millicores": round(1000 * used / _SAMPLE_S),
                "memory_used_bytes": usage.memory_bytes,
                "memory_total_bytes": memory,
                "rx_bps": 0,  # what goes over the loopback device is not counted
                "tx_bps": 0,
                "gpus": {},
                "replica": job.id,
                "timestamp": exact_date(time.time()),
            }
        )
        await asyncio.sleep(_SAMPLE_S)


def member(call: Call) -> Account:
    """Who asks, who must be allowed to run Jobs in this namespace."""
    account, namespace = call.signed_in(), call.params["namespace"]
    if not account.may_write or not account.owns(f"{namespace}/any"):
        raise forbidden(f'You don\'t have the rights to run Jobs under the namespace "{namespace}"')
    return account


def _find(call: Call) -> Job:
    if not call.signed_in().owns(f"{call.params['namespace']}/any"):
        raise HubError(404, f"Job not found: {call.params['job']}")
    return call.hub.services.jobs.find(call.params["namespace"], call.params["job"])


def job_answer(call: Call, job: Job) -> Response:
    """A Job as the client reads it."""
    return JSONResponse(_row(call, job))


def owner_of(call: Call, namespace: str) -> dict[str, object]:
    """Whose Job it is, as the client reads it."""
    kind = "org" if call.hub.accounts.organisation(namespace) else "user"
    return {"id": database_id(namespace), "name": namespace, "type": kind}


def _row(call: Call, job: Job) -> dict[str, object]:
    return job.to_wire(owner_of(call, job.namespace), time.time())


ROUTES = (
    Route("GET", "/api/jobs/hardware", hardware),
    Route("GET", "/api/spaces/hardware", hardware),
    Route("POST", "/api/jobs/{namespace}", run),
    Route("GET", "/api/jobs/{namespace}", list_jobs),
    Route("GET", "/api/jobs/{namespace}/{job}", inspect),
    Route("GET", "/api/jobs/{namespace}/{job}/logs", logs),
    Route("GET", "/api/jobs/{namespace}/{job}/metrics", metrics),
    Route("POST", "/api/jobs/{namespace}/{job}/cancel", cancel),
    Route("POST", "/api/jobs/{namespace}/{job}/duplicate", duplicate),
    Route("PUT", "/api/jobs/{namespace}/{job}/labels", set_labels),
)
