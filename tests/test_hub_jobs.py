"""Jobs: really run, watched, ended; their folders mounted and taken back."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from huggingface_hub import HfApi, Volume
from huggingface_hub.errors import HfHubHTTPError, JobNotFoundError

from tests.waiting import PATIENCE_S, wait_for
from train.rehearse.hub.process import running_hub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures", "tests.running_fixtures"]

ME = "rehearsal"


def run(script: str, **options: Any) -> tuple[str, str | None, list[str]]:
    """The stage a Job ends in, its message, and what it said."""
    api = HfApi()
    job = api.run_job(image="python:3.12", command=["python", "-c", script], **options)
    ended = api.wait_for_job(job.id, poll_interval=0.05)
    return ended.status.stage, ended.status.message, list(api.fetch_job_logs(job_id=job.id))


def test_a_job_says_what_it_does(owner: Client) -> None:
    script = "import os; print(os.environ['GREETING'], os.environ['NAME']); print('done')"
    seen = owner.run(run, script, env={"GREETING": "hello"}, secrets={"NAME": "world"})
    assert seen == ("COMPLETED", None, ["hello world", "done"])


def test_a_job_has_no_token_but_the_one_it_is_given(owner: Client) -> None:
    script = "import os; print(sorted(name for name in os.environ if 'TOKEN' in name or 'KEY' in name))"
    assert owner.run(run, script)[2] == ["[]"]
    assert owner.run(run, script, secrets={"HF_TOKEN": "hf_x"})[2] == ["['HF_TOKEN']"]


@pytest.mark.parametrize(
    ("script", "options", "message", "lines"),
    [
        pytest.param("print('no'); exit(3)", {}, "Job failed with exit code: 3", ["no"], id="it fails"),
        pytest.param(
            "print('no'); exit(1)",
            {"attempts": 3},
            "Job failed with exit code: 1",
            ["no", "no", "no"],
            id="it fails every time",
        ),
        pytest.param(
            "import time; print('waits'); time.sleep(600)",
            {"timeout": 5},
            "Job timeout: it ran for more than 5 seconds",
            ["waits"],
            id="it takes too long",
        ),
    ],
)
def test_a_job_ends_badly(
    owner: Client, script: str, options: dict[str, Any], message: str, lines: list[str]
) -> None:
    assert owner.run(run, script, **options) == ("ERROR", message, lines)


def test_a_second_attempt_may_succeed(owner: Client) -> None:
    script = "import pathlib; p = pathlib.Path('tried'); code = 0 if p.exists() else 1; p.touch(); exit(code)"
    assert owner.run(run, script, attempts=2)[0] == "COMPLETED"


def start(script: str, **options: Any) -> str:
    return HfApi().run_job(image="python", command=["python", "-c", script], **options).id


def first_line(job: str) -> str:
    return next(iter(HfApi().fetch_job_logs(job_id=job, follow=True)))


def cancel(job: str) -> tuple[str, str]:
    api = HfApi()
    api.cancel_job(job_id=job)
    try:
        api.cancel_job(job_id=job)
    except HfHubHTTPError as error:
        return api.inspect_job(job_id=job).status.stage, str(error.response.status_code)
    return "", ""


PARENT = (
    "import subprocess, sys\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "print(child.pid, flush=True)\n"
    "child.wait()\n"
)


def test_a_job_that_is_cancelled_takes_its_children_along(owner: Client) -> None:
    job = owner.run(start, PARENT)
    child = int(owner.run(first_line, job))
    assert owner.run(cancel, job) == ("CANCELED", "400")
    wait_for_the_end_of(child)


def wait_for_the_end_of(pid: int) -> None:
    wait_for(lambda: not is_alive(pid))


def is_alive(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def look_around() -> list[Any]:
    api = HfApi()
    job = api.run_job(image="hf.co/spaces/acme/tools", command=["true"], labels={"part": "one"})
    api.wait_for_job(job.id, poll_interval=0.05)
    labelled = api.update_job_labels(job_id=job.id, labels={"part": "two", "name": "look"})
    again = api.rerun_job(job_id=job.id)
    api.wait_for_job(again.id, poll_interval=0.05)
    listed = [each.id for each in api.list_jobs(labels={"part": "two"})]
    completed = {each.id for each in api.list_jobs(status="completed")}
    seen = api.inspect_job(job_id=again.id)
    hardware = {each.name: each.unit_label for each in api.list_jobs_hardware()}
    return [
        labelled.labels,
        listed == [again.id, job.id],
        {job.id, again.id} <= completed,
        (seen.space_id, seen.command, seen.flavor, seen.owner.name, seen.retry),
        seen.durations is not None and 0 <= (seen.durations.total_secs or 0) < PATIENCE_S,
        hardware["cpu-basic"],
    ]


def test_jobs_are_listed_labelled_and_run_again(owner: Client) -> None:
    assert owner.run(look_around) == [
        {"part": "two", "name": "look"},
        True,
        True,
        ("acme/tools", ["true"], "cpu-basic", ME, 0),
        True,
        "minute",
    ]


def measure(job: str) -> dict[str, Any]:
    return dict(next(iter(HfApi().fetch_job_metrics(job_id=job))))


def test_a_running_job_is_measured(owner: Client) -> None:
    job = owner.run(start, "import time; x = bytearray(50_000_000); print('on', flush=True); time.sleep(600)")
    owner.run(first_line, job)
    seen = owner.run(measure, job)
    owner.run(cancel, job)
    assert 50_000_000 < seen["memory_used_bytes"] < seen["memory_total_bytes"]


def refused(**options: Any) -> tuple[int, str]:
    try:
        HfApi().run_job(**{"image": "python", "command": ["true"], **options})
    except HfHubHTTPError as error:
        return error.response.status_code, str(error)
    return 200, ""


@pytest.mark.parametrize(
    ("options", "status", "reason"),
    [
        ({"namespace": "somebody"}, 403, 'run Jobs under the namespace "somebody"'),
        ({"flavor": "abacus"}, 400, '"flavor" must be one of'),
        ({"command": []}, 400, '"command" must not be empty'),
        ({"attempts": 99}, 400, '"attempts" must be between 1 and 10'),
        ({"expose": [8000]}, 501, 'does not know "expose"'),
        ({"env": {"A=B": "x"}}, 400, '"environment" must be an object'),
        ({"volumes": [Volume(type="model", source="a/b", mount_path="/m")]}, 404, "Repository Not Found"),
        ({"volumes": [Volume(type="bucket", source="a/b", mount_path="m")]}, 400, '"mountPath" must be'),
    ],
)
def test_what_is_refused(owner: Client, options: dict[str, Any], status: int, reason: str) -> None:
    seen = owner.run(refused, **options)
    assert seen[0] == status
    assert reason in seen[1]


def test_a_hub_that_was_not_asked_to_runs_no_jobs(tmp_path: Path) -> None:
    from tests.hub_fixtures import running_client

    with running_hub(tmp_path / "hub") as hub, running_client(hub, tmp_path / "home") as client:
        status, reason = client.run(refused)
    assert status == 403
    assert "start it with `python -m train hub --run-jobs`" in reason


def inspect(job: str) -> tuple[str, str | None]:
    status = HfApi().inspect_job(job_id=job).status
    return status.stage, status.message


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_job_does_not_outlive_its_hub_but_its_record_does(tmp_path: Path, number: signal.Signals) -> None:
    from tests.hub_fixtures import running_client

    script = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with running_hub(tmp_path / "hub", arguments=["--run-jobs"]) as hub:
        with running_client(hub, tmp_path / "home") as client:
            job = client.run(start, script)
            pid = int(client.run(first_line, job))
        os.kill(hub.pid, number)
        wait_for_the_end_of(pid)
    with running_hub(tmp_path / "hub") as hub, running_client(hub, tmp_path / "home") as client:
        assert client.run(inspect, job) == ("ERROR", "The Hub was stopped while this Job was running.")


def find_nothing() -> str:
    try:
        HfApi().inspect_job(job_id="0123456789abcdef01234567")
    except JobNotFoundError as error:
        return type(error).__name__
    return ""


def test_an_unknown_job_is_not_found(owner: Client) -> None:
    assert owner.run(find_nothing) == "JobNotFoundError"


DAEMON = PARENT.replace("time.sleep(600)'])", "time.sleep(600)'], start_new_session=True)")


@pytest.mark.slow
def test_what_a_job_left_behind_when_its_hub_was_killed_is_ended_by_the_next(tmp_path: Path) -> None:
    from tests.hub_fixtures import running_client

    with running_hub(tmp_path / "hub", arguments=["--run-jobs"]) as hub:
        with running_client(hub, tmp_path / "home") as client:
            child = int(client.run(first_line, client.run(start, DAEMON)))
        os.kill(hub.pid, signal.SIGKILL)
    assert is_alive(child), "a session of its own outlives the kill"
    with running_hub(tmp_path / "hub"):
        wait_for_the_end_of(child)
