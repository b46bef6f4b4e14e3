"""Jobs that come round on a schedule: created, changed, run at once, ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.cron import parse_schedule
from train.rehearse.hub.errors import bad_request
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.job import labels_of, read_spec
from train.rehearse.hub.routes.jobs import job_answer, member, owner_of
from train.rehearse.hub.routing import Route
from train.rehearse.hub.scheduled import Scheduled, new_id


async def create(call: Call) -> Response:
    """A Job that comes round."""
    account, fields = member(call), await call.fields()
    wanted = fields.values.get("jobSpec")
    if not isinstance(wanted, dict):
        raise bad_request('"jobSpec" must be an object')
    inner, schedule = Fields(wanted), fields.text("schedule")
    parse_schedule(schedule)
    checked = call.hub.services.jobs.mounts.checked
    spec = read_spec(inner, await in_thread(checked, inner.rows("volumes"), account))
    suspended, overlaps = fields.values.get("suspend") is True, fields.values.get("concurrency") is True
    namespace, now = call.params["namespace"], time.time()
    new = Scheduled(new_id(), namespace, account.name, schedule, spec, now, suspended, overlaps)
    return _answer(call, await in_thread(call.hub.services.scheduled.create, new))


async def list_scheduled(call: Call) -> Response:
    """Those of a namespace, with one label if asked."""
    member(call)
    name, _, value = call.request.query_params.get("label", "").partition("=")
    mine = call.hub.services.scheduled.of(call.params["namespace"])
    shown = [each for each in mine if not name or each.spec.labels.get(name) == value]
    return JSONResponse([each.to_wire(owner_of(call, each.namespace)) for each in shown])


async def inspect(call: Call) -> Response:
    """One as it is now."""
    return _answer(call, _find(call))


async def delete(call: Call) -> Response:
    """It comes round no more."""
    await in_thread(call.hub.services.scheduled.delete, _find(call).id)
    return JSONResponse({})


async def suspend(call: Call) -> Response:
    """It rests."""
    return await _change(call, lambda old: replace(old, is_suspended=True))


async def resume(call: Call) -> Response:
    """It comes round again."""
    return await _change(call, lambda old: replace(old, is_suspended=False))


async def set_schedule(call: Call) -> Response:
    """It comes round at other times."""
    schedule = (await call.fields()).text("schedule")
    parse_schedule(schedule)
    return await _change(call, lambda old: replace(old, schedule=schedule))


async def set_labels(call: Call) -> Response:
    """Its Jobs have other labels from now on."""
    labels = labels_of(await call.fields())
    return await _change(call, lambda old: replace(old, spec=replace(old.spec, labels=labels)))


async def trigger(call: Call) -> Response:
    """It runs at once."""
    return job_answer(call, await in_thread(call.hub.services.scheduled.trigger, _find(call).id))


def _find(call: Call) -> Scheduled:
    member(call)
    return call.hub.services.scheduled.find(call.params["namespace"], call.params["job"])


async def _change(call: Call, change: Callable[[Scheduled], Scheduled]) -> Response:
    return _answer(call, await in_thread(call.hub.services.scheduled.change, _find(call).id, change))


def _answer(call: Call, scheduled: Scheduled) -> Response:
    return JSONResponse(scheduled.to_wire(owner_of(call, scheduled.namespace)))


_ONE = "/api/scheduled-jobs/{namespace}/{job}"
ROUTES = (
    Route("POST", "/api/scheduled-jobs/{namespace}", create),
    Route("GET", "/api/scheduled-jobs/{namespace}", list_scheduled),
    Route("GET", _ONE, inspect),
    Route("DELETE", _ONE, delete),
    Route("POST", f"{_ONE}/suspend", suspend),
    Route("POST", f"{_ONE}/resume", resume),
    Route("POST", f"{_ONE}/schedule", set_schedule),
    Route("PUT", f"{_ONE}/labels", set_labels),
    Route("POST", f"{_ONE}/run", trigger),
)
