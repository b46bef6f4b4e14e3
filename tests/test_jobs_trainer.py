"""Training in a Job of the embedded Hub: real processes, mounted folders, lost answers, sudden ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import BucketFile, HfApi, JobInfo

from tests import rented
from tests.rented import (
    BASE,
    BUCKET,
    ME,
    RENT,
    command_line,
    jobs_of,
    key_of,
    processes_of,
    run_of,
    start_twice,
    start_with_pack,
    tune_with_start,
)
from tests.waiting import PATIENCE_S, wait_for
from train.rehearse.hub.process import LocalHub
from train.run import as_sealed_json, digests, finished
from train.sections import Option
from train.tune.report import TrainingReport

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures", "tests.running_fixtures"]


@pytest.fixture(scope="module")
def base(owner: Client, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The commit of the base, which is on the Hub."""
    return owner.run(rented.push_base, tmp_path_factory.mktemp("base"))


@pytest.fixture
def api(running: LocalHub) -> HfApi:
    return HfApi(running.url, token=running.token)


@pytest.fixture
def well(running: LocalHub) -> Iterator[LocalHub]:
    """The Hub, which gets well again after the test."""
    yield running
    running.arm()


@pytest.mark.slow
def test_a_job_leaves_the_very_adapter_that_training_here_leaves(
    base: str, owner: Client, api: HfApi, tmp_path: Path
) -> None:
    path = rented.leave_run(tmp_path / "there", "Notebook writer")
    code, said = owner.run(rented.tune, path, *RENT)
    assert code == 0, said
    report = finished(TrainingReport, run_of(path).adapter / "training.json", key_of(path))
    assert report
    assert (report.base_revision, report.base_license) == (base, "mit")
    config = json.loads((run_of(path).adapter / "adapter_config.json").read_text())
    assert (config["base_model_name_or_path"], config["revision"]) == (BASE, base)
    assert "s on cpu-basic, about $0.00" in said

    here = rented.leave_run(tmp_path / "here", "Notebook writer")
    shutil.rmtree(run_of(here).adapter, ignore_errors=True)
    assert owner.run(rented.tune, here)[0] == 0
    assert digests(run_of(here).adapter) == digests(run_of(path).adapter)
    (job,) = jobs_of(api, path)
    check_is_harmless(job, base)
    folder = f"blog/{key_of(path)[:16]}"
    kept = {f"{folder}/left/adapter/{name}" for name in digests(run_of(path).adapter)}
    assert lying(api, folder) == kept, "the rows, the code and the checkpoints are gone"
    assert f"until hf buckets rm -R {BUCKET}/{folder}\n" in said

    elsewhere = rented.leave_run(tmp_path / "elsewhere", "Notebook writer")
    code, said = owner.run(rented.tune, elsewhere, *RENT)
    assert (code, said) == (0, f"found in {BUCKET}, nothing to train\n")
    assert len(jobs_of(api, path)) == 1, "a finished training is not paid for twice"


def lying(api: HfApi, folder: str) -> set[str]:
    """What lies in this folder of the bucket."""
    found = api.list_bucket_tree(BUCKET, f"{folder}/", recursive=True)
    return {each.path for each in found if isinstance(each, BucketFile)}


def check_is_harmless(job: JobInfo, base: str) -> None:
    """No token, nothing to write to but its own folder, and everything it reads pinned."""
    assert (job.environment, job.secrets) == ({}, {})
    assert "@sha256:" in str(job.docker_image)
    mounted = {volume.mount_path: volume for volume in job.volumes or ()}
    assert mounted["/mnt/base"].revision == base
    assert [path for path, volume in mounted.items() if not volume.read_only] == ["/mnt/left"]
    assert all(volume.path for volume in mounted.values() if volume.type == "bucket")


@pytest.mark.slow
def test_a_job_that_is_killed_goes_on_from_its_last_checkpoint(
    base: str, owner: Client, running: LocalHub, api: HfApi, tmp_path: Path
) -> None:
    steps: dict[str, Option] = {"max_steps": 60, "save_steps": 10, "logging_steps": 10}
    path = rented.leave_run(tmp_path, "Killed writer", **steps)
    watched = owner.start(rented.tune, path, *RENT)
    job = wait_for(lambda: next(iter(jobs_of(api, path)), None))
    disk = running.data / "jobs" / job.id / "disk"
    wait_for(lambda: list(disk.glob("work/imprint/runs/blog/checkpoints/*/*/checkpoint.json")))
    for process in processes_of(job.id, "train"):
        os.kill(process, signal.SIGSTOP)  # or it would be done before its checkpoint is in the bucket
    wait_for(lambda: list(disk.glob("volumes/mnt/left/checkpoints/*/*/checkpoint.json")))
    for process in processes_of(job.id):
        os.kill(process, signal.SIGKILL)
    code, said = watched.result(PATIENCE_S)
    assert code == 1
    assert "ended as ERROR: Job failed with exit code" in said

    steps_left = lying(api, f"blog/{key_of(path)[:16]}/left/checkpoints")
    assert steps_left, "what a Job had so far is kept until it is done"
    code, said = owner.run(rented.tune, path, *RENT)
    assert code == 0, said
    assert "going on from step " in said
    whole = rented.leave_run(tmp_path / "whole", "Killed writer", **steps)
    assert owner.run(rented.tune, whole)[0] == 0
    assert digests(run_of(whole).adapter) == digests(run_of(path).adapter)


def test_a_lost_answer_starts_no_second_job_and_a_job_without_output_is_no_success(
    base: str, owner: Client, well: LocalHub, api: HfApi, tmp_path: Path
) -> None:
    path = rented.leave_run(tmp_path, "Lost answer")
    well.arm(f"POST /api/jobs/{ME} drop-after at 1")
    code, said = owner.run(tune_with_start, path, "print('nothing done')")
    assert len(jobs_of(api, path)) == 1
    assert code == 1
    assert "COMPLETED, but left no whole adapter" in said
    assert "lacks files: training.json" in said
    assert f"Next:  python -m train tune {path}" in said


def test_what_is_missing_is_named_and_trained_anew(
    base: str, owner: Client, api: HfApi, tmp_path: Path
) -> None:
    path = rented.leave_run(tmp_path, "Half left")
    files = {"adapter_model.safetensors": "0" * 64, "writer.json": "1" * 64}
    record = TrainingReport(key_of(path), "blog", BASE, base, "", {}, 1, 1, (), {}, files)
    script = (
        "import pathlib, sys\n"
        f"folder = pathlib.Path(sys.argv[5]) / 'adapter'; folder.mkdir()\n"
        "(folder / 'writer.json').write_text('{}')\n"
        f"(folder / 'training.json').write_text({as_sealed_json(record)!r})\n"
    )
    code, said = owner.run(tune_with_start, path, script)
    assert code == 1
    assert "left no whole adapter" in said
    assert "lacks files: adapter_model.safetensors." in said
    code, said = owner.run(tune_with_start, path, "print('again')")
    assert "what an earlier Job left is of no use" in said
    assert len(jobs_of(api, path)) == 2
    assert not run_of(path).adapter.exists()


def test_a_failed_job_says_where_why_and_what_it_cost(
    base: str, owner: Client, running: LocalHub, api: HfApi, tmp_path: Path
) -> None:
    path = rented.leave_run(tmp_path, "Failed")
    lines = "print(*(f'line {n}' for n in range(80)), sep='\\n'); raise SystemExit('no room on the disk')"
    code, said = owner.run(tune_with_start, path, lines)
    error = said.partition("Error: ")[2]
    assert code == 1
    assert "ended as ERROR: Job failed with exit code: 1." in error
    assert "no room on the disk" in error
    assert error.count("  line ") == 49, "the last 50 lines of its log"
    assert "s on cpu-basic, about $0.00. http" in error
    assert "--on hf-jobs --flavor cpu-basic --timeout 5m" in error.partition("Next:")[2]

    code, said = owner.run(rented.tune, path, "--cancel")
    removal = said.partition("this removes it: ")[2].split()
    folder = f"blog/{key_of(path)[:16]}"
    assert (code, removal) == (0, ["hf", "buckets", "rm", "-R", f"{BUCKET}/{folder}"])
    assert lying(api, folder)
    hf, *words = removal
    command, home = [str(Path(sys.executable).with_name(hf)), *words, "--yes"], tmp_path / "home"
    subprocess.run(command, env={**os.environ, **running.environment(home)}, check=True, capture_output=True)
    assert not lying(api, folder)


@pytest.mark.parametrize(
    ("fault", "words", "sentence", "next_command"),
    [
        pytest.param("", ("--flavor", "l4x2"), "Did you mean l4x1?", "--flavor l4x1", id="no such machine"),
        pytest.param("", ("--timeout", "soon"), "'soon' is no time.", "--timeout 4h", id="no time"),
        pytest.param("", ("--namespace", "bob"), "403", "hf auth login", id="another's account"),
        pytest.param(
            f"POST /api/jobs/{ME} 402",
            (),
            "rehearsal has no credit left",
            "/settings/billing",
            id="no credit",
        ),
    ],
)
def test_a_job_that_cannot_start_says_so(
    fault: str,
    words: tuple[str, ...],
    sentence: str,
    next_command: str,
    base: str,
    owner: Client,
    well: LocalHub,
    api: HfApi,
    tmp_path: Path,
) -> None:
    path = rented.leave_run(tmp_path, "Refused")
    well.arm(*filter(None, [fault]))
    code, said = owner.run(rented.tune, path, *RENT, *words)
    assert code == 1
    assert sentence in said
    assert next_command in said.partition("Next:")[2]
    assert not jobs_of(api, path)


def test_a_pack_that_somebody_has_changed_is_not_unpacked(
    base: str, owner: Client, api: HfApi, tmp_path: Path
) -> None:
    path = rented.leave_run(tmp_path, "Changed")
    job = owner.run(start_with_pack, path, base, "0" * 64)
    wait_for(lambda: api.inspect_job(job_id=job, namespace=ME).status.stage == "ERROR")
    said = "\n".join(api.fetch_job_logs(job_id=job, namespace=ME))
    assert "the pack is not what was sent: sha256" in said


def test_one_of_two_starts_is_ended_and_the_other_is_watched_left_and_cancelled(
    base: str, owner: Client, running: LocalHub, api: HfApi, tmp_path: Path
) -> None:
    path = rented.leave_run(tmp_path, "Started twice")
    owner.run(start_twice, path, base)
    (job,) = [job for job in jobs_of(api, path) if job.status.stage in ("SCHEDULING", "RUNNING")]
    watching = command_line(running, path, *RENT)
    assert watching.stderr
    said = [next(watching.stderr) for _ in "ab"]
    assert said == [f"this training runs already: {job.url}\n", "  awake\n"]
    watching.send_signal(signal.SIGINT)
    left = watching.communicate(timeout=PATIENCE_S)[1]
    assert watching.returncode == 130
    assert f"The Job goes on, and costs: {job.url}" in left
    assert f"end it:   python -m train tune {path} --cancel" in left

    ending = command_line(running, path, "--cancel")
    assert ending.communicate(timeout=PATIENCE_S)[0] == f"cancelled: {job.url}\n"
    assert api.inspect_job(job_id=job.id, namespace=ME).status.stage == "CANCELED"
    again = command_line(running, path, "--cancel")
    assert again.communicate(timeout=PATIENCE_S)[0] == "no Job of this training is running\n"
