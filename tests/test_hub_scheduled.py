"""Jobs that come round on a schedule."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from tests.waiting import wait_for
from train.rehearse.hub.cron import parse_schedule
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.process import running_hub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures", "tests.running_fixtures"]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("* * * * *", "2026-03-14 15:10"),
        ("*/20 * * * *", "2026-03-14 15:20"),
        ("30 9-11 * * *", "2026-03-15 09:30"),
        ("0 9 * * 1", "2026-03-16 09:00"),
        ("0 9 * * 7", "2026-03-15 09:00"),
        ("0 0 20 * 1", "2026-03-16 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("5,45 * * * *", "2026-03-14 15:45"),
        ("@hourly", "2026-03-14 16:00"),
        ("@daily", "2026-03-15 00:00"),
        ("@weekly", "2026-03-15 00:00"),
        ("@yearly", "2027-01-01 00:00"),
    ],
)
def test_when_a_schedule_comes_round(schedule: str, expected: str) -> None:
    now = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)  # a Saturday
    moment = parse_schedule(schedule).next_after(now.timestamp())
    assert moment is not None
    assert datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M") == expected


def test_a_day_that_never_comes() -> None:
    assert parse_schedule("0 0 31 2 *").next_after(0) is None


@pytest.mark.parametrize(
    "schedule",
    ["", "daily", "* * * *", "60 * * * *", "a * * * *", "*/0 * * * *", "*/x * * * *", "5-1 * * * *"],
)
def test_a_schedule_that_makes_no_sense_is_refused(schedule: str) -> None:
    with pytest.raises(HubError, match="schedule"):
        parse_schedule(schedule)


def live_a_life() -> list[object]:
    api = HfApi()
    command = ["python", "-c", "print('came round')"]
    made = api.create_scheduled_job(image="python", command=command, schedule="@yearly", labels={"a": "1"})
    number = made.id
    job = api.trigger_scheduled_job(scheduled_job_id=number)
    api.wait_for_job(job.id, poll_interval=0.05)
    api.suspend_scheduled_job(scheduled_job_id=number)
    rests = api.inspect_scheduled_job(scheduled_job_id=number)
    api.resume_scheduled_job(scheduled_job_id=number)
    api.update_scheduled_job_schedule(scheduled_job_id=number, schedule="0 9 * * 1")
    api.update_scheduled_job_labels(scheduled_job_id=number, labels={"b": "2"})
    (seen,) = api.list_scheduled_jobs(labels={"b": "2"})
    api.delete_scheduled_job(scheduled_job_id=number)
    return [
        made.status.next_job_run_at is not None,
        list(api.fetch_job_logs(job_id=job.id)),
        (
            rests.suspend,
            rests.status.next_job_run_at,
            rests.status.last_job and rests.status.last_job.id == job.id,
        ),
        (seen.id == number, seen.suspend, seen.schedule, seen.job_spec.command == command),
        api.list_scheduled_jobs(),
    ]


def test_a_scheduled_job_from_its_creation_to_its_end(owner: Client) -> None:
    assert owner.run(live_a_life) == [
        True,
        ["came round"],
        (True, None, True),
        (True, False, "0 9 * * 1", True),
        [],
    ]


def schedule() -> str:
    return HfApi().create_scheduled_job(image="python", command=["true"], schedule="@yearly").id


def wait_for_a_job() -> str:
    job = next(iter(wait_for(lambda: list(HfApi().list_jobs()))))
    return str(HfApi().wait_for_job(job.id, poll_interval=0.05).status.stage)


@pytest.mark.slow
def test_what_was_due_while_the_hub_was_away_is_run_once(tmp_path: Path) -> None:
    from tests.hub_fixtures import running_client

    data, arguments = tmp_path / "hub", ["--run-jobs"]
    with running_hub(data, arguments=arguments) as hub, running_client(hub, tmp_path / "home") as client:
        record = data / "scheduled" / f"{client.run(schedule)}.json"
    record.write_text(json.dumps({**json.loads(record.read_text()), "next_at": 1.0}))
    with running_hub(data, arguments=arguments) as hub, running_client(hub, tmp_path / "home") as client:
        assert client.run(wait_for_a_job) == "COMPLETED"
        wait_for(lambda: json.loads(record.read_text())["next_at"] > time.time())


def schedule_nonsense() -> str:
    try:
        HfApi().create_scheduled_job(image="python", command=["true"], schedule="now and then")
    except HfHubHTTPError as error:
        return str(error)
    return ""


def test_a_client_is_told_what_a_schedule_is(owner: Client) -> None:
    assert '"schedule" must be five fields like "0 9 * * 1"' in owner.run(schedule_nonsense)
